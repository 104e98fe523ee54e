#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

std::string DumpFileTree(const FileTree& tree) {
  std::string dump;
  for (const auto& [path, node] : tree.nodes()) {
    absl::StrAppendFormat(&dump, "%s %s %04o %d:%d %d",
                          path.empty() ? "." : absl::CEscape(path),
                          LayerEntryTypeName(node.type), node.mode, node.uid,
                          node.gid, node.mtime);
    if (node.mtime_nanos != 0) {
      absl::StrAppendFormat(&dump, ".%09d", node.mtime_nanos);
    }
    if (node.type == LayerEntryType::kSymlink) {
      absl::StrAppend(&dump, " -> ", absl::CEscape(node.link_target));
    }
    if (node.type == LayerEntryType::kFile) {
      absl::StrAppend(&dump, " ", node.size, " ", node.digest);
    }
    if (node.type == LayerEntryType::kCharDevice ||
        node.type == LayerEntryType::kBlockDevice) {
      absl::StrAppend(&dump, " ", node.device_major, ":", node.device_minor);
    }
    for (const auto& [name, value] : node.xattrs) {
      absl::StrAppend(&dump, " ", name, "=", absl::BytesToHexString(value));
    }
    if (node.inode >= 0) absl::StrAppend(&dump, " inode=", node.inode);
    dump.push_back('\n');
  }
  return dump;
}

}  // namespace rules_dockerfile
