#ifndef LIB_TESTING_TREE_SPEC_H_
#define LIB_TESTING_TREE_SPEC_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// A file tree for a test, and the data of its files by digest.
struct TestTree {
  FileTree tree;
  std::map<std::string, std::string> data;

  // Reads the data of the tree's files; borrows this object.
  FileDataReader reader() const;
};

// A tree from text, one node a line, parents before children (a missing parent
// is made 0755 0:0 at time 0):
//
//   etc/                        a directory
//   etc/hostname = box          a file with the data "box"
//   bin -> usr/bin              a symlink
//   etc/name => etc/hostname    a hard link to a node above
//   run/pipe |                  a FIFO
//   dev/null c 1:3              a character device; b for a block device
//
// and after these any of ` mode=0600 uid=1 gid=2 mtime=5.000000001 cap=0a0b`,
// and xattrs as ` user.name=value`.
// Files are 0644, directories and devices 0755, all 0:0 at time 0. Blank lines
// are skipped. Fails the process if the text is malformed.
TestTree ParseTreeSpec(absl::string_view text);

// A copy of `lower` that was changed to be `upper`: it shares the nodes that
// are equal.
FileTree ChangedCopy(const FileTree& lower, const FileTree& upper);

}  // namespace rules_dockerfile

#endif  // LIB_TESTING_TREE_SPEC_H_
