#include "lib/rootfs/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/snapshot_xattrs.h"
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {
namespace {

constexpr char kCapability[] = "security.capability";
constexpr int64_t kBufferSize = 1 << 18;

absl::Status PathError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot ", action, " \"", path, "\""));
}

// Opens a regular file or directory below `root_fd`. Its parents are the
// directories that were walked: links are followed nowhere.
absl::StatusOr<UniqueFd> Open(int root_fd, const std::string& path, int flags) {
  UniqueFd fd = OpenBelow(root_fd, path, flags | O_RDONLY | O_NONBLOCK);
  if (!fd.ok()) return PathError("open", path);
  return fd;
}

// `size` is what the file is expected to have.
absl::Status CopyFile(int fd, const std::string& path, int64_t size,
                      ByteSink* sink) {
  // One byte more, so that one short read ends a small file.
  std::string buffer(std::min(size + 1, kBufferSize), '\0');
  while (true) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return PathError("read", path);
    ABSL_RETURN_IF_ERROR(sink->Append(absl::string_view(buffer.data(), n)));
    if (n < static_cast<ssize_t>(buffer.size())) return absl::OkStatus();
  }
}

// The extended attributes of an open file.
class Xattrs {
 public:
  static absl::StatusOr<Xattrs> Read(int fd, const std::string& path) {
    std::string names(1024, '\0');
    ssize_t size = flistxattr(fd, names.data(), names.size());
    if (size < 0 && errno == ERANGE) {
      names.resize(XATTR_LIST_MAX);
      size = flistxattr(fd, names.data(), names.size());
    }
    // Not every file system has them.
    if (size < 0 && errno == EOPNOTSUPP) size = 0;
    if (size < 0) return PathError("list the xattrs of", path);
    names.resize(size);
    return Xattrs(fd, absl::StrSplit(names, '\0', absl::SkipEmpty()));
  }

  absl::StatusOr<std::optional<std::string>> Find(absl::string_view name,
                                                  const std::string& path) {
    const auto it = std::find(names_.begin(), names_.end(), name);
    if (it == names_.end()) return std::nullopt;
    return ValueOf(*it, path);
  }

  // Copies those to the node that stay from step to step.
  absl::Status CopyTo(FileNode* node, const std::string& path) const {
    for (const std::string& name : names_) {
      if (!IsSnapshotXattr(name)) continue;
      ABSL_ASSIGN_OR_RETURN(node->xattrs[name], ValueOf(name, path));
    }
    return absl::OkStatus();
  }

 private:
  Xattrs(int fd, std::vector<std::string> names)
      : fd_(fd), names_(std::move(names)) {}

  absl::StatusOr<std::string> ValueOf(const std::string& name,
                                      const std::string& path) const {
    std::string value(1024, '\0');
    ssize_t size = fgetxattr(fd_, name.c_str(), value.data(), value.size());
    if (size < 0 && errno == ERANGE) {
      value.resize(XATTR_SIZE_MAX);
      size = fgetxattr(fd_, name.c_str(), value.data(), value.size());
    }
    if (size < 0) return PathError(absl::StrCat("read ", name, " of"), path);
    value.resize(size);
    return value;
  }

  int fd_;
  std::vector<std::string> names_;
};

// Puts what a directory on disk holds over a tree.
class Capturer {
 public:
  Capturer(FileTree tree, int root_fd, const CaptureOptions& options)
      : tree_(std::move(tree)),
        root_fd_(root_fd),
        options_(options),
        most_bytes_(options.most_bytes) {}

  absl::StatusOr<CapturedTree> Capture();

 private:
  absl::Status CaptureDirectory(const std::string& path);
  absl::Status CaptureChild(int directory_fd, const std::string& directory,
                            const std::string& name);
  absl::StatusOr<FileNode> FileAt(const std::string& path,
                                  const struct stat& info);
  absl::StatusOr<FileNode> SpecialAt(int directory_fd, const std::string& name,
                                     const std::string& path,
                                     const struct stat& info);
  absl::Status SetOwner(Xattrs* xattrs, const std::string& path,
                        FileNode* node);
  absl::StatusOr<bool> IsOpaque(Xattrs* xattrs, const std::string& path);

