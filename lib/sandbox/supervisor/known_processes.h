#ifndef LIB_SANDBOX_SUPERVISOR_KNOWN_PROCESSES_H_
#define LIB_SANDBOX_SUPERVISOR_KNOWN_PROCESSES_H_

#include <sys/types.h>

#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Descriptors of processes (pidfd_open(2)), so that the next call of a process
// need not open it again. Such a descriptor means one process for good: once
// that has ended it leads to nothing, also if another process has the number.
// Thread-safe.
class KnownProcesses {
 public:
  // A copy of the open descriptor `fd` of the process with this number; not ok
  // if the process is not known, has ended or has no such descriptor.
  UniqueFd CopyDescriptor(pid_t pid, int fd) ABSL_LOCKS_EXCLUDED(mutex_);

  // `process` is open for the process that has the number.
  void Remember(pid_t pid, UniqueFd process) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  std::map<pid_t, std::shared_ptr<const UniqueFd>> known_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_KNOWN_PROCESSES_H_
