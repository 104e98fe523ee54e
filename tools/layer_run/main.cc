#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_split.h"
#include "lib/base/map_guard.h"
#include "lib/base/tool.h"
#include "lib/run/network_service.h"
#include "lib/run/run_layer.h"
#include "lib/run/run_options.h"
#include "lib/worker/action_tool.h"
#include "tools/layer_run/kept_layers.h"
#include "tools/layer_run/run_flags.h"

ABSL_FLAG(std::string, network, "none", "none, host or locked");
ABSL_FLAG(std::string, network_lock, "",
          "with locked, the lock file of this RUN; without it the RUN must "
          "not request anything");
RULES_DOCKERFILE_REPEATED_FLAG(network_blob, "with locked, SHA256=FILE");
ABSL_FLAG(std::string, lock_command, "",
          "with locked, the command that writes the lock file");

namespace rules_dockerfile {
namespace {

// Answers the locked requests, with the clock of their recording.
absl::Status LockNetwork(RunLayerOptions& options) {
  ReplayOptions replay;
  replay.lock_command = absl::GetFlag(FLAGS_lock_command);
  replay.lock = absl::GetFlag(FLAGS_network_lock);
  ABSL_ASSIGN_OR_RETURN(replay.mirrors, ReadMirrorFlags());
  for (const std::string& flag : FLAGS_network_blob_values()) {
    replay.blobs.insert(absl::StrSplit(flag, absl::MaxSplits('=', 1)));
  }
  ABSL_ASSIGN_OR_RETURN(ReplayService service, MakeReplayService(replay));
  options.proxy = std::move(service.proxy);
  options.clock_start = service.clock_start;
  if (options.clock == RunClock::kAuto) options.clock = RunClock::kFake;
  return absl::OkStatus();
}

// What is in memory for the RUN is removed after the answer.
void AnswerEarly(const std::vector<std::string>& notes) {
  PrintNotes({.status = absl::OkStatus(), .notes = notes}).IgnoreError();
  // Else the tool fails at its end.
  if (MapReadStatus().ok()) EndRequestEarly();
}

// Bazel shows what an action wrote to standard error before what it wrote to
// standard output. In one stream all stays in the order in which the command
// wrote it, and an error comes last.
absl::Status PrintToStandardError() {
  if (dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot print to standard error");
}

absl::Status Run() {
  ABSL_RETURN_IF_ERROR(PrintToStandardError());
  ABSL_ASSIGN_OR_RETURN(RunLayerOptions options, ReadRunFlags());
  options.done = AnswerEarly;
  const std::string network = absl::GetFlag(FLAGS_network);
  if (network == "locked") {
    ABSL_RETURN_IF_ERROR(LockNetwork(options));
  } else {
    ABSL_ASSIGN_OR_RETURN(options.network, ParseSandboxNetwork(network));
  }
  return PrintNotes(MakeRunLayer(options));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_run", "Creates the layer of a RUN.", argc, argv,
      rules_dockerfile::Run, rules_dockerfile::KeepLayers());
}
