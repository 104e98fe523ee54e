#ifndef LIB_BASE_SUDDEN_END_H_
#define LIB_BASE_SUDDEN_END_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// From now on an exception that nothing catches, be it in a thread, in a forked
// child or where none may leave a function, ends the process with exit code 1
// and the line of PrintCurrentException(), not with SIGABRT. Its temporary
// files are removed.
void EndSuddenlyAs(absl::string_view tool);

// Prints `<tool>: out of memory` or `<tool>: <what the exception says>`, in a
// catch clause. Needs no memory.
void PrintCurrentException();

}  // namespace rules_dockerfile

#endif  // LIB_BASE_SUDDEN_END_H_
