#include "lib/container/run_container.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/container/attached_sandbox.h"
#include "lib/container/container.h"
#include "lib/container/container_exit.h"
#include "lib/container/container_plan.h"
#include "lib/container/death_watch.h"
#include "lib/container/kept_layers.h"
#include "lib/container/raw_terminal.h"
#include "lib/container/run_arguments.h"
#include "lib/container/stop_signal.h"
#include "lib/oci/image_config.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/run/emulator.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// The size of the terminal that a stream of this process is.
winsize WindowSize() {
  winsize size = {};
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (ioctl(fd, TIOCGWINSZ, &size) == 0) break;
  }
  return size;
}

bool WriteTo(int fd, absl::string_view text) { return WriteAll(fd, text); }

void RemoveScratch(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return;
  RemoveTree(fd.get());
  rmdir(path.c_str());
}

// Runs the command of `spec` on the streams of this process.
absl::StatusOr<SandboxResult> RunHere(const SandboxSpec& spec,
                                      const RunArguments& arguments,
                                      int stop_signal) {
  const bool raw = arguments.interactive && arguments.terminal;
  std::optional<RawTerminal> terminal;
  if (raw) terminal.emplace(STDIN_FILENO);
  // This process does both unless it is killed.
  std::optional<DeathWatch> watch;
  if (raw || !spec.rootfs.scratch_directory.empty()) {
    const auto put_right = [&] {
      if (terminal.has_value()) terminal->Restore();
      RemoveScratch(spec.rootfs.scratch_directory);
    };
    ABSL_ASSIGN_OR_RETURN(DeathWatch started, DeathWatch::Start(put_right));
    watch.emplace(std::move(started));
  }
  return RunAttached(
      spec,
      {.input_fd = arguments.interactive ? STDIN_FILENO : -1,
       .output = [](absl::string_view t) { return WriteTo(STDOUT_FILENO, t); },
       .errors = [](absl::string_view t) { return WriteTo(STDERR_FILENO, t); },
       .window_fd = arguments.terminal ? STDIN_FILENO : -1,
       .stop_signal = stop_signal});
}

// The layers to keep, if any.
absl::StatusOr<std::optional<KeptLayers>> OpenKept(
    const ImageConfig& image, const RunArguments& arguments,
    const ContainerPlace& place) {
  if (!arguments.keep) return std::nullopt;
  std::string path = arguments.keep_directory;
  if (!path.empty() && path[0] != '/') {
    path = absl::StrCat(place.caller.working_directory, "/", path);
  }
  return KeptLayers::Open(path, place.temporary, image.diff_ids);
}

}  // namespace

absl::StatusOr<ContainerOutcome> RunContainer(const ImageFiles& files,
                                              const RunArguments& arguments,
                                              const ContainerPlace& place) {
  if (arguments.terminal && arguments.interactive && !isatty(STDIN_FILENO)) {
    return absl::InvalidArgumentError(
        "option -t: standard input is not a terminal; use only -i");
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig image, ReadImageConfig(files));
  ABSL_ASSIGN_OR_RETURN(const int stop_signal,
                        StopSignalNumber(ConfigString(image, "StopSignal")));
  ABSL_ASSIGN_OR_RETURN(std::optional<KeptLayers> kept,
                        OpenKept(image, arguments, place));
  SandboxLimits limits;
  const auto run = [&](SandboxSpec spec) {
    limits = spec.limits;
    if (arguments.terminal) spec.command.terminal = WindowSize();
    return RunHere(spec, arguments, stop_signal);
  };
  ABSL_ASSIGN_OR_RETURN(
      const SandboxResult result,
      MakeContainer(files, image, arguments, place,
                    kept.has_value() ? &*kept : nullptr, run));
  const ContainerExit exit = ContainerExitOf(result, image, ThisMachine());
  ContainerOutcome outcome = {.exit_code = exit.exit_code};
  if (kept.has_value()) {
    outcome.notes.push_back(
        absl::StrCat("changes saved; resume with --keep=", kept->path()));
  }
  if (!exit.start_error.empty()) outcome.notes.push_back(exit.start_error);
  if (std::string note = LimitNote(limits, result.exceeded); !note.empty()) {
    outcome.notes.push_back(std::move(note));
  }
  return outcome;
}

}  // namespace rules_dockerfile
