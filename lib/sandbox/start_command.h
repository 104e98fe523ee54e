#ifndef LIB_SANDBOX_START_COMMAND_H_
#define LIB_SANDBOX_START_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Turns this process into the command, in two steps: it executes a starter, a
// program of a few bytes in a separate memory file, and that executes the
// command. So what /proc/self/exe names when the kernel resolves the command's
// path, its interpreter (`#!`) or its loader (PT_INTERP) is the starter, whose
// mode is 0 by then, and never this tool, a file of the host.
//
// `argv[0]` is searched for in the PATH of `env`, as runc does: no shell for
// files that are not programs. `error_fd` takes what ParseStartReport() reads;
// all other descriptors from 3 on are closed.
[[noreturn]] void StartCommand(const std::vector<std::string>& argv,
                               const std::vector<std::string>& env,
                               int error_fd);

// Ends this process, which could not start the command.
[[noreturn]] void FailSetup(const absl::Status& error, int error_fd);

struct StartReport {
  std::string error;       // why the command could not be started; else ""
  bool not_found = false;  // because there is no such program
};

// Reads all that went to `error_fd`, for the command `name`. Internal if the
// sandbox is at fault and not the command.
absl::StatusOr<StartReport> ParseStartReport(absl::string_view text,
                                             absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_START_COMMAND_H_
