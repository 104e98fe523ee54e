#ifndef LIB_SANDBOX_ROOT_SYSTEM_MOUNT_H_
#define LIB_SANDBOX_ROOT_SYSTEM_MOUNT_H_

#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// A mounted /proc or /sys, parts of which other mounts cover. It is reached
// through its descriptor, so it does not matter what the image, or another
// mount, has at its path. `path` below is absolute and inside it. A missing one
// needs no cover; everything else that fails is an error, also a cover that is
// not found there afterwards.
class SystemMount {
 public:
  // None yet.
  SystemMount() = default;

  // `root` is mounted on `path`. FailedPrecondition if that is /proc and `root`
  // is not a procfs.
  static absl::StatusOr<SystemMount> Make(UniqueFd root, std::string path);

  // A directory becomes an empty one of this mode, a file /dev/null.
  absl::Status Hide(absl::string_view path, const char* directory_mode) const;
  // Shows the file or directory `source` there, read-only.
  absl::Status Show(absl::string_view path, int source) const;
  absl::Status MakeReadOnly(absl::string_view path) const;

 private:
  // Puts it over the open file; returns what is there then.
  using Coverer = absl::FunctionRef<absl::StatusOr<UniqueFd>(int file)>;

  SystemMount(UniqueFd root, std::string path)
      : root_(std::move(root)), path_(std::move(path)) {}

  UniqueFd Open(absl::string_view path) const;
  absl::Status Cover(absl::string_view path, Coverer cover) const;

  UniqueFd root_;
  std::string path_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_SYSTEM_MOUNT_H_
