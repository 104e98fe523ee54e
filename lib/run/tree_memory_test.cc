#include "lib/run/tree_memory.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

// What one node takes besides the root.
int64_t MemoryOfNode(const FileNode& node) {
  FileTree tree;
  const int64_t before = MemoryOf(tree);
  tree.Put("f", node).IgnoreError();
  return MemoryOf(tree) - before;
}

TEST(MemoryOf, CountsPages) {
  EXPECT_EQ(MemoryOfNode({.type = LayerEntryType::kFile}), 1280);
  EXPECT_EQ(MemoryOfNode({.type = LayerEntryType::kFile, .size = 4097}),
            1280 + 2 * 4096);
}

TEST(MemoryOf, CountsExtendedAttributes) {
  EXPECT_EQ(MemoryOfNode({.xattrs = {{"user.a", std::string(1000, 'x')},
                                     {"user.b", ""}}}),
            1280 + 6 + 1000 + 64 + 6 + 64);
}

TEST(MemoryOf, CountsLongTargets) {
  EXPECT_EQ(MemoryOfNode({.type = LayerEntryType::kSymlink,
                          .link_target = std::string(127, 'x')}),
            1280);
  EXPECT_EQ(MemoryOfNode({.type = LayerEntryType::kSymlink,
                          .link_target = std::string(128, 'x')}),
            1280 + 4096);
}

TEST(MayBeKept, BoundsExtendedAttributes) {
  FileTree tree;
  const std::string value(60'000, 'x');
  for (int i = 0; i < 279; ++i) {
    tree.Put(std::to_string(i), {.xattrs = {{"user.a", value}}}).IgnoreError();
  }
  EXPECT_TRUE(MayBeKept(tree));
  tree.Put("last", {.xattrs = {{"user.a", value}}}).IgnoreError();
  EXPECT_FALSE(MayBeKept(tree));
}

}  // namespace
}  // namespace rules_dockerfile
