#include "lib/sandbox/sandbox_process.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/fd_passing.h"
#include "lib/process/terminal.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/init_process.h"
#include "lib/sandbox/keeper.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/namespaces/binfmt.h"
#include "lib/sandbox/namespaces/namespaces.h"
#include "lib/sandbox/namespaces/network_use.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/root/chroot_directory.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/mounts.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/start_command.h"
#include "lib/sandbox/supervisor/supervisor.h"
#include "lib/sandbox/usage_watch.h"
#include "lib/sandbox/watched_files.h"

namespace rules_dockerfile {
namespace {

// The supervisor and its threads, while there is a command.
class Supervision {
 public:
  Supervision(UniqueFd listener, const SupervisorOptions& options)
      : supervisor_(std::move(listener), options) {}
  ~Supervision() { Wait(); }

  // The root directory is the command's by now.
  void Start(const SpecialOwners& special_owners) {
    for (const auto& [path, owner] : special_owners) {
      supervisor_.owners().RecordLower(
          UniqueFd(open(absl::StrCat("/", path).c_str(),
                        O_PATH | O_NOFOLLOW | O_CLOEXEC)),
          owner);
    }
    threads_.emplace_back([this] { supervisor_.Serve(); });
    threads_.emplace_back([this] { supervisor_.Help(); });
  }

  // Until no supervised process is left.
  void Wait() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::optional<RecordedOwner> SpecialOwner(absl::string_view path) {
    struct stat info;
    if (lstat(absl::StrCat("/", path).c_str(), &info) < 0) return std::nullopt;
    return supervisor_.owners().FindSpecial(info);
  }

 private:
  Supervisor supervisor_;
  std::vector<std::thread> threads_;
};

// The descriptors that pin special files, and more that the command needs not
// pay for.
void RaiseOpenFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::optional<FakeClock> MakeClock(const std::optional<int64_t>& start) {
  if (!start.has_value()) return std::nullopt;
  return FakeClock(*start, FileTime());
}

// Collects, with what the supervisor knows.
absl::Status Collect(const SandboxCollect& collect, const RootDirectory& root,
                     Supervision* supervision,
                     const std::optional<FakeClock>& clock,
                     SandboxResult& result) {
  SandboxFiles files = {
      .directory_fd = root.upper.get(),
      .whole = !root.overlay,
      .capture = {.owners = OwnersOf(result.mode),
                  .special_owner = {},
                  .overlay_xattrs = OverlayXattrs(result.mode)},
      .clock = clock,
      .mount_points = root.made_mount_points};
  if (supervision != nullptr) {
    files.capture.special_owner = [supervision](absl::string_view path) {
      return supervision->SpecialOwner(path);
    };
  }
  ABSL_ASSIGN_OR_RETURN(result.collected, collect.function(files));
  return absl::OkStatus();
}

// Sends the socket at which a proxy is to listen over `socket`; nothing if it
// is -1.
absl::Status OfferProxySocket(int socket) {
  if (socket < 0) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const UniqueFd listener,
                        ListenOnLoopback(kSandboxProxyPort));
  if (!SendFd(socket, listener.get())) {
    return absl::InternalError("the network proxy is gone");
  }
  // The proxy stops when no one holds the other end of its socket.
  close(socket);
  return absl::OkStatus();
}

// Gives the command a terminal, whose other end goes over `streams.command`.
absl::Status GiveTerminal(const winsize& size, const RootDirectory& root,
                          SandboxStreams& streams) {
  ABSL_ASSIGN_OR_RETURN(Terminal terminal,
                        OpenTerminal(root.terminals.get(), size));
  if (!SendFd(streams.command.get(), terminal.master.get())) {
    return absl::InternalError("nobody receives the terminal");
  }
  streams.standard_output = UniqueFd(dup(terminal.slave.get()));
  streams.standard_error = UniqueFd(dup(terminal.slave.get()));
  streams.standard_input = std::move(terminal.slave);
  return absl::OkStatus();
}

// Lets the other end of `socket` send signals to the command.
void OfferCommand(int socket, pid_t pid) {
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd.ok()) SendFd(socket, pidfd.get());
}

// Starts the command and the supervisor, whose listener is sent over
// `control`. The ends that are the command's are closed here.
absl::StatusOr<Keeper> StartCommandProcess(
    const SandboxSpec& spec, SandboxMode mode, const RootDirectory& root,
    SandboxStreams streams, UniqueFd error, SocketPair& control) {
  const auto run = [&] {
    control.here.Close();
    RunInitProcess(spec, mode, root,
                   {.stdin_fd = streams.standard_input.get(),
                    .stdout_fd = streams.standard_output.get(),
                    .stderr_fd = streams.standard_error.get(),
                    .error_fd = error.get(),
                    .supervisor_fd = control.there.get()});
  };
  const auto started = [&](pid_t command) {
    OfferCommand(streams.command.get(), command);
    streams.Close();
    error.Close();
    control.here.Close();
    control.there.Close();
  };
  absl::StatusOr<Keeper> keeper = Keeper::Start(mode, run, started);
  control.there.Close();
  return keeper;
}

