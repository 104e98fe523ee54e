#ifndef LIB_BASE_OUT_OF_MEMORY_H_
#define LIB_BASE_OUT_OF_MEMORY_H_

#include <new>

namespace rules_dockerfile {

// For what a C library could not allocate: ends the tool as a failed `new`
// does, with `<tool>: out of memory` (lib/base/tool.h).
[[noreturn]] inline void OutOfMemory() { throw std::bad_alloc(); }

}  // namespace rules_dockerfile

#endif  // LIB_BASE_OUT_OF_MEMORY_H_
