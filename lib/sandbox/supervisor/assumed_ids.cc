#include "lib/sandbox/supervisor/assumed_ids.h"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/log/absl_check.h"

namespace rules_dockerfile {
namespace {

// Of this thread alone: the C library's changes all.
long SetThreadGroups(size_t count, const uint32_t* groups) {
  return syscall(SYS_setgroups, count, groups);
}

}  // namespace

AssumedIds::AssumedIds(const KernelCredentials& credentials)
    : assumed_(credentials.filesystem_uid != 0 && !credentials.searches_all) {
  if (!assumed_) return;
  ABSL_CHECK_EQ(
      SetThreadGroups(credentials.groups.size(), credentials.groups.data()), 0);
  setfsgid(credentials.filesystem_gid);
  setfsuid(credentials.filesystem_uid);
}

AssumedIds::~AssumedIds() {
  if (!assumed_) return;
  setfsuid(0);
  setfsgid(0);
  ABSL_CHECK_EQ(SetThreadGroups(0, nullptr), 0);
}

}  // namespace rules_dockerfile
