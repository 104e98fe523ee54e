#include "tools/dev/faults/fault.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/dev/faults/call_failer.h"

namespace rules_dockerfile {
namespace {

bool IsTraced(const Fault& fault) {
  return fault.kind == Fault::Kind::kCall ||
         fault.kind == Fault::Kind::kAskInCall;
}

// In the child: what the program starts with. Returns only if it does not.
void BecomeProgram(const std::vector<std::string>& argv, const Fault& fault) {
  const auto limit = static_cast<rlim_t>(fault.amount);
  const rlimit limits = {limit, limit};
  if (fault.kind == Fault::Kind::kMemory) setrlimit(RLIMIT_AS, &limits);
  if (fault.kind == Fault::Kind::kFileSize) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limits);
  }
  if (IsTraced(fault)) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  }
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  std::vector<char*> words;
  for (const std::string& word : argv) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  execvp(words[0], words.data());
}

// Kills what fell to this process, and counts it. A process of a pid namespace
// that just lost its first one is on its way out, and is given the time.
int KillOrphans() {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (absl::Now() < deadline) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid < 0 && errno == ECHILD) return 0;
    // One that was traced waits to be let go.
    if (pid > 0 && WIFSTOPPED(status)) {
      ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
    }
    if (pid == 0) absl::SleepFor(absl::Milliseconds(1));
  }
  int orphans = 0;
  while (true) {
    siginfo_t info = {};
    const std::string list =
        absl::StrCat("/proc/self/task/", getpid(), "/children");
    std::FILE* children = std::fopen(list.c_str(), "r");
    if (children == nullptr) return orphans;
    int pid = 0;
    bool any = false;
    while (std::fscanf(children, "%d", &pid) == 1) {
      any = true;
      ++orphans;
      kill(pid, SIGKILL);
      waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | __WALL);
    }
    std::fclose(children);
    if (!any) return orphans;
  }
}

void SetEnd(int status, FaultResult& result) {
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
}

// Waits for the program, whose calls count and may fail.
int WaitTraced(pid_t program, const Fault& fault, FaultResult& result) {
  CallFailer failer(program, {.nth = fault.amount,
                              .children = fault.children,
                              .asks = fault.kind == Fault::Kind::kAskInCall});
  int status = 0;
  while (true) {
    const pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) break;
    const bool ended = WIFEXITED(status) || WIFSIGNALED(status);
    if (ended && pid == program) break;
    if (WIFSTOPPED(status)) failer.Continue(pid, status);
  }
  result.calls = failer.calls();
  result.failed = failer.failed();
  return status;
}

}  // namespace

absl::StatusOr<Fault> ParseFault(absl::string_view text) {
  if (text == "none") return Fault();
  const size_t colon = text.find(':');
  const absl::string_view name = text.substr(0, colon);
  Fault fault;
  if (name == "kill") {
    fault.kind = Fault::Kind::kKill;
  } else if (name == "ask") {
    fault.kind = Fault::Kind::kAsk;
  } else if (name == "call" || name == "call-alone") {
    fault.kind = Fault::Kind::kCall;
    fault.children = name == "call";
  } else if (name == "ask-call" || name == "ask-call-alone") {
    fault.kind = Fault::Kind::kAskInCall;
    fault.children = name == "ask-call";
  } else if (name == "size") {
    fault.kind = Fault::Kind::kFileSize;
  } else if (name == "memory") {
    fault.kind = Fault::Kind::kMemory;
  }
  if (fault.kind == Fault::Kind::kNone || colon == text.npos ||
      !absl::SimpleAtoi(text.substr(colon + 1), &fault.amount)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a fault such as \"kill:1500\", got \"", text, "\""));
  }
  return fault;
}

absl::StatusOr<FaultResult> RunUnderFault(const std::vector<std::string>& argv,
                                          const Fault& fault) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const absl::Time begin = absl::Now();
  const pid_t program = fork();
  if (program < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (program == 0) {
    BecomeProgram(argv, fault);
    _exit(127);
  }
  FaultResult result;
  int status = 0;
  if (IsTraced(fault)) {
    status = WaitTraced(program, fault, result);
  } else {
    const bool is_kill = fault.kind == Fault::Kind::kKill;
    if (is_kill || fault.kind == Fault::Kind::kAsk) {
      absl::SleepFor(absl::Microseconds(fault.amount));
      kill(program, is_kill ? SIGKILL : SIGTERM);
    }
    while (waitpid(program, &status, __WALL) < 0 && errno == EINTR) {
    }
  }
  result.duration = absl::ToInt64Microseconds(absl::Now() - begin);
  SetEnd(status, result);
  result.orphans = KillOrphans();
  rusage usage = {};
  getrusage(RUSAGE_CHILDREN, &usage);
  result.max_rss = usage.ru_maxrss;
  return result;
}

}  // namespace rules_dockerfile
