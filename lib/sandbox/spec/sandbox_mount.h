#ifndef LIB_SANDBOX_SPEC_SANDBOX_MOUNT_H_
#define LIB_SANDBOX_SPEC_SANDBOX_MOUNT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

// An empty directory that a FillDirectory writes files into.
struct DirectoryToFill {
  int fd = -1;
  OwnerStore owners = OwnerStore::kReal;
  // False: write each hard link as a separate file, since an overlay would
  // break the link on the first write.
  bool hard_links = true;
};
using FillDirectory =
    std::function<absl::StatusOr<SpecialOwners>(const DirectoryToFill&)>;

// Files that exist while the command runs and are not part of its result.
// `target` is an absolute path in the rootfs.

// A file or directory of the host.
struct BindMount {
  std::string target;
  std::string source;  // a path on the host
  bool read_only = true;
  // If not -1, a descriptor of the file that `source` must still be when the
  // sandbox opens it, which it has to do in its own mount namespace.
  int expected = -1;
  std::shared_ptr<const void> held;  // lives as long as the mount; may be null
};

// An empty directory in memory.
struct TmpfsMount {
  std::string target;
  int64_t size = 0;  // limit in bytes; 0: no limit
  uint32_t mode = 01777;
  bool read_only = false;
};

// A file with the given contents.
struct FileMount {
  std::string target;
  std::string contents;
  bool read_only = true;
  uint32_t mode = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
};

// A directory that `fill` writes: a copy, so that changes are discarded.
struct TreeMount {
  std::string target;
  FillDirectory fill;  // as SandboxRootfs::fill
  std::string file;    // the only file of it to mount; "": the directory
  bool read_only = true;
};

using SandboxMount = std::variant<BindMount, TmpfsMount, FileMount, TreeMount>;

inline const std::string& TargetOf(const SandboxMount& mount) {
  return std::visit(
      [](const auto& each) -> const std::string& { return each.target; },
      mount);
}

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SPEC_SANDBOX_MOUNT_H_
