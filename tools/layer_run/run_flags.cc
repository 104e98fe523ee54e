#include "tools/layer_run/run_flags.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/layer/layer_times.h"
#include "lib/network/mirrors.h"
#include "lib/plan/environment.h"
#include "lib/run/run_layer.h"
#include "lib/run/run_options.h"
#include "tools/layer_run/kept_layers.h"
#include "tools/layer_run/mount_flags.h"
#include "tools/layer_run/other_conditions.h"

ABSL_FLAG(std::string, instruction, "", "file with the text of a RUN");
ABSL_FLAG(std::string, state, "", "build state before the instruction");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar below, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "index of each layer");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg,
                               "NAME=VALUE of a build argument that requires "
                               "no ARG: a proxy, BUILDKIT_SANDBOX_HOSTNAME");
RULES_DOCKERFILE_REPEATED_FLAG(add_host, "NAME=ADDRESS, a line of /etc/hosts");
RULES_DOCKERFILE_REPEATED_FLAG(mirror, "NAME=URL of a package mirror");
ABSL_FLAG(std::string, clock, "auto",
          "real, fake (starts at the epoch and hardly moves), or auto: fake "
          "without a network");
ABSL_FLAG(int, processors, rules_dockerfile::kDefaultProcessors,
          "with a fake clock, the processors that the command sees; 0: those "
          "of the host");
ABSL_FLAG(int64_t, memory, 0,
          "memory limit of the command, in MiB; 0: three quarters of the "
          "host's memory");
RULES_DOCKERFILE_REPEATED_FLAG(emulator,
                               "static QEMU for a foreign architecture, named "
                               "qemu-<machine>[-static]");
ABSL_FLAG(std::string, mode, "auto",
          "auto, real (root with all ids), mapped (ids of /etc/subuid), "
          "emulated (one id) or chroot (root without namespaces)");
ABSL_FLAG(bool, weak_isolation, false,
          "with auto, use chroot where the host does not allow namespaces");
ABSL_FLAG(std::string, cache_mounts, "",
          "absolute path of the directory that keeps cache mounts; without it "
          "they are empty at every run");
RULES_DOCKERFILE_REPEATED_FLAG(scrub,
                               "pattern of files whose changes are discarded");
ABSL_FLAG(
    bool, other_conditions, false,
    "use emulated ids, no overlay, a root directory on disk and one core, "
    "to check that the layer is the same");
ABSL_FLAG(bool, verbose, false, "print how the sandbox was created");
ABSL_FLAG(
    std::optional<int64_t>, epoch, std::nullopt,
    "SOURCE_DATE_EPOCH: the time of new files, in seconds, and the latest "
    "time of any file; without it, new files get 2026-01-01 and others keep "
    "their time");
ABSL_FLAG(
    bool, tell_epoch, true,
    "set SOURCE_DATE_EPOCH in the command's environment, to the time that "
    "it sees, unless the stage sets it");
ABSL_FLAG(std::string, layer_out, "", "layer tar to write");
ABSL_FLAG(std::string, index_out, "", "layer index to write");
ABSL_FLAG(std::string, step_out, "", "step to write");

namespace rules_dockerfile {
namespace {

// The flag's value, which may be empty.
absl::StatusOr<std::string> AbsolutePath(const absl::Flag<std::string>& flag) {
  std::string path = absl::GetFlag(flag);
  if (path.empty() || path[0] == '/') return path;
  return absl::InvalidArgumentError(
      absl::StrCat("--", absl::GetFlagReflectionHandle(flag).Name(), "=\"",
                   path, "\": expected an absolute path"));
}

void PrintNote(absl::string_view note) {
  PrintMessage(absl::StrCat(note, "\n"));
}

}  // namespace

absl::StatusOr<RunLayerOptions> ReadRunFlags() {
  RunLayerOptions options = {.layers = FLAGS_layer_values(),
                             .indexes = FLAGS_index_values(),
                             .verbose = absl::GetFlag(FLAGS_verbose),
                             .epoch = absl::GetFlag(FLAGS_epoch),
                             .sets_epoch = absl::GetFlag(FLAGS_tell_epoch)};
  options.build_args = ValuesByName(FLAGS_build_arg_values());
  for (const std::string& host : FLAGS_add_host_values()) {
    ABSL_ASSIGN_OR_RETURN(options.hosts.emplace_back(), ParseHostAddress(host));
  }
  ABSL_ASSIGN_OR_RETURN(options.instruction, RequiredFlag(FLAGS_instruction));
  ABSL_ASSIGN_OR_RETURN(options.state, RequiredFlag(FLAGS_state));
  ABSL_ASSIGN_OR_RETURN(options.layer_out, RequiredFlag(FLAGS_layer_out));
  ABSL_ASSIGN_OR_RETURN(options.index_out, RequiredFlag(FLAGS_index_out));
  ABSL_ASSIGN_OR_RETURN(options.step_out, RequiredFlag(FLAGS_step_out));
  ABSL_ASSIGN_OR_RETURN(options.mode,
                        ParseSandboxMode(absl::GetFlag(FLAGS_mode)));
  ABSL_ASSIGN_OR_RETURN(options.clock,
                        ParseRunClock(absl::GetFlag(FLAGS_clock)));
  ABSL_ASSIGN_OR_RETURN(options.processors,
                        CheckProcessors(absl::GetFlag(FLAGS_processors)));
  ABSL_ASSIGN_OR_RETURN(options.limits.memory,
                        CheckMemory(absl::GetFlag(FLAGS_memory)));
  for (const std::string& program : FLAGS_emulator_values()) {
    options.emulators.push_back(std::filesystem::absolute(program).string());
  }
  ABSL_ASSIGN_OR_RETURN(options.cache_mounts, AbsolutePath(FLAGS_cache_mounts));
  ABSL_ASSIGN_OR_RETURN(options.mounts,
                        ReadMountFlags(LayerTimes::Of(options.epoch)));
  options.weak_isolation = absl::GetFlag(FLAGS_weak_isolation);
  options.warn = PrintNote;
  options.mounts.temporary = options.layer_out;
  options.scrub = FLAGS_scrub_values();
  ABSL_ASSIGN_OR_RETURN(options.host_access, ReadHostAccessFlags());
  UseKeptLayers(options);
  if (absl::GetFlag(FLAGS_other_conditions)) SetOtherConditions(options);
  return options;
}

absl::StatusOr<Mirrors> ReadMirrorFlags() {
  return Mirrors::Parse(FLAGS_mirror_values());
}

absl::Status PrintNotes(const RunLayerResult& result) {
  for (const std::string& note : result.notes) PrintNote(note);
  return result.status;
}

}  // namespace rules_dockerfile