  FileTree tree_;
  const int root_fd_;
  const CaptureOptions& options_;
  int64_t most_bytes_;                // of the files that are still to come
  std::vector<std::string> pending_;  // directories still to walk
  // Nodes of files with several names, by device and inode.
  std::map<std::pair<dev_t, ino_t>, FileNode> linked_;
  // Paths of the files with data; FileNode::offset is a number in it.
  std::shared_ptr<std::vector<std::string>> files_ =
      std::make_shared<std::vector<std::string>>();
};

FileNode NodeOf(const struct stat& info, OwnerStore owners) {
  FileNode node = {.mode = info.st_mode & 07777,
                   .mtime = info.st_mtim.tv_sec,
                   .mtime_nanos = static_cast<int32_t>(info.st_mtim.tv_nsec)};
  if (owners != OwnerStore::kRecorded) {
    node.uid = info.st_uid;
    node.gid = info.st_gid;
  }
  return node;
}

absl::StatusOr<CapturedTree> Capturer::Capture() {
  pending_ = {""};
  while (!pending_.empty()) {
    const std::string path = std::move(pending_.back());
    pending_.pop_back();
    ABSL_RETURN_IF_ERROR(CaptureDirectory(path));
  }
  FileDataReader read = [root_fd = root_fd_, files = files_](
                            const FileNode& node,
                            ByteSink* sink) -> absl::Status {
    const std::string& path = files->at(node.offset);
    ABSL_ASSIGN_OR_RETURN(const UniqueFd fd, Open(root_fd, path, 0));
    return CopyFile(fd.get(), path, node.size, sink);
  };
  return CapturedTree{.tree = std::move(tree_), .read_upper = std::move(read)};
}

absl::Status Capturer::CaptureDirectory(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const UniqueFd directory,
                        Open(root_fd_, path, O_DIRECTORY));
  const int fd = directory.get();
  struct stat info;
  if (fstat(fd, &info) != 0) return PathError("read", path);
  FileNode node = NodeOf(info, options_.owners);
  ABSL_ASSIGN_OR_RETURN(Xattrs xattrs, Xattrs::Read(fd, path));
  ABSL_RETURN_IF_ERROR(SetOwner(&xattrs, path, &node));
  ABSL_RETURN_IF_ERROR(xattrs.CopyTo(&node, path));
  ABSL_ASSIGN_OR_RETURN(const bool opaque, IsOpaque(&xattrs, path));
  if (opaque) tree_.Remove(path);
  ABSL_RETURN_IF_ERROR(tree_.Put(path, std::move(node)));
  const std::optional<std::vector<std::string>> names =
      DirectoryNames(UniqueFd(dup(fd)));
  if (!names.has_value()) return PathError("list", path);
  for (const std::string& name : *names) {
    ABSL_RETURN_IF_ERROR(CaptureChild(fd, path, name));
  }
  return absl::OkStatus();
}

absl::Status Capturer::CaptureChild(int directory_fd,
                                    const std::string& directory,
                                    const std::string& name) {
  const std::string path =
      directory.empty() ? name : absl::StrCat(directory, "/", name);
  struct stat info;
  if (fstatat(directory_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return PathError("read", path);
  }
  if (S_ISDIR(info.st_mode)) {
    pending_.push_back(path);
    return absl::OkStatus();
  }
  const bool is_whiteout = S_ISCHR(info.st_mode) && info.st_rdev == 0;
  if (is_whiteout || S_ISSOCK(info.st_mode)) {
    tree_.Remove(path);
    return absl::OkStatus();
  }
  const std::pair<dev_t, ino_t> id = {info.st_dev, info.st_ino};
  if (const auto linked = linked_.find(id); linked != linked_.end()) {
    return tree_.Put(path, linked->second);
  }
  ABSL_ASSIGN_OR_RETURN(FileNode node,
                        S_ISREG(info.st_mode)
                            ? FileAt(path, info)
                            : SpecialAt(directory_fd, name, path, info));
  if (info.st_nlink > 1) {
    node.inode = tree_.NewInode();
    linked_[id] = node;
  }
  return tree_.Put(path, std::move(node));
}

absl::StatusOr<FileNode> Capturer::FileAt(const std::string& path,
                                          const struct stat& info) {
  ABSL_ASSIGN_OR_RETURN(const UniqueFd file, Open(root_fd_, path, 0));
  const int fd = file.get();
  FileNode node = NodeOf(info, options_.owners);
  node.type = LayerEntryType::kFile;
  ABSL_ASSIGN_OR_RETURN(Xattrs xattrs, Xattrs::Read(fd, path));
  ABSL_RETURN_IF_ERROR(SetOwner(&xattrs, path, &node));
  if (node.type != LayerEntryType::kFile) return node;
  ABSL_RETURN_IF_ERROR(xattrs.CopyTo(&node, path));
  ABSL_ASSIGN_OR_RETURN(std::optional<std::string> capability,
                        xattrs.Find(kCapability, path));
  if (capability.has_value()) {
    node.xattrs[kCapability] = *std::move(capability);
  }
  if (info.st_size > most_bytes_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "\"", path, "\": expected at most ", most_bytes_,
        " bytes, which are free for the layer, got ", info.st_size));
  }
  most_bytes_ -= info.st_size;
  Digester digester;
  ABSL_RETURN_IF_ERROR(CopyFile(fd, path, info.st_size, &digester));
  node.digest = digester.Finish();
  node.size = info.st_size;
  node.source = options_.source;
  node.offset = static_cast<int64_t>(files_->size());
  files_->push_back(path);
  return node;
}

