#ifndef LIB_RUN_RUN_REPORT_H_
#define LIB_RUN_RUN_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/plan/run_plan.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The warning for a RUN in SandboxMode::kChroot.
std::string WeakIsolationWarning(const SandboxChoice& choice);

// How the sandbox was created: `sandbox: mapped ids (65536 ids mapped),
// overlay` and `stored`, the result of StackedRootfs::AddTo() or "".
std::string SandboxSummary(const SandboxChoice& choice,
                           const SandboxResult& result,
                           absl::string_view stored);

// A RUN that failed.
struct FailedRun {
  const RunPlan& plan;
  std::string platform;  // of the image
  const SandboxLimits& limits;
  const SandboxChoice& choice;
  const SandboxResult& result;
  std::string network_note;  // of NetworkProxy::Finish(); "": none
};

// Aborted `process "/bin/sh -c false" did not complete successfully: exit code:
// 1`, in BuildKit's words, with a line for each known cause and hint.
absl::Status CommandError(const FailedRun& run);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_REPORT_H_
