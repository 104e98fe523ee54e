#include "lib/layer/file_node.h"

#include <string>
#include <utility>

#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

FileNode FileNodeOf(LayerEntry entry, int source) {
  FileNode node = {
      .type = entry.type,
      .mode = entry.mode,
      .uid = entry.uid,
      .gid = entry.gid,
      .mtime = entry.mtime,
      .mtime_nanos = entry.mtime_nanos,
      .link_target = std::move(entry.link_target),
      .device_major = entry.device_major,
      .device_minor = entry.device_minor,
      .xattrs = std::move(entry.xattrs),
      .size = entry.size,
      .digest = entry.digest,
  };
  // No file system keeps another mode of a symlink.
  if (entry.type == LayerEntryType::kSymlink) node.mode = 0777;
  if (entry.type == LayerEntryType::kFile) {
    node.source = source;
    node.offset = entry.offset;
  }
  return node;
}

LayerEntry LayerEntryOf(const FileNode& node, std::string path) {
  return {
      .path = std::move(path),
      .type = node.type,
      .mode = node.mode,
      .uid = node.uid,
      .gid = node.gid,
      .mtime = node.mtime,
      .mtime_nanos = node.mtime_nanos,
      .link_target = node.link_target,
      .device_major = node.device_major,
      .device_minor = node.device_minor,
      .xattrs = node.xattrs,
      .size = node.size,
      .digest = node.digest,
  };
}

}  // namespace rules_dockerfile
