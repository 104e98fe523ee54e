#include "lib/sandbox/supervisor/known_processes.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

// Each holds a descriptor.
constexpr size_t kMaxKnown = 64;

}  // namespace

UniqueFd KnownProcesses::CopyDescriptor(pid_t pid, int fd) {
  std::shared_ptr<const UniqueFd> process;
  {
    absl::MutexLock lock(mutex_);
    const auto found = known_.find(pid);
    if (found == known_.end()) return UniqueFd();
    process = found->second;
  }
  // Fails with ESRCH, or EBADF, of a process that has ended.
  return UniqueFd(
      static_cast<int>(syscall(SYS_pidfd_getfd, process->get(), fd, 0)));
}

void KnownProcesses::Remember(pid_t pid, UniqueFd process) {
  absl::MutexLock lock(mutex_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.insert_or_assign(pid,
                          std::make_shared<const UniqueFd>(std::move(process)));
}

}  // namespace rules_dockerfile
