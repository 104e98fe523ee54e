#ifndef LIB_BASE_PROGRAM_H_
#define LIB_BASE_PROGRAM_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/byte_source.h"

namespace rules_dockerfile {

struct ProgramOptions {
  std::vector<std::string> argv;  // argv[0] is searched in $PATH
  std::string input;
  ByteSource* source = nullptr;         // its bytes in place of `input`, if set
  size_t max_output = size_t{1} << 20;  // what is more is dropped
  // Its standard error is kept, too, in place of that of this program.
  bool keep_errors = false;
  // It, and what it has started, is killed then.
  absl::Duration timeout = absl::InfiniteDuration();
  // NAME=VALUE each; nullopt: the environment of this program.
  std::optional<std::vector<std::string>> environment;
};

// How a program ended.
struct ProgramResult {
  int exit_code = -1;  // -1: by a signal
  bool timed_out = false;
  std::string output;
  std::string errors;  // with `keep_errors`; the last part of many

  bool succeeded() const { return exit_code == 0 && !timed_out; }
};

// Runs a program, and waits for its end. Standard input is `input` and then
// ends; it need not read it. The status of errno, `cannot run "vault"`, if it
// does not start; the source's error.
absl::StatusOr<ProgramResult> RunProgram(const ProgramOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PROGRAM_H_
