#ifndef LIB_SANDBOX_SPEC_SANDBOX_RESULT_H_
#define LIB_SANDBOX_SPEC_SANDBOX_RESULT_H_

#include <string>

#include "lib/sandbox/spec/sandbox_mode.h"

namespace rules_dockerfile {

enum class ExceededLimit { kNone, kMemory, kProcesses };

struct SandboxResult {
  SandboxMode mode = SandboxMode::kReal;
  bool overlay = true;  // false: a private copy was compared
  // Why the command could not be started; else "".
  std::string start_error;
  bool not_found = false;  // it could not, as there is no such program
  int exit_code = 0;
  int signal = 0;  // that ended the command; else 0
  // The limit for which the sandbox ended the command.
  ExceededLimit exceeded = ExceededLimit::kNone;
  std::string collected;  // SandboxCollect::function returned it
  // With SandboxNetwork::kNone: the command tried to reach something.
  bool missed_network = false;
  // The last lines that the command wrote.
  std::string output_tail;

  bool succeeded() const {
    return start_error.empty() && exit_code == 0 && signal == 0;
  }
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SPEC_SANDBOX_RESULT_H_
