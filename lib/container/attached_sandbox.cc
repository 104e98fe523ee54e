#include "lib/container/attached_sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/fd_passing.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox_child.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int kPassedOn[] = {SIGHUP,  SIGINT,  SIGQUIT,
                             SIGTERM, SIGUSR1, SIGUSR2};
// How often a command may be asked to end.
constexpr int kPatience = 3;

// Has signals read from fd() in place of what they do else, and lets writes to
// closed pipes fail.
class CaughtSignals {
 public:
  CaughtSignals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : kPassedOn) sigaddset(&wanted, number);
    sigaddset(&wanted, SIGWINCH);
    sigprocmask(SIG_BLOCK, &wanted, &old_);
    old_pipe_ = signal(SIGPIPE, SIG_IGN);
    fd_ = UniqueFd(signalfd(-1, &wanted, SFD_CLOEXEC));
  }
  CaughtSignals(const CaughtSignals&) = delete;
  ~CaughtSignals() {
    signal(SIGPIPE, old_pipe_);
    sigprocmask(SIG_SETMASK, &old_, nullptr);
  }

  int fd() const { return fd_.get(); }

 private:
  sigset_t old_;
  sighandler_t old_pipe_;
  UniqueFd fd_;
};

// Carries what is read from one descriptor to another that may be slow.
class Pump {
 public:
  explicit Pump(int from) : from_(from) {}

  // `to` must not block.
  int WantsToRead() const { return pending_.empty() ? from_ : -1; }
  bool WantsToWrite() const { return !pending_.empty(); }

  // False at the end of the input.
  bool Read() {
    char buffer[1 << 16];
    const ssize_t got = read(from_, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got > 0) pending_.assign(buffer, got);
    if (got <= 0) from_ = -1;
    return got > 0;
  }

  // False if the reader is gone.
  bool Write(int to) {
    const ssize_t put = write(to, pending_.data(), pending_.size());
    if (put > 0) pending_.erase(0, put);
    const bool open =
        put >= 0 || errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
    if (!open) from_ = -1;
    return open;
  }

 private:
  int from_;
  std::string pending_;
};

void MakeNonblocking(int fd) {
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// One run of a command, from its start to the end of all it wrote.
class Session {
 public:
  Session(SandboxChild child, bool terminal, const Attachment& attachment)
      : child_(std::move(child)),
        awaits_terminal_(terminal),
        attachment_(attachment),
        input_(attachment.input_fd) {
    MakeNonblocking(child_.standard_input.get());
    if (attachment.input_fd < 0) child_.standard_input.Close();
  }

  absl::StatusOr<SandboxResult> Run(int signal_fd) {
    while (child_.report.ok() || child_.standard_output.ok() ||
           child_.standard_error.ok() || terminal_.ok()) {
      Step(signal_fd);
    }
    absl::StatusOr<SandboxResult> result = child_.Finish(report_);
    // Nothing else could be reported of a sandbox that was ended.
    if (ended_by_ == 0) return result;
    if (!attachment_.passes_signals) return absl::CancelledError("interrupted");
    SandboxResult ended;
    ended.signal = ended_by_;
    return ended;
  }

 private:
  // Waits for something to happen, and deals with it.
  void Step(int signal_fd) {
    const UniqueFd& sink = terminal_.ok() ? terminal_ : child_.standard_input;
    // Before there is a terminal there is nowhere to write to.
    const int input = sink.ok() ? input_.WantsToRead() : -1;
    const short wanted = sink.ok() && input_.WantsToWrite() ? POLLOUT : 0;
    std::array<pollfd, 8> ready = {
        {{signal_fd, POLLIN, 0},
         {child_.command.get(), POLLIN, 0},
         {child_.report.get(), POLLIN, 0},
         {child_.standard_output.get(), POLLIN, 0},
         {child_.standard_error.get(), POLLIN, 0},
         {terminal_.get(), POLLIN, 0},
         {input, POLLIN, 0},
         {wanted != 0 ? sink.get() : -1, wanted, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0) return;
    if (ready[0].revents != 0) TakeSignal(signal_fd);
    if (ready[2].revents != 0) {
      Take(child_.report, [this](absl::string_view text) {
        report_.append(text);
        return true;
      });
    }
    if (ready[3].revents != 0) {
      Take(child_.standard_output, attachment_.output);
    }
    if (ready[4].revents != 0) Take(child_.standard_error, attachment_.errors);
    if (ready[5].revents != 0) Take(terminal_, attachment_.output);
    if (ready[6].revents != 0 && !input_.Read()) child_.standard_input.Close();
    if (ready[7].revents != 0 && sink.ok() && !input_.Write(sink.get())) {
      child_.standard_input.Close();
    }
    // Last, as it changes what there is.
    if (ready[1].revents != 0) TakeCommand();
  }

  static void Take(UniqueFd& from,
                   const std::function<bool(absl::string_view)>& to) {
    char buffer[1 << 16];
    const ssize_t got = read(from.get(), buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    // A terminal says EIO when nobody has its other end.
    if (got <= 0 || !to(absl::string_view(buffer, got))) from.Close();
  }

  void TakeCommand() {
    UniqueFd fd = ReceiveFd(child_.command.get());
    if (!fd.ok()) {
      child_.command.Close();
    } else if (std::exchange(awaits_terminal_, false)) {
      MakeNonblocking(fd.get());
      terminal_ = std::move(fd);
      Resize();
    } else {
      command_ = std::move(fd);
    }
  }

  void TakeSignal(int signal_fd) {
    signalfd_siginfo info;
    if (read(signal_fd, &info, sizeof info) != sizeof info) return;
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGWINCH) return Resize();
    if (!command_.ok() || !attachment_.passes_signals) {
      ended_by_ = number;
      return child_.Kill();
    }
    const bool asks = number == SIGHUP || number == SIGINT || number == SIGTERM;
    if (asks && ++asked_ == kPatience) return Send(SIGKILL);
    Send(number == SIGTERM ? attachment_.stop_signal : number);
  }

  void Send(int number) {
    syscall(SYS_pidfd_send_signal, command_.get(), number, nullptr, 0);
  }

  void Resize() {
    winsize size;
    if (terminal_.ok() && attachment_.window_fd >= 0 &&
        ioctl(attachment_.window_fd, TIOCGWINSZ, &size) == 0) {
      ioctl(terminal_.get(), TIOCSWINSZ, &size);
    }
  }

  SandboxChild child_;
  bool awaits_terminal_;
  const Attachment& attachment_;
  Pump input_;
  UniqueFd terminal_;
  UniqueFd command_;
  std::string report_;
  int asked_ = 0;
  int ended_by_ = 0;
};

}  // namespace

absl::StatusOr<SandboxResult> RunAttached(const SandboxSpec& spec,
                                          const Attachment& attachment) {
  const CaughtSignals signals;
  ABSL_ASSIGN_OR_RETURN(SandboxChild child, SandboxChild::Start(spec));
  return Session(std::move(child), spec.command.terminal.has_value(),
                 attachment)
      .Run(signals.fd());
}

}  // namespace rules_dockerfile
