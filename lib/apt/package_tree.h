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
// configured, in memory. /bin, /lib and their like are links into /usr.
//
//   PackageTree tree(epoch);
//   ABSL_RETURN_IF_ERROR(tree.AddPackage(package));
//   ABSL_RETURN_IF_ERROR(tree.AddFile("etc/fstab", 0644, contents));
//   ABSL_RETURN_IF_ERROR(tree.Finish());
//   WriteChangeset(FileTree(), tree.files(), …)
class PackageTree {
 public:
  // What no package has is modified at `mtime`.
  explicit PackageTree(int64_t mtime);

  // Extracts the package's files as dpkg does: an existing directory, also one
  // behind a link, stays as it is. Nothing leaves the tree, whatever the
  // archive says. InvalidArgument `member "../x": path leaves the root`,
  // AlreadyExists `member "./bin/x": file is in package "a" too`.
  absl::Status AddPackage(DebPackage package);

  // Adds or replaces a file of no package. Parents are made as needed.
  absl::Status AddFile(absl::string_view path, uint32_t mode,
                       std::string contents);

  // Writes dpkg's database of all packages, and removes the links into /usr
  // that lead nowhere. The tree is then complete.
  absl::Status Finish();

  const FileTree& files() const { return files_; }

  // Appends the data of a file of files().
  absl::Status ReadData(const FileNode& node, ByteSink* sink) const;

 private:
  absl::Status MakeDirectories(absl::string_view path, int64_t mtime);
  absl::Status AddMember(const TarMember& member, int source);
  absl::StatusOr<FileNode> HardLinkNode(const TarEntry& entry);
  absl::StatusOr<std::string> ConffileMd5(absl::string_view path) const;

  int64_t mtime_;
  FileTree files_;
  std::vector<std::string> data_;  // by FileNode::source
  std::vector<DebPackage> packages_;
  std::vector<std::vector<std::string>> paths_;  // of each package
  std::map<std::string, std::string> owners_;    // package of each file
  int64_t next_inode_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_APT_PACKAGE_TREE_H_
