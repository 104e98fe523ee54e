#include "lib/rootfs/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/map_guard.h"
#include "lib/base/owner_id.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/layer/whiteout.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {
namespace {

constexpr char kCapability[] = "security.capability";
constexpr int kCreateFlags =
    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

absl::Status PathError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot ", action, " \"", path, "\""));
}

bool IsDevice(const FileNode& node) {
  return node.type == LayerEntryType::kCharDevice ||
         node.type == LayerEntryType::kBlockDevice;
}

// Creates files with the modes that it is asked for, while it exists.
class NoUmask {
 public:
  NoUmask() : old_(umask(0)) {}
  NoUmask(const NoUmask&) = delete;
  ~NoUmask() { umask(old_); }

 private:
  mode_t old_;
};

// Whether new files in the directory, and in new directories there, are this
// process' own and have the modes that it asks for.
bool InheritsNothing(int directory_fd) {
  struct stat info;
  return fstat(directory_fd, &info) == 0 && (info.st_mode & S_ISGID) == 0 &&
         info.st_gid == getegid() &&
         fgetxattr(directory_fd, "system.posix_acl_default", nullptr, 0) < 0;
}

// Writes the nodes of a tree, parents first. All files are written to
// directories created here, so no path leads through a symlink, and none is
// followed.
class Extractor {
 public:
  Extractor(absl::Span<const absl::string_view> layer_tars, OwnerStore owners,
            int root_fd)
      : layer_tars_(layer_tars),
        reads_(layer_tars),
        owners_(owners),
        root_fd_(root_fd),
        inherits_nothing_(InheritsNothing(root_fd)) {}

  // Directories stay writable and without their times until Finish().
  absl::Status Write(const std::string& path, const FileNode& node);
  absl::Status FinishDirectory(const std::string& path, const FileNode& node);

 private:
  absl::Status EnterParent(absl::string_view path);
  absl::Status Create(const std::string& path, const FileNode& node);
  absl::Status CreateFile(const std::string& path, const FileNode& node);
  absl::Status CreateSpecial(const std::string& path, const FileNode& node);
  absl::Status WriteData(int fd, const std::string& path, const FileNode& node);
  absl::Status SetMetadata(int fd, const std::string& path,
                           const FileNode& node);
  absl::Status SetSpecialMetadata(const std::string& path,
                                  const FileNode& node);
  absl::Status SetOwner(int fd, const std::string& path, const FileNode& node);
  absl::Status SetXattrs(int fd, const std::string& path, const FileNode& node);
  // Whether what was created has this owner, or this mode, already: on a disk
  // each change costs half as much as the file.
  bool HasOwner(const FileNode& node) const {
    return inherits_nothing_ && node.uid == uid_ && node.gid == gid_;
  }
  // An ordinary user can set extended attributes only of what is writable.
  bool HasMode(const FileNode& node) const {
    return inherits_nothing_ && node.type == LayerEntryType::kFile &&
           node.mode <= 0777 && (node.mode & S_IWUSR) != 0;
  }

  const absl::Span<const absl::string_view> layer_tars_;
  MappedReads reads_;
  const OwnerStore owners_;
  const int root_fd_;
  const bool inherits_nothing_;
  const int64_t uid_ = geteuid();
  const int64_t gid_ = getegid();
  // The open directory that holds the current node.
  std::string parent_path_;
  UniqueFd parent_;
  const char* name_ = nullptr;  // of the current node, in that directory
  std::map<int64_t, std::string> first_names_;  // by FileNode::inode
};

absl::Status Extractor::EnterParent(absl::string_view path) {
  const absl::string_view parent = ParentPath(path);
  if (parent_.ok() && parent == parent_path_) return absl::OkStatus();
  parent_path_ = std::string(parent);
  parent_ = OpenBelow(root_fd_, parent_path_, O_RDONLY | O_DIRECTORY);
  if (!parent_.ok()) return PathError("open", parent_path_);
  return absl::OkStatus();
}

