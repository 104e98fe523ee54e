#ifndef LIB_ROOTFS_RECORDED_OWNER_H_
#define LIB_ROOTFS_RECORDED_OWNER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// How a rootfs on disk says who owns a file.
enum class OwnerStore {
  kReal,      // chown(2) and mknod(2): needs all ids mapped and privileges
  kMapped,    // chown(2), and a device node by RecordedOwner, of which the ids
              // do not count: needs a user namespace with many ids
  kRecorded,  // by RecordedOwner: one id is enough
};

// The extended attribute in which kRecorded keeps the owner of a regular file
// or directory; without it the owner is 0:0. A device node is an empty regular
// file with the attribute, with kMapped too. The kernel refuses user xattrs on
// symlinks and FIFOs: theirs are kept in memory, by device and inode
// (SpecialOwners).
inline constexpr char kOwnerXattr[] = "user.rules_dockerfile.owner";

struct RecordedOwner {
  int64_t uid = 0;
  int64_t gid = 0;
  // 'c' or 'b' if the file represents a device node, else 0.
  char device = 0;
  int64_t device_major = 0;
  int64_t device_minor = 0;

  friend bool operator==(const RecordedOwner&, const RecordedOwner&) = default;
};

// "uid:gid" or "uid:gid:c:major:minor"; nullopt if malformed.
std::string RecordedOwnerToText(const RecordedOwner& owner);
std::optional<RecordedOwner> ParseRecordedOwner(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_ROOTFS_RECORDED_OWNER_H_