absl::StatusOr<FileNode> Capturer::SpecialAt(int directory_fd,
                                             const std::string& name,
                                             const std::string& path,
                                             const struct stat& info) {
  FileNode node = NodeOf(info, options_.owners);
  if (S_ISLNK(info.st_mode)) {
    node.type = LayerEntryType::kSymlink;
    node.link_target.resize(PATH_MAX);
    const ssize_t size = readlinkat(directory_fd, name.c_str(),
                                    node.link_target.data(), PATH_MAX);
    if (size < 0) return PathError("read", path);
    node.link_target.resize(size);
  } else if (S_ISFIFO(info.st_mode)) {
    node.type = LayerEntryType::kFifo;
  } else {
    node.type = S_ISCHR(info.st_mode) ? LayerEntryType::kCharDevice
                                      : LayerEntryType::kBlockDevice;
    node.device_major = major(info.st_rdev);
    node.device_minor = minor(info.st_rdev);
  }
  if (options_.owners == OwnerStore::kRecorded && options_.special_owner) {
    const std::optional<RecordedOwner> owner = options_.special_owner(path);
    if (owner.has_value()) {
      node.uid = owner->uid;
      node.gid = owner->gid;
    }
  }
  return node;
}

absl::Status Capturer::SetOwner(Xattrs* xattrs, const std::string& path,
                                FileNode* node) {
  if (options_.owners == OwnerStore::kReal) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                        xattrs->Find(kOwnerXattr, path));
  if (!text.has_value()) return absl::OkStatus();
  const std::optional<RecordedOwner> owner = ParseRecordedOwner(*text);
  const bool may_be_device = node->type == LayerEntryType::kFile;
  if (!owner.has_value() || (owner->device != 0 && !may_be_device)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", path, "\" has the malformed owner record \"", *text, "\""));
  }
  if (options_.owners == OwnerStore::kRecorded) {
    node->uid = owner->uid;
    node->gid = owner->gid;
  }
  if (owner->device == 0) return absl::OkStatus();
  node->type = owner->device == 'c' ? LayerEntryType::kCharDevice
                                    : LayerEntryType::kBlockDevice;
  node->device_major = owner->device_major;
  node->device_minor = owner->device_minor;
  return absl::OkStatus();
}

absl::StatusOr<bool> Capturer::IsOpaque(Xattrs* xattrs,
                                        const std::string& path) {
  const absl::string_view prefix = options_.overlay_xattrs;
  if (prefix.empty()) return false;
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> redirect,
                        xattrs->Find(absl::StrCat(prefix, "redirect"), path));
  if (redirect.has_value()) {
    return absl::UnimplementedError(absl::StrCat(
        "\"", path, "\" is redirected: mount the overlay without it"));
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> opaque,
                        xattrs->Find(absl::StrCat(prefix, "opaque"), path));
  return opaque == "y";
}

}  // namespace

absl::StatusOr<CapturedTree> CaptureUpper(const FileTree& lower, int upper_fd,
                                          const CaptureOptions& options) {
  return Capturer(lower, upper_fd, options).Capture();
}

absl::StatusOr<CapturedTree> CaptureDirectory(int directory_fd,
                                              const CaptureOptions& options) {
  CaptureOptions alone = options;
  alone.overlay_xattrs = "";
  return CaptureUpper(FileTree(), directory_fd, alone);
}

}  // namespace rules_dockerfile
