#include "lib/run/tree_memory.h"

#include <cstdint>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kPage = 4096;
// With the entry of a directory and a recorded owner: 925 bytes of the kernel's
// slabs without the owner, on Linux 6.18.
constexpr int64_t kInode = 1280;
constexpr int64_t kXattr = 64;
// A longer target of a symlink takes a page.
constexpr size_t kShortTarget = 128;
constexpr int64_t kMostXattrs = 16 << 20;

int64_t XattrMemoryOf(const FileNode& node) {
  int64_t bytes = 0;
  for (const auto& [name, value] : node.xattrs) {
    bytes += kXattr + static_cast<int64_t>(name.size() + value.size());
  }
  return bytes;
}

}  // namespace

int64_t MemoryOf(const FileTree& tree) {
  int64_t bytes = 0;
  for (const auto& [path, node] : tree.nodes()) {
    bytes += kInode + (node.size + kPage - 1) / kPage * kPage;
    bytes += XattrMemoryOf(node);
    if (node.link_target.size() >= kShortTarget) bytes += kPage;
  }
  return bytes;
}

bool MayBeKept(const FileTree& tree) {
  int64_t bytes = 0;
  for (const auto& [path, node] : tree.nodes()) bytes += XattrMemoryOf(node);
  return bytes <= kMostXattrs;
}

}  // namespace rules_dockerfile
