#ifndef LIB_RUN_RUN_MEMORY_H_
#define LIB_RUN_RUN_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The default memory limit of a RUN: three quarters. `meminfo` is the text of
// /proc/meminfo; 0, no limit, if it does not say.
int64_t DefaultRunMemory(absl::string_view meminfo);

// The same for this host.
int64_t DefaultRunMemory();

// The memory of this host; 0 if it does not say.
int64_t TotalMemory();

// "103 MiB", "3.0 GiB".
std::string MemoryText(int64_t bytes);

// The line below the error of a RUN that used more than `limit` bytes.
std::string OutOfMemoryNote(int64_t limit);

// The same for one with more than `limit` processes.
std::string TooManyProcessesNote(int limit);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_MEMORY_H_
