#include "lib/worker/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/printable.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/worker/message_buffer.h"
#include "lib/worker/request_process.h"
#include "lib/worker/work_request.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMostSucceeded = 16;

// How long all requests wait for the end of what one of them left behind.
constexpr absl::Duration kOrphanLimit = absl::Seconds(1);

class Worker {
 public:
  Worker(absl::string_view name, const ServeOptions& options)
      : name_(name), options_(options) {
    // What a request's process leaves behind is found among the children.
    AdoptOrphans();
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGPIPE}) {
      sigaddset(&signals, number);
    }
    sigprocmask(SIG_BLOCK, &signals, &mask_);
    signals_ = UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  Served Serve() {
    while (!is_ending_ || !running_.empty()) {
      const bool has_input = Wait();
      if (has_input) ReadInput();
      ReadOutputs();
      while (std::optional<std::string> message = NextMessage()) {
        if (std::optional<Served> in_request = Obey(*std::move(message))) {
          return *std::move(in_request);
        }
      }
      HandleSignals();
    }
    return {.exit_code = exit_code_};
  }

 private:
  // Until there is something to do. Whether there is input.
  bool Wait() {
    // poll(2) passes over negative descriptors.
    std::vector<pollfd> watched = {
        {.fd = signals_.get(), .events = POLLIN},
        {.fd = is_ending_ ? -1 : STDIN_FILENO, .events = POLLIN}};
    absl::Time wake = absl::InfiniteFuture();
    for (const auto& [id, process] : running_) {
      watched.push_back({.fd = process.output_end.get(), .events = POLLIN});
      watched.push_back({.fd = process.done_end.get(), .events = POLLIN});
      wake = std::min(wake, process.kill_at);
    }
    if (!succeeded_.empty()) wake = absl::InfinitePast();
    const int ready =
        poll(watched.data(), watched.size(), Milliseconds(wake - absl::Now()));
    if (ready == 0) FollowUp();
    return watched[1].revents != 0;
  }

  // When there is nothing else to do.
  void FollowUp() {
    if (succeeded_.empty()) return;
    options_.succeeded(succeeded_.front());
    succeeded_.pop_front();
  }

  // For poll(2): rounded up, -1 for ever.
  static int Milliseconds(absl::Duration duration) {
    if (duration == absl::InfiniteDuration()) return -1;
    const absl::Duration rounded = absl::Ceil(
        std::max(duration, absl::ZeroDuration()), absl::Milliseconds(1));
    return static_cast<int>(absl::ToInt64Milliseconds(rounded));
  }

  void ReadInput() {
    char buffer[65536];
    const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got > 0) {
      messages_.Append(absl::string_view(buffer, got));
    } else if (got == 0) {
      End(0);
    } else if (errno != EINTR && errno != EAGAIN) {
      Refuse(absl::StrCat("cannot read requests: ", std::strerror(errno)));
    }
  }

  void ReadOutputs() {
    std::vector<int32_t> done;
    for (auto& [id, process] : running_) {
      KillIfOverdue(process, absl::Now());
      // Before its output, of which nothing comes after that.
      if (IsDone(process)) done.push_back(id);
      if (process.output_end.ok() && !ReadOutput(process)) {
        process.output_end.Close();
      }
    }
    for (const int32_t id : done) FinishEarly(id);
  }

  // Answers a request whose process goes on.
  void FinishEarly(int32_t id) {
    RequestProcess process = std::move(running_.extract(id).mapped());
    AnswerFor(id, 0, process);
    ending_.emplace(process.pid, std::move(process.output_end));
  }

  std::optional<std::string> NextMessage() {
    if (is_ending_) return std::nullopt;
    absl::StatusOr<std::optional<std::string>> message = messages_.Next();
    if (message.ok()) return *std::move(message);
    Refuse(message.status().message());
    return std::nullopt;
  }

  // What comes of a message: in the process of a request what the function
  // returns there, else nothing.
  std::optional<Served> Obey(std::string message) {
    absl::StatusOr<WorkRequest> request =
        ParseWorkRequest(message, options_.digests);
    message = std::string();  // a large one is not kept for a fork to copy
    if (!request.ok()) {
      Refuse(request.status().message());
    } else if (!request->status.ok() && !running_.contains(request->id)) {
      AnswerFailure(request->id, request->status);
    } else if (request->cancel) {
      Cancel(request->id);
    } else if (running_.contains(request->id)) {
      Refuse(absl::StrCat("there is a request ", request->id, " already"));
    } else {
      return Start(*std::move(request));
    }
    return std::nullopt;
  }

  std::optional<Served> Start(WorkRequest request) {
    absl::StatusOr<RequestProcess> process =
        ForkForRequest(options_.ends_early);
    if (!process.ok()) {
      AnswerFailure(request.id, process.status());
      return std::nullopt;
    }
    if (process->pid != 0) {
      const int32_t id = request.id;
      if (options_.succeeded) process->request = std::move(request);
      running_.emplace(id, *std::move(process));
      return std::nullopt;
    }
    const absl::Status status = BecomeTool(request, mask_);
    if (!status.ok()) {
      PrintMessage(Message(status.message()));
      return Served{.exit_code = 1};
    }
    return Served{.is_request = true,
                  .arguments = std::move(request.arguments),
                  .digests = std::move(request.digests),
                  .done_fd = process->done_end.Release()};
  }

  // A request that has been answered may still be cancelled, without effect.
  void Cancel(int32_t id) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    found->second.was_cancelled = true;
    AskToEnd(found->second, absl::Now());
  }

  void HandleSignals() {
    signalfd_siginfo signal;
    while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGCHLD) {
        Reap();
      } else if (signal.ssi_signo != SIGPIPE) {
        End(128 + static_cast<int>(signal.ssi_signo));
      }
    }
  }

  // A signal may stand for several children.
  void Reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ending_.erase(pid) != 0) KillOrphans();
      const auto ended = absl::c_find_if(
          running_, [pid](const auto& it) { return it.second.pid == pid; });
      if (ended == running_.end()) continue;
      RequestProcess process = std::move(ended->second);
      const int32_t id = ended->first;
      running_.erase(ended);
      Finish(id, status, process);
    }
  }

  void Finish(int32_t id, int status, RequestProcess& process) {
    KillOrphans();
    if (process.output_end.ok()) ReadOutput(process);
    AnswerFor(
        id, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
        process);
  }

  void AnswerFor(int32_t id, int exit_code, RequestProcess& process) {
    Answer({.id = id,
            .exit_code = exit_code,
            .was_cancelled = process.was_cancelled,
            .output = process.output.Text()});
    if (!options_.succeeded || exit_code != 0) return;
    if (succeeded_.size() == kMostSucceeded) succeeded_.pop_front();
    succeeded_.push_back(std::move(process.request));
  }

  // Kills all children but those that do requests. Reap() waits for one that
  // does not end at once, so that other requests need not.
  void KillOrphans() {
    std::vector<pid_t> requests;
    for (const auto& [id, process] : running_) requests.push_back(process.pid);
    for (const auto& [pid, output] : ending_) requests.push_back(pid);
    KillChildren(kOrphanLimit, requests);
  }

  // Nobody reads what comes after the end.
  void Answer(const WorkResponse& response) {
    if (!is_ending_ &&
        !WriteAll(STDOUT_FILENO, WorkResponseMessage(response))) {
      End(1);
    }
  }

  void AnswerFailure(int32_t id, const absl::Status& status) {
    Answer({.id = id, .exit_code = 1, .output = Message(status.message())});
  }

  void Refuse(absl::string_view why) {
    PrintMessage(Message(why));
    End(1);
  }

  void End(int exit_code) {
    if (is_ending_) return;
    is_ending_ = true;
    exit_code_ = exit_code;
    for (auto& [id, process] : running_) AskToEnd(process, absl::Now());
  }

  std::string Message(absl::string_view text) const {
    return absl::StrCat(name_, ": ", text, "\n");
  }

  std::string name_;
  const ServeOptions options_;
  sigset_t mask_;  // before it was a worker
  UniqueFd signals_;
  MessageBuffer messages_;
  std::map<int32_t, RequestProcess> running_;  // by the request's id
  // Processes whose requests are answered, and where they may still write.
  std::map<pid_t, UniqueFd> ending_;
  std::deque<WorkRequest> succeeded_;  // that nobody has followed up
  bool is_ending_ = false;
  int exit_code_ = 0;
};

}  // namespace

Served ServeRequests(absl::string_view name, const ServeOptions& options) {
  return Worker(name, options).Serve();
}

}  // namespace rules_dockerfile