dev_t DeviceOf(const UniqueFd& fd) {
  struct stat info = {};
  fstat(fd.get(), &info);
  return info.st_dev;
}

// The files of the rootfs that the command can write, whose root directory is
// `top`.
WatchedFiles RootToWatch(const RootDirectory& root, const UniqueFd& top) {
  const bool shared = root.shared_scratch.ok();
  UniqueFd file(fcntl(shared ? root.shared_scratch.get() : root.upper.get(),
                      F_DUPFD_CLOEXEC, 0));
  if (!shared) return WatchedFiles(std::move(file));
  std::vector<dev_t> devices = {DeviceOf(top), DeviceOf(file)};
  return {std::move(file), std::move(devices)};
}

// The files that the command can write, before it starts. Mount points that do
// not exist yet are not in a counted file system.
std::vector<WatchedFiles> FilesToWatch(const std::vector<SandboxMount>& mounts,
                                       const RootDirectory& root) {
  const UniqueFd top(open(root.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::vector<WatchedFiles> files;
  files.push_back(RootToWatch(root, top));
  if (root.own_trees.ok()) {
    files.emplace_back(
        UniqueFd(fcntl(root.own_trees.get(), F_DUPFD_CLOEXEC, 0)));
  }
  open_how how = {};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (const SandboxMount& mount : mounts) {
    if (!std::holds_alternative<TmpfsMount>(mount)) continue;
    UniqueFd file(static_cast<int>(syscall(
        SYS_openat2, top.get(), TargetOf(mount).c_str(), &how, sizeof how)));
    if (file.ok()) files.emplace_back(std::move(file));
  }
  return files;
}

// How the command started and ended.
absl::Status Await(const std::string& program, const SandboxLimits& limits,
                   std::vector<WatchedFiles> files, int proc_fd, int error_fd,
                   Keeper& keeper, SandboxResult& result) {
  const std::string text = ReadAll(error_fd);
  std::optional<UsageWatch> watch;
  if (UniqueFd proc = OpenCommandProc(); proc.ok()) {
    watch.emplace(std::move(proc), proc_fd, std::move(files), limits,
                  [&keeper] { keeper.EndCommand(); });
  }
  ABSL_ASSIGN_OR_RETURN(const int status, keeper.Wait());
  if (watch.has_value()) result.exceeded = watch->Stop();
  ABSL_ASSIGN_OR_RETURN(StartReport started, ParseStartReport(text, program));
  result.start_error = std::move(started.error);
  result.not_found = started.not_found;
  if (!result.start_error.empty()) return absl::OkStatus();
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return absl::OkStatus();
}

// From the start of the command to its end, when `ended` is called before what
// it left is collected.
absl::Status RunCommand(const SandboxSpec& spec, const RootDirectory& root,
                        SandboxStreams streams, int proc_fd,
                        const std::optional<FakeClock>& clock,
                        absl::FunctionRef<absl::Status()> ended,
                        SandboxResult& result) {
  const OwnerStore owners = OwnersOf(result.mode);
  ABSL_ASSIGN_OR_RETURN(Pipe error, MakePipe());
  ABSL_ASSIGN_OR_RETURN(SocketPair control, MakeSocketPair());
  std::vector<WatchedFiles> files = FilesToWatch(spec.view.mounts, root);
  ABSL_ASSIGN_OR_RETURN(
      Keeper keeper,
      StartCommandProcess(spec, result.mode, root, std::move(streams),
                          std::move(error.write), control));
  std::optional<Supervision> supervision;
  // None if no call is the supervisor's: init_process.h.
  UniqueFd listener = ReceiveFd(control.here.get());
  if (listener.ok()) {
    supervision.emplace(std::move(listener),
                        SupervisorOptions{.proc_fd = proc_fd,
                                          .owners = owners,
                                          .clock = clock,
                                          .processors = spec.view.processors});
    supervision->Start(root.special_owners);
    WriteAll(control.here.get(), "g");
  }
  const absl::Status awaited =
      Await(spec.command.argv[0], spec.limits, std::move(files), proc_fd,
            error.read.get(), keeper, result);
  if (supervision.has_value()) supervision->Wait();
  ABSL_RETURN_IF_ERROR(ended());
  ABSL_RETURN_IF_ERROR(awaited);
  if (!spec.collect.function ||
      !(result.succeeded() || spec.collect.after_failure)) {
    return absl::OkStatus();
  }
  return Collect(spec.collect, root,
                 supervision.has_value() ? &*supervision : nullptr, clock,
                 result);
}

absl::StatusOr<SandboxResult> RunInChroot(const SandboxSpec& spec,
                                          SandboxStreams streams) {
  ABSL_RETURN_IF_ERROR(CheckChroot(spec));
  SandboxResult result;
  result.mode = SandboxMode::kChroot;
  result.overlay = false;
  ABSL_ASSIGN_OR_RETURN(const HostFiles host_files, OpenHostFiles(spec.view));
  ABSL_ASSIGN_OR_RETURN(const RootDirectory root,
                        MakeChrootDirectory(spec.rootfs));
  ABSL_RETURN_IF_ERROR(
      MakeWorkingDirectory(root, spec.command, OwnersOf(result.mode)));
  PlacedRootBuilder builder(root);
  ABSL_RETURN_IF_ERROR(builder.Build(spec.view, host_files));
  ABSL_RETURN_IF_ERROR(builder.placed().RestoreTimes());
  AdoptOrphans();
  const auto ended = [&]() -> absl::Status {
    if (!KillChildren(kKillLimit)) {
      return absl::DeadlineExceededError(
          "cannot end the processes that the command left running");
    }
    return builder.placed().Remove();
  };
  ABSL_RETURN_IF_ERROR(RunCommand(spec, root, std::move(streams),
                                  host_files.proc.get(), std::nullopt, ended,
                                  result));
  return result;
}

// Not ok if there is no emulator.
absl::StatusOr<UniqueFd> OpenEmulator(
    const std::optional<SandboxEmulator>& emulator, SandboxMode mode) {
  if (!emulator.has_value()) return UniqueFd();
  if (mode == SandboxMode::kReal) {
    return absl::InvalidArgumentError(
        "programs of a foreign architecture require emulated or mapped ids");
  }
  return RegisterEmulator(*emulator);
}

absl::Status SetUpNetwork(const SandboxView& view) {
  if (view.network == SandboxNetwork::kNone) {
    ABSL_RETURN_IF_ERROR(BringUpLoopback());
    ABSL_RETURN_IF_ERROR(OfferProxySocket(view.proxy_socket));
  }
  if (sethostname(view.hostname.data(), view.hostname.size()) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "cannot set the host name");
}

absl::StatusOr<SandboxResult> RunInNamespaces(const SandboxSpec& spec,
                                              SandboxStreams streams) {
  // Before any file is made, so that all have its time.
  const std::optional<FakeClock> clock = MakeClock(spec.view.clock_start);
  SandboxResult result;
  result.mode = spec.mode;
  // The kernel still ends this process with its maker.
  const pid_t maker = getppid();
  ABSL_RETURN_IF_ERROR(EnterNamespaces(result.mode, spec.view.network));
  DieWithParent(maker);
  // The registration lasts while it is open.
  ABSL_ASSIGN_OR_RETURN(const UniqueFd emulator,
                        OpenEmulator(spec.view.emulator, result.mode));
  ABSL_ASSIGN_OR_RETURN(const HostFiles host_files, OpenHostFiles(spec.view));
  ABSL_ASSIGN_OR_RETURN(RootDirectory root,
                        MakeRootDirectory(spec.rootfs, spec.view.mounts,
                                          result.mode, host_files));
  result.overlay = root.overlay;
  const OwnerStore owners = OwnersOf(result.mode);
  ABSL_RETURN_IF_ERROR(MakeWorkingDirectory(root, spec.command, owners));
  ABSL_RETURN_IF_ERROR(
      MountedRootBuilder(root, owners).Build(spec.view, host_files));
  ABSL_RETURN_IF_ERROR(SetUpNetwork(spec.view));
  if (spec.command.terminal.has_value()) {
    ABSL_RETURN_IF_ERROR(GiveTerminal(*spec.command.terminal, root, streams));
  }
  ABSL_RETURN_IF_ERROR(RunCommand(spec, root, std::move(streams),
                                  host_files.proc.get(), clock, absl::OkStatus,
                                  result));
  result.missed_network = spec.view.network == SandboxNetwork::kNone &&
                          NetworkWasTried(host_files.proc.get());
  return result;
}

}  // namespace

absl::StatusOr<SandboxResult> RunSandboxProcess(const SandboxSpec& spec,
                                                SandboxStreams streams) {
  umask(0);
  RaiseOpenFileLimit();
  return spec.mode == SandboxMode::kChroot
             ? RunInChroot(spec, std::move(streams))
             : RunInNamespaces(spec, std::move(streams));
}

}  // namespace rules_dockerfile