absl::Status Extractor::Write(const std::string& path, const FileNode& node) {
  ABSL_RETURN_IF_ERROR(EnterParent(path));
  name_ = path.c_str() + (path.size() - BaseName(path).size());
  if (node.type == LayerEntryType::kDirectory) {
    if (mkdirat(parent_.get(), name_, 0700) != 0)
      return PathError("create", path);
    return absl::OkStatus();
  }
  if (node.inode < 0) return Create(path, node);
  const auto [first, is_new] = first_names_.try_emplace(node.inode, path);
  if (!is_new) {
    const UniqueFd parent =
        OpenBelow(root_fd_, std::string(ParentPath(first->second)), O_PATH);
    const std::string name(BaseName(first->second));
    if (linkat(parent.get(), name.c_str(), parent_.get(), name_, 0) == 0) {
      return absl::OkStatus();
    }
    // The file system holds no more names of that file: begin another.
    if (errno != EMLINK) return PathError("create", path);
    first->second = path;
  }
  return Create(path, node);
}

absl::Status Extractor::Create(const std::string& path, const FileNode& node) {
  const bool as_file = node.type == LayerEntryType::kFile ||
                       (IsDevice(node) && owners_ != OwnerStore::kReal);
  return as_file ? CreateFile(path, node) : CreateSpecial(path, node);
}

absl::Status Extractor::CreateFile(const std::string& path,
                                   const FileNode& node) {
  const mode_t mode = HasMode(node) ? node.mode : 0600;
  const UniqueFd fd(openat(parent_.get(), name_, kCreateFlags, mode));
  if (!fd.ok()) return PathError("create", path);
  if (node.type == LayerEntryType::kFile) {
    ABSL_RETURN_IF_ERROR(WriteData(fd.get(), path, node));
  }
  return SetMetadata(fd.get(), path, node);
}

absl::Status Extractor::WriteData(int fd, const std::string& path,
                                  const FileNode& node) {
  if (node.size == 0) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(absl::string_view data,
                        DataInLayers(node, layer_tars_));
  reads_.Add(data.size());
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno == EFAULT) {
      ABSL_RETURN_IF_ERROR(MapReadStatusOf(data));
      errno = EFAULT;
    }
    if (n < 0 && errno != EINTR) return PathError("write", path);
    if (n > 0) data.remove_prefix(n);
  }
  return absl::OkStatus();
}

absl::Status Extractor::CreateSpecial(const std::string& path,
                                      const FileNode& node) {
  int result = -1;
  if (node.type == LayerEntryType::kWhiteout) {
    // As overlayfs has it. It may be made without privileges.
    if (mknodat(parent_.get(), name_, S_IFCHR, makedev(0, 0)) == 0) {
      return absl::OkStatus();
    }
  } else if (node.type == LayerEntryType::kSymlink) {
    result = symlinkat(node.link_target.c_str(), parent_.get(), name_);
  } else if (node.type == LayerEntryType::kFifo) {
    result = mknodat(parent_.get(), name_, S_IFIFO | 0600, 0);
  } else {
    const mode_t type =
        node.type == LayerEntryType::kCharDevice ? S_IFCHR : S_IFBLK;
    result = mknodat(parent_.get(), name_, type | 0600,
                     makedev(node.device_major, node.device_minor));
  }
  if (result != 0) return PathError("create", path);
  return SetSpecialMetadata(path, node);
}

absl::Status Extractor::SetSpecialMetadata(const std::string& path,
                                           const FileNode& node) {
  if (owners_ != OwnerStore::kRecorded &&
      fchownat(parent_.get(), name_, static_cast<uid_t>(node.uid),
               static_cast<gid_t>(node.gid), AT_SYMLINK_NOFOLLOW) != 0) {
    return PathError("change the owner of", path);
  }
  if (node.type != LayerEntryType::kSymlink &&
      fchmodat(parent_.get(), name_, node.mode, 0) != 0) {
    return PathError("change the mode of", path);
  }
  const timespec time = {.tv_sec = node.mtime, .tv_nsec = node.mtime_nanos};
  const timespec times[] = {time, time};
  if (utimensat(parent_.get(), name_, times, AT_SYMLINK_NOFOLLOW) != 0) {
    return PathError("set the time of", path);
  }
  return absl::OkStatus();
}

