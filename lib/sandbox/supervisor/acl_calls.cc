#include <fcntl.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/file_calls.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/posix_acl.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// XATTR_SIZE_MAX of the kernel.
constexpr uint64_t kMaxValue = 65536;

}  // namespace

Answer FileCalls::SetXattr(const Notification& call) {
  const std::optional<std::string> name =
      call.target.ReadString(call.arguments[1]);
  const uint64_t size = call.arguments[3];
  if (name == kOwnerXattr) return Answer::Error(0);
  if (!name.has_value() || !IsPosixAcl(*name) || size > kMaxValue ||
      store_ == OwnerStore::kMapped) {
    return Answer::Continue();
  }
  std::string value(size, '\0');
  if (!call.target.Read(call.arguments[2], value.data(), size)) {
    return Answer::Continue();
  }
  const std::optional<std::string> kept = WithoutOtherIds(value);
  if (!kept.has_value()) return Answer::Continue();
  const std::optional<TargetFile> file =
      call.call == SupervisedCall::kFsetxattr
          ? call.target.Descriptor(call.Fd(0))
          : Named(call, /*at=*/false, 0,
                  /*follow=*/call.call == SupervisedCall::kSetxattr);
  if (!file.has_value()) return Answer::Continue();
  const UniqueFd fd = file->Open();
  if (!fd.ok()) return Answer::Continue();
  return Answer::Error(fsetxattr(fd.get(), name->c_str(), kept->data(),
                                 kept->size(), call.Fd(4)) < 0
                           ? errno
                           : 0);
}

Answer FileCalls::RemoveXattr(const Notification& call) {
  const bool record = call.target.ReadString(call.arguments[1]) == kOwnerXattr;
  return record ? Answer::Error(0) : Answer::Continue();
}

}  // namespace rules_dockerfile
