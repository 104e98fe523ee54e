#include "lib/container/container_exit.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"
#include "lib/run/emulator.h"
#include "lib/run/run_memory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int kNotExecuted = 126;
constexpr int kNotThere = 127;
constexpr int kSignal = 128;

}  // namespace

ContainerExit ContainerExitOf(const SandboxResult& result,
                              const ImageConfig& image,
                              absl::string_view machine) {
  if (result.start_error.empty()) {
    return {.exit_code = result.signal != 0 ? kSignal + result.signal
                                            : result.exit_code};
  }
  ContainerExit end = {.exit_code = result.not_found ? kNotThere : kNotExecuted,
                       .start_error = result.start_error};
  if (absl::EndsWith(end.start_error, "exec format error")) {
    end.start_error += EmulatorHint(PlatformText(image.platform), machine);
  }
  return end;
}

std::string LimitNote(const SandboxLimits& limits, ExceededLimit exceeded) {
  switch (exceeded) {
    case ExceededLimit::kNone:
      return "";
    case ExceededLimit::kMemory:
      return absl::StrCat("the container ran out of memory: the limit is ",
                          MemoryText(limits.memory));
    case ExceededLimit::kProcesses:
      return absl::StrCat("the container ran too many processes: the limit is ",
                          limits.processes);
  }
  return "";
}

}  // namespace rules_dockerfile