absl::Status Extractor::SetOwner(int fd, const std::string& path,
                                 const FileNode& node) {
  const bool recorded = owners_ == OwnerStore::kRecorded;
  if (!recorded && !HasOwner(node) &&
      fchown(fd, static_cast<uid_t>(node.uid), static_cast<gid_t>(node.gid)) !=
          0) {
    return PathError("change the owner of", path);
  }
  // Here a device is a file only where the kernel cannot create it.
  const bool foreign = node.uid != 0 || node.gid != 0;
  if (!IsDevice(node) && !(recorded && foreign)) return absl::OkStatus();
  RecordedOwner owner = {.uid = node.uid, .gid = node.gid};
  if (IsDevice(node)) {
    owner.device = node.type == LayerEntryType::kCharDevice ? 'c' : 'b';
    owner.device_major = node.device_major;
    owner.device_minor = node.device_minor;
  }
  const std::string text = RecordedOwnerToText(owner);
  if (fsetxattr(fd, kOwnerXattr, text.data(), text.size(), 0) != 0) {
    return PathError("record the owner of", path);
  }
  return absl::OkStatus();
}

absl::Status Extractor::SetXattrs(int fd, const std::string& path,
                                  const FileNode& node) {
  for (const auto& [name, value] : node.xattrs) {
    const bool is_capability = name == kCapability;
    // A file that represents a device has none, as devices have none.
    if (!is_capability && (!IsSnapshotXattr(name) || IsDevice(node))) continue;
    if (fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) == 0) {
      continue;
    }
    if (is_capability) return PathError("set the capabilities of", path);
    // As Docker does: not every file system has them.
    if (errno != EOPNOTSUPP) {
      return PathError(absl::StrCat("set ", name, " of"), path);
    }
  }
  return absl::OkStatus();
}

// In this order: writing and chown clear capabilities and setuid bits, and
// all of them but utimens set the time.
absl::Status Extractor::SetMetadata(int fd, const std::string& path,
                                    const FileNode& node) {
  ABSL_RETURN_IF_ERROR(SetOwner(fd, path, node));
  ABSL_RETURN_IF_ERROR(SetXattrs(fd, path, node));
  if (!HasMode(node) && fchmod(fd, node.mode) != 0) {
    return PathError("change the mode of", path);
  }
  const timespec time = {.tv_sec = node.mtime, .tv_nsec = node.mtime_nanos};
  const timespec times[] = {time, time};
  if (futimens(fd, times) != 0) return PathError("set the time of", path);
  return absl::OkStatus();
}

absl::Status Extractor::FinishDirectory(const std::string& path,
                                        const FileNode& node) {
  const UniqueFd fd = OpenBelow(root_fd_, path, O_RDONLY | O_DIRECTORY);
  if (!fd.ok()) return PathError("open", path);
  return SetMetadata(fd.get(), path, node);
}

absl::Status CheckOwner(const std::string& path, const FileNode& node) {
  absl::Status status = CheckOwnerId(node.uid, kMaxFileOwner);
  if (status.ok()) status = CheckOwnerId(node.gid, kMaxFileOwner);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("cannot create \"", path,
                                                  "\": ", status.message()));
}

}  // namespace

SpecialOwners SpecialOwnersOf(const FileTree& tree) {
  SpecialOwners owners;
  for (const auto& [path, node] : tree.nodes()) {
    const bool special = node.type == LayerEntryType::kSymlink ||
                         node.type == LayerEntryType::kFifo;
    if (special && (node.uid != 0 || node.gid != 0)) {
      owners[path] = {.uid = node.uid, .gid = node.gid};
    }
  }
  return owners;
}

absl::StatusOr<SpecialOwners> ExtractTree(
    const FileTree& tree, absl::Span<const absl::string_view> layer_tars,
    OwnerStore owners, int directory_fd) {
  const NoUmask no_umask;
  Extractor extractor(layer_tars, owners, directory_fd);
  const FileTree::Nodes& nodes = tree.nodes();
  for (const auto& [path, node] : nodes) {
    ABSL_RETURN_IF_ERROR(CheckOwner(path, node));
    if (path.empty()) continue;
    ABSL_RETURN_IF_ERROR(extractor.Write(path, node));
  }
  // Children before parents: a directory's mode may forbid to pass through it.
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    if (it->second.type != LayerEntryType::kDirectory) continue;
    ABSL_RETURN_IF_ERROR(extractor.FinishDirectory(it->first, it->second));
  }
  if (owners != OwnerStore::kRecorded) return SpecialOwners();
  return SpecialOwnersOf(tree);
}

}  // namespace rules_dockerfile
