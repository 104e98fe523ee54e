#include "lib/sandbox/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/child_process.h"
#include "lib/sandbox/report.h"
#include "lib/sandbox/root_directory.h"
#include "lib/sandbox/sandbox_process.h"
#include "lib/sandbox/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kTailSize = 4096;

bool WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(put);
  }
  return true;
}

// Keeps SIGINT and SIGTERM from ending this process while it has a child to
// end and files to remove; they are read from fd() instead.
class SignalGuard {
 public:
  SignalGuard() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, &old_);
    fd_ = UniqueFd(signalfd(-1, &wanted, SFD_CLOEXEC));
  }
  SignalGuard(const SignalGuard&) = delete;
  ~SignalGuard() { sigprocmask(SIG_SETMASK, &old_, nullptr); }

  int fd() const { return fd_.get(); }

 private:
  sigset_t old_;
  UniqueFd fd_;
};

// What comes out of the sandbox while it lives.
struct Output {
  std::string report;
  std::string tail;
  bool interrupted = false;
};

// One of the ends that Relay() reads; it forwards to `forward_fd` if not -1.
struct Source {
  UniqueFd fd;
  int forward_fd = -1;
};

void Receive(Source& source, Output& output) {
  char buffer[1 << 16];
  const ssize_t got = read(source.fd.get(), buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return;
  if (got <= 0) {
    source.fd.Close();
    return;
  }
  const absl::string_view bytes(buffer, got);
  if (source.forward_fd < 0) {
    output.report.append(bytes);
    return;
  }
  WriteAll(source.forward_fd, bytes);
  output.tail.append(bytes);
  if (output.tail.size() > 2 * kTailSize) {
    output.tail.erase(0, output.tail.size() - kTailSize);
  }
}

// Passes on what the command writes, until every end is closed. A signal kills
// the child, and its namespaces with it.
Output Relay(pid_t child, int signal_fd, std::array<Source, 3> sources) {
  Output output;
  while (true) {
    std::array<pollfd, 4> ready;
    bool open = false;
    for (size_t i = 0; i < sources.size(); ++i) {
      ready[i] = {.fd = sources[i].fd.get(), .events = POLLIN, .revents = 0};
      open = open || sources[i].fd.ok();
    }
    if (!open) return output;
    ready[3] = {.fd = signal_fd, .events = POLLIN, .revents = 0};
    if (poll(ready.data(), ready.size(), -1) < 0) continue;
    if (ready[3].revents != 0) {
      signalfd_siginfo info;
      [[maybe_unused]] const ssize_t ignored =
          read(signal_fd, &info, sizeof info);
      output.interrupted = true;
      kill(child, SIGKILL);
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      if (ready[i].revents != 0) Receive(sources[i], output);
    }
  }
}

[[noreturn]] void RunChild(const SandboxSpec& spec,
                           const SandboxStreams& streams, int report_fd,
                           pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const absl::StatusOr<SandboxResult> result = RunSandboxProcess(spec, streams);
  WriteAll(report_fd, SandboxReportToText(result));
  // Without destructors: what is copied from the parent is the parent's.
  _exit(0);
}

void CleanScratch(const std::string& directory) {
  if (directory.empty()) return;
  const UniqueFd fd(
      open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.ok()) RemoveTree(fd.get());
}

}  // namespace

absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec) {
  ABSL_ASSIGN_OR_RETURN(Pipe input, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Pipe errors, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  input.write.Close();  // at its end from the start
  const SignalGuard signals;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (child == 0) {
    output.read.Close();
    errors.read.Close();
    report.read.Close();
    RunChild(spec,
             {.stdin_fd = input.read.get(),
              .stdout_fd = output.write.get(),
              .stderr_fd = errors.write.get()},
             report.write.get(), parent);
  }
  input.read.Close();
  output.write.Close();
  errors.write.Close();
  report.write.Close();
  const Output received =
      Relay(child, signals.fd(),
            {Source{std::move(report.read)},
             Source{std::move(output.read), STDOUT_FILENO},
             Source{std::move(errors.read), STDERR_FILENO}});
  WaitForChild(child);
  CleanScratch(spec.scratch_directory);
  if (received.interrupted) return absl::CancelledError("interrupted");
  ABSL_ASSIGN_OR_RETURN(SandboxResult result,
                        ParseSandboxReport(received.report));
  const size_t size = received.tail.size();
  result.output_tail =
      received.tail.substr(size > kTailSize ? size - kTailSize : 0);
  return result;
}

}  // namespace rules_dockerfile
