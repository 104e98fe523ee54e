#ifndef LIB_ROOTFS_CAPTURE_H_
#define LIB_ROOTFS_CAPTURE_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/recorded_owner.h"

namespace rules_dockerfile {

struct CaptureOptions {
  OwnerStore owners = OwnerStore::kReal;
  // With kRecorded: the owner of the symlink or FIFO `path` of the upper
  // directory if the supervisor knows one; else it is 0:0.
  std::function<std::optional<RecordedOwner>(absl::string_view path)>
      special_owner;
  // What the names of the overlay's own xattrs begin with: "user.overlay." if
  // it is mounted with the option userxattr, else "trusted.overlay.". Others
  // are a command's own, and mean nothing.
  absl::string_view overlay_xattrs = "user.overlay.";
  // How many bytes the files of the upper directory may have together: what is
  // free where the layer is written. A file may say that it has more bytes than
  // any disk, and take no room.
  int64_t most_bytes = std::numeric_limits<int64_t>::max();
  // FileNode::source of the files in the upper directory.
  int source = -1;
};

struct CapturedTree {
  FileTree tree;
  // Data of the nodes with `source`; borrows the directory's descriptor.
  FileDataReader read_upper;
};

// The tree that an overlay mount of `upper_fd` over `lower` shows: overlay
// whiteouts (character device 0:0) delete, directories marked opaque hide, the
// rest replaces or merges. Sockets are left out, but hide what they replace.
// Files of the upper directory get their digests, and `options.source`;
// `read_upper` finds their data again. Of the xattrs, security.capability and
// those that IsSnapshotXattr() names are captured. Nothing may change the
// directory meanwhile. Errors name the path; Unimplemented for a redirected
// directory (mount without redirect_dir); ResourceExhausted `"f": expected at
// most 5 bytes, which are free for the layer, got 6`.
absl::StatusOr<CapturedTree> CaptureUpper(const FileTree& lower, int upper_fd,
                                          const CaptureOptions& options);

// As CaptureUpper() with nothing below: the complete tree of a directory, for a
// rootfs without an overlay and for `layer_diff`.
absl::StatusOr<CapturedTree> CaptureDirectory(int directory_fd,
                                              const CaptureOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_ROOTFS_CAPTURE_H_
