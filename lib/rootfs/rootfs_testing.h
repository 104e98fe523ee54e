#ifndef LIB_ROOTFS_ROOTFS_TESTING_H_
#define LIB_ROOTFS_ROOTFS_TESTING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {

// A new empty directory below the test's temporary one, open.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_;
};

// The tree as it comes out of a layer: its times are whole seconds, its files
// have the source 0.
struct TestLayer {
  FileTree tree;
  std::string tar;
};
TestLayer LayerOf(const TestTree& test_tree);

// Extracts the tree of a spec with recorded owners.
SpecialOwners ExtractSpec(absl::string_view spec, const TestDirectory& into);

// DumpFileTree() of the tree without what depends on where it came from
// (inodes), and without the root.
std::string ComparableDump(const FileTree& tree);

// Why this process cannot change owners of files; "" if it can.
std::string WhyNoChown();

}  // namespace rules_dockerfile

#endif  // LIB_ROOTFS_ROOTFS_TESTING_H_
