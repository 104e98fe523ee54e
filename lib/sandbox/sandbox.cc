#include "lib/sandbox/sandbox.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox_child.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kTailSize = 4096;

// Of what the command writes, so much is passed on; of the rest, the end. A
// worker keeps more, but what else runs the tool may write all of it to a file.
constexpr size_t kMostOutput = size_t{15} << 20;

constexpr int kEnding[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

// Whether this process ignores the signal, as `nohup` has it.
bool IsIgnored(int number) {
  struct sigaction action = {};
  sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

// Keeps signals from ending this process while it has a child to end and files
// to remove; they are read from fd() instead.
class SignalGuard {
 public:
  SignalGuard() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : kEnding) {
      if (!IsIgnored(number)) sigaddset(&wanted, number);
    }
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
  size_t passed_on = 0;
  size_t left_out = 0;
  int last_fd = -1;  // to which something was left out
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
  const absl::string_view passed_on =
      bytes.substr(0, kMostOutput - output.passed_on);
  WriteAll(source.forward_fd, passed_on);
  output.passed_on += passed_on.size();
  if (passed_on.size() < bytes.size()) {
    output.left_out += bytes.size() - passed_on.size();
    output.last_fd = source.forward_fd;
  }
  output.tail.append(bytes);
  if (output.tail.size() > 2 * kTailSize) {
    output.tail.erase(0, output.tail.size() - kTailSize);
  }
}

// Passes on what the command writes, until every end is closed. A signal kills
// the child, and its namespaces with it.
Output Relay(SandboxChild& child, int signal_fd) {
  std::array<Source, 3> sources = {
      Source{std::move(child.report)},
      Source{std::move(child.standard_output), STDOUT_FILENO},
      Source{std::move(child.standard_error), STDERR_FILENO}};
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
      child.Kill();
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      if (ready[i].revents != 0) Receive(sources[i], output);
    }
  }
}

// Passes on the end of what was left out.
void FinishOutput(const Output& output) {
  if (output.left_out == 0) return;
  const size_t size =
      std::min({kTailSize, output.tail.size(), output.left_out});
  WriteAll(output.last_fd,
           absl::StrCat("\n[", output.left_out - size, " bytes left out]\n",
                        output.tail.substr(output.tail.size() - size)));
}

}  // namespace

SandboxRest::~SandboxRest() {
  if (pid_ > 0) WaitForChild(pid_);
}

absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec) {
  SandboxRest rest;
  return RunInSandbox(spec, &rest);
}

absl::StatusOr<SandboxResult> RunInSandbox(const SandboxSpec& spec,
                                           SandboxRest* rest) {
  const SignalGuard signals;
  ABSL_ASSIGN_OR_RETURN(SandboxChild child, SandboxChild::Start(spec));
  child.standard_input.Close();  // at its end from the start
  const Output received = Relay(child, signals.fd());
  FinishOutput(received);
  absl::StatusOr<SandboxResult> result =
      child.Finish(received.report, rest->pid_);
  if (received.interrupted) return absl::CancelledError("interrupted");
  if (!result.ok()) return result;
  const size_t size = received.tail.size();
  result->output_tail =
      received.tail.substr(size > kTailSize ? size - kTailSize : 0);
  return result;
}

}  // namespace rules_dockerfile
