#include "lib/run/run_report.h"

#include <string.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/plan/run_plan.h"
#include "lib/run/emulator.h"
#include "lib/run/run_memory.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

std::string NetworkHint(const RunPlan& plan) {
  if (plan.network == "none") {
    return "\nhint: it tried to use a network, which --network=none disables";
  }
  return "\nhint: it tried to use a network and has none: set network = "
         "\"locked\" in its dockerfile_image, and record what it fetches with "
         "`bazel run` of the image's target .lock";
}

// Whether a chown(2) failed that succeeds in other modes; the words are
// coreutils'.
bool IsUnmappedIdError(const SandboxResult& result) {
  return result.mode == SandboxMode::kMapped &&
         absl::StrContains(result.output_tail, "Invalid argument");
}

// The limit for which the command was ended, as a separate line; "" if none.
std::string LimitNote(const SandboxLimits& limits, ExceededLimit exceeded) {
  switch (exceeded) {
    case ExceededLimit::kNone:
      return "";
    case ExceededLimit::kMemory:
      return absl::StrCat("\n", OutOfMemoryNote(limits.memory));
    case ExceededLimit::kProcesses:
      return absl::StrCat("\n", TooManyProcessesNote(limits.processes));
  }
  return "";
}

std::string Reason(const SandboxResult& result) {
  if (!result.start_error.empty()) return result.start_error;
  if (result.signal == 0) return absl::StrCat("exit code: ", result.exit_code);
  return absl::StrCat("exit code: ", 128 + result.signal, " (",
                      strsignal(result.signal), ")");
}

}  // namespace

std::string WeakIsolationWarning(const SandboxChoice& choice) {
  return absl::StrCat("warning: this RUN is isolated by chroot only (",
                      choice.why,
                      "): it shares the host's processes and network and runs "
                      "as root");
}

std::string SandboxSummary(const SandboxChoice& choice,
                           const SandboxResult& result,
                           absl::string_view stored) {
  std::string text = absl::StrCat(
      "sandbox: ", SandboxModeName(choice.mode), " ids (", choice.why, ")",
      result.overlay ? ", overlay" : ", private copy (no overlay)");
  if (!stored.empty()) absl::StrAppend(&text, ", ", stored);
  return text;
}

absl::Status CommandError(const FailedRun& run) {
  std::string why = Reason(run.result);
  if (absl::EndsWith(run.result.start_error, "exec format error")) {
    absl::StrAppend(&why, EmulatorHint(run.platform, ThisMachine()));
  }
  absl::StrAppend(&why, LimitNote(run.limits, run.result.exceeded));
  if (!run.network_note.empty()) {
    absl::StrAppend(&why, "\n", run.network_note);
  } else if (run.result.missed_network) {
    absl::StrAppend(&why, NetworkHint(run.plan));
  }
  if (IsUnmappedIdError(run.result)) {
    absl::StrAppend(&why,
                    "\nhint: it may have set an owner that is not mapped (",
                    run.choice.why,
                    "); in Bazel's sandbox ids are emulated and all are "
                    "available");
  }
  return absl::AbortedError(
      absl::StrCat("process \"", absl::StrJoin(run.plan.argv, " "),
                   "\" did not complete successfully: ", why));
}

}  // namespace rules_dockerfile
