#include "lib/sandbox/supervisor/credential_store.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "lib/sandbox/supervisor/credentials.h"

namespace rules_dockerfile {
namespace {

// A limit that nobody would choose; the low 40 bits hold the number.
constexpr uint64_t kTag = uint64_t{0x524446} << 40;
constexpr uint64_t kNumberMask = (uint64_t{1} << 40) - 1;

}  // namespace

ProcessCredentials CredentialStore::Get(pid_t pid) const {
  rlimit64 limit;
  if (prlimit64(pid, RLIMIT_LOCKS, nullptr, &limit) < 0 ||
      (limit.rlim_cur & ~kNumberMask) != kTag) {
    return ProcessCredentials();
  }
  const uint64_t number = limit.rlim_cur & kNumberMask;
  absl::MutexLock lock(mutex_);
  return number < sets_.size() ? sets_[number] : ProcessCredentials();
}

bool CredentialStore::Set(pid_t pid, const ProcessCredentials& credentials) {
  if (credentials.uid.real != 0 || !credentials.file_effective) {
    all_are_root_ = false;
  }
  const rlimit64 limit = {.rlim_cur = kTag | Intern(credentials),
                          .rlim_max = RLIM64_INFINITY};
  return prlimit64(pid, RLIMIT_LOCKS, &limit, nullptr) == 0;
}

size_t CredentialStore::Intern(const ProcessCredentials& credentials) {
  absl::MutexLock lock(mutex_);
  const auto [entry, inserted] =
      numbers_.try_emplace(credentials, sets_.size());
  if (inserted) sets_.push_back(credentials);
  return entry->second;
}

}  // namespace rules_dockerfile
