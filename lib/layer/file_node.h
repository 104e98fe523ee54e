#ifndef LIB_LAYER_FILE_NODE_H_
#define LIB_LAYER_FILE_NODE_H_

#include <cstdint>
#include <string>

#include "lib/layer/file_digest.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/xattr_map.h"

namespace rules_dockerfile {

// A file, directory, link or device of a FileTree.
struct FileNode {
  // kFile, kSymlink, kCharDevice, kBlockDevice, kDirectory or kFifo.
  LayerEntryType type = LayerEntryType::kDirectory;
  uint32_t mode = 0755;
  int64_t uid = 0;
  int64_t gid = 0;
  int64_t mtime = 0;
  int32_t mtime_nanos = 0;
  // Of a file that nobody has read yet: its data decides the mode when it is
  // written (ChangesetOptions::mode_of).
  bool mode_of_data = false;
  std::string link_target;
  int64_t device_major = 0;
  int64_t device_minor = 0;
  XattrMap xattrs;
  int64_t size = 0;
  FileDigest digest;  // of a file's data
  // Where a file's data is: `source` is the number that AddLayer() was given
  // (or another owner's meaning), `offset` a position in it.
  int source = -1;
  int64_t offset = 0;
  // Nodes with the same non-negative value are hard links of one file.
  int64_t inode = -1;

  friend bool operator==(const FileNode&, const FileNode&) = default;
};

// The node with the metadata of a layer's entry, of which it takes `source` for
// a file; not for whiteouts and hard links. See tar_layer_entry.h.
FileNode FileNodeOf(LayerEntry entry, int source);

// The entry at the clean `path` with the metadata of the node, without an
// offset.
LayerEntry LayerEntryOf(const FileNode& node, std::string path);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_FILE_NODE_H_
