#ifndef LIB_SANDBOX_SUPERVISOR_CREDENTIAL_STORE_H_
#define LIB_SANDBOX_SUPERVISOR_CREDENTIAL_STORE_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/sandbox/supervisor/credentials.h"

namespace rules_dockerfile {

// The emulated credentials of each process. There is no table of processes:
// the number of a credential set stands in the process' own soft RLIMIT_LOCKS,
// which the kernel copies on fork, keeps over execve, and has not used for
// anything since Linux 2.4.25. So inheritance is exact, and free of races with
// processes that come and go. The filter keeps processes from setting
// it (SyscallPolicy()). Where a process is killed while it waits, another with
// its number may get the limit, which means nothing to it. Thread-safe.
class CredentialStore {
 public:
  // Root, with all capabilities, if none were ever set.
  ProcessCredentials Get(pid_t pid) const ABSL_LOCKS_EXCLUDED(mutex_);

  // Whether all processes ever were root, with the capabilities about files.
  bool AllAreRoot() const { return all_are_root_; }

  // False if the process is gone.
  bool Set(pid_t pid, const ProcessCredentials& credentials)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  size_t Intern(const ProcessCredentials& credentials)
      ABSL_LOCKS_EXCLUDED(mutex_);

  std::atomic<bool> all_are_root_ = true;
  mutable absl::Mutex mutex_;
  std::vector<ProcessCredentials> sets_ ABSL_GUARDED_BY(mutex_);
  std::map<ProcessCredentials, size_t> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_CREDENTIAL_STORE_H_
