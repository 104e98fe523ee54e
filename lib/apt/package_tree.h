#ifndef LIB_APT_PACKAGE_TREE_H_
#define LIB_APT_PACKAGE_TREE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/apt/deb_package.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {

// The root file system of a Debian system whose packages are unpacked but not
// configured, in memory. /bin, /sbin, /lib and /lib64 are links into /usr.
//
//   PackageTree tree;
//   ABSL_RETURN_IF_ERROR(tree.AddPackage(package));
//   ABSL_RETURN_IF_ERROR(tree.AddFile("etc/fstab", file));
//   ABSL_RETURN_IF_ERROR(tree.AddDatabase(epoch));
//   WriteChangeset(FileTree(), tree.files(), …)
class PackageTree {
 public:
  PackageTree();

  // Extracts the package's files as dpkg does: a directory that is there, be
  // it behind a link, stays as it is. Nothing leaves the tree, whatever the
  // archive says. InvalidArgument `member "../x": path leaves the root`,
  // AlreadyExists `file "usr/bin/x" is in package "a" too`.
  absl::Status AddPackage(DebPackage package);

  // Adds or replaces a file of no package. Parents are made as needed.
  absl::Status AddFile(absl::string_view path, uint32_t mode, int64_t mtime,
                       std::string contents);

  // Writes dpkg's database of all packages added so far; at most once.
  absl::Status AddDatabase(int64_t mtime);

  const FileTree& files() const { return files_; }

  // Appends the data of a file of files().
  absl::Status ReadData(const FileNode& node, ByteSink* sink) const;

 private:
  absl::Status MakeDirectories(absl::string_view path, int64_t mtime);
  absl::Status AddMember(const TarMember& member, int source);
  absl::StatusOr<FileNode> HardLinkNode(const TarEntry& entry);
  absl::StatusOr<std::string> ConffileMd5(absl::string_view path) const;

  FileTree files_;
  std::vector<std::string> data_;  // by FileNode::source
  std::vector<DebPackage> packages_;
  std::vector<std::vector<std::string>> paths_;  // of each package
  std::map<std::string, std::string> owners_;    // package of each file
  int64_t next_inode_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_APT_PACKAGE_TREE_H_
