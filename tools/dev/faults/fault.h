#ifndef TOOLS_DEV_FAULTS_FAULT_H_
#define TOOLS_DEV_FAULTS_FAULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What befalls a program that is run.
struct Fault {
  enum class Kind {
    kNone,
    kKill,  // SIGKILL after `amount` microseconds
    kAsk,   // SIGTERM after `amount` microseconds
    kCall,  // its `amount`-th system call that may fail fails; 0: none does
    kAskInCall,  // SIGTERM comes during that call, which does not fail
    kFileSize,   // no file of it grows beyond `amount` bytes: EFBIG
    kMemory,     // its address space is `amount` bytes
  };
  Kind kind = Kind::kNone;
  int64_t amount = 0;
  // kCall, kAskInCall: calls of its children count, too.
  bool children = true;
};

// "none", "kill:1500", "ask:1500", "call:17", "ask-call:17", "call-alone:17"
// and "ask-call-alone:17" (not those of its children), "size:4096" or
// "memory:67108864".
absl::StatusOr<Fault> ParseFault(absl::string_view text);

// How it ended.
struct FaultResult {
  int exit_code = -1;    // -1: by a signal
  int signal = 0;        // which
  int64_t calls = 0;     // kCall, kAskInCall: how many may fail
  std::string failed;    // kCall: "openat: Too many open files", if one did;
                         // kAskInCall: "openat: Terminated"
  int orphans = 0;       // processes that it left, killed now
  int64_t max_rss = 0;   // KiB, of it and its children
  int64_t duration = 0;  // microseconds
};

// Runs `argv` under the fault, with the streams of this process. The status of
// errno if it cannot be started. Makes this process adopt orphans, so it must
// have no other children.
absl::StatusOr<FaultResult> RunUnderFault(const std::vector<std::string>& argv,
                                          const Fault& fault);

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_FAULTS_FAULT_H_
