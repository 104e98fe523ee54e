#ifndef LIB_BASE_SUDDEN_END_H_
#define LIB_BASE_SUDDEN_END_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// An exception that nothing catches, be it in a thread, in a forked child or
// where none may leave a function, ends the process with exit code 1 and the
// line of PrintCurrentException(); abort(3) does so after its own line. Nothing
// ends by SIGABRT. The temporary files are removed, and so they are before a
// signal ends the process that asks it to (SIGTERM, SIGINT, SIGHUP, …): only
// SIGKILL leaves them. That holds before main(), too, under the name of the
// program; this sets the name.
void EndSuddenlyAs(absl::string_view tool);

// Prints `<tool>: out of memory` or `<tool>: <what the exception says>`, in a
// catch clause. Needs no memory.
void PrintCurrentException();

}  // namespace rules_dockerfile

#endif  // LIB_BASE_SUDDEN_END_H_
