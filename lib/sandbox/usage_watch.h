#ifndef LIB_SANDBOX_USAGE_WATCH_H_
#define LIB_SANDBOX_USAGE_WATCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/watched_files.h"

namespace rules_dockerfile {

// Watches, ten times a second in a separate thread, how much memory the
// processes of a pid namespace, its files in memory, and this process for it
// use together, and how many processes and threads there are: what the kernel
// itself bounds only in a cgroup, and Bazel's sandbox does not let actions
// create one.
class UsageWatch {
 public:
  // `proc_fd` is a /proc of that namespace alone, in which this process does
  // not appear, `own_proc_fd` one in which it does, open for as long as this
  // object; `files` are those that the command writes, each once, as they were
  // before it started. `end` is called once, in the thread, when a limit is
  // exceeded.
  UsageWatch(UniqueFd proc_fd, int own_proc_fd, std::vector<WatchedFiles> files,
             const SandboxLimits& limits, std::function<void()> end);
  UsageWatch(const UsageWatch&) = delete;
  ~UsageWatch();

  // Stops watching. Returns the limit that was exceeded, if any.
  ExceededLimit Stop();

 private:
  void Watch();
  ExceededLimit Look();
  // Of mapped files that have no name any more and are not open.
  int64_t LeftOutMemory(const std::vector<std::string>& ids) const;

  UniqueFd proc_fd_;
  int own_proc_fd_;
  int64_t own_at_start_;
  std::vector<WatchedFiles> files_;
  SandboxLimits limits_;
  std::function<void()> end_;
  UniqueFd stop_;
  ExceededLimit exceeded_ = ExceededLimit::kNone;
  std::thread thread_;
};

// How many threads the processes have.
int64_t CountTasks(int proc_fd, const std::vector<std::string>& ids);

// Memory of the processes in bytes, shared or not, without files. A page that
// several share, as after a fork, counts for each in the first, which is cheap
// and takes mapped files of a tmpfs for such memory, and by its share in the
// second. `proc_fd` is a /proc in which they appear.
int64_t ResidentMemory(int proc_fd, const std::vector<std::string>& ids);
int64_t ProportionalMemory(int proc_fd, const std::vector<std::string>& ids);

// The command's /proc, from a process that shares its root directory but not
// its pid namespace; none if another is mounted there, in which more processes
// appear.
UniqueFd OpenCommandProc();

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_USAGE_WATCH_H_
