#include "lib/process/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/base/file.h"
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

// The processes whose parent is this one, found among all: for kernels that do
// not list them (CONFIG_PROC_CHILDREN).
std::vector<pid_t> SearchedChildren() {
  const std::string self = absl::StrCat(getpid());
  std::vector<pid_t> children;
  const std::optional<std::vector<std::string>> names = DirectoryNames(
      UniqueFd(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (!names.has_value()) return children;
  for (const std::string& name : *names) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(name, &pid)) continue;
    const std::string stat =
        ReadFile(absl::StrCat("/proc/", pid, "/stat")).value_or("");
    // "PID (name) state parent …", and the name may hold anything:
    // proc_pid_stat(5).
    const size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) continue;
    const std::vector<absl::string_view> fields =
        absl::StrSplit(absl::string_view(stat).substr(name_end), ' ');
    if (fields.size() > 2 && fields[2] == self) children.push_back(pid);
  }
  return children;
}

std::vector<pid_t> ChildrenBut(absl::Span<const pid_t> spared) {
  std::vector<pid_t> children = ChildProcesses();
  std::erase_if(children,
                [&](pid_t pid) { return absl::c_linear_search(spared, pid); });
  return children;
}

// Whether there is one that is killed, or has ended.
bool Kill(absl::Span<const pid_t> children) {
  bool killed = false;
  for (const pid_t child : children) {
    killed = kill(child, SIGKILL) == 0 || killed;
  }
  return killed;
}

// Without waiting. Whether there was one that had ended; it may have left
// others.
bool Reap(absl::Span<const pid_t> children) {
  bool reaped = false;
  for (const pid_t child : children) {
    reaped = waitpid(child, nullptr, WNOHANG) == child || reaped;
  }
  return reaped;
}

}  // namespace

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    return absl::ErrnoToStatus(errno, "cannot create a pipe");
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

absl::StatusOr<SocketPair> MakeSocketPair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    return absl::ErrnoToStatus(errno, "cannot create a socket pair");
  }
  return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

bool WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(put);
  }
  return true;
}

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, got);
  }
}

int WaitForChild(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void DieWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

void AdoptOrphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<pid_t> ChildProcesses() {
  const absl::StatusOr<std::string> list =
      ReadFile("/proc/thread-self/children");
  if (!list.ok()) return SearchedChildren();
  std::vector<pid_t> children;
  for (const absl::string_view word :
       absl::StrSplit(*list, ' ', absl::SkipEmpty())) {
    pid_t pid = 0;
    if (absl::SimpleAtoi(word, &pid)) children.push_back(pid);
  }
  return children;
}

bool KillChildren(absl::Duration limit, absl::Span<const pid_t> spared) {
  const absl::Time deadline = absl::Now() + limit;
  while (true) {
    const std::vector<pid_t> children = ChildrenBut(spared);
    if (children.empty()) return true;
    const bool killed = Kill(children);
    if (Reap(children)) continue;
    if (!killed || absl::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
}

}  // namespace rules_dockerfile
