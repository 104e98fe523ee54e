#include "lib/layer/snapshot_entries.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

// Lines as those of ParseTreeSpec(); `=>` begins another file.
struct SnapshotCase {
  const char* name;
  const char* lower;
  const char* upper;
  // An entry a line: `path => file`, or `path xattr=value …`.
  const char* want;
};

void PrintTo(const SnapshotCase& row, std::ostream* out) { *out << row.name; }

std::string Text(const std::vector<SnapshotEntry>& snapshot) {
  std::string text;
  for (const SnapshotEntry& entry : snapshot) {
    absl::StrAppend(&text, entry.path);
    if (!entry.link_target.empty()) {
      absl::StrAppend(&text, " => ", entry.link_target);
    }
    for (const auto& [name, value] : entry.xattrs) {
      absl::StrAppend(&text, " ", name, "=", value);
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// The nodes of `upper` with inodes that no node of `lower` has.
FileTree WithNewInodes(FileTree lower, const FileTree& upper) {
  const int64_t first = lower.NewInode();
  FileTree tree;
  for (auto [path, node] : upper.nodes()) {
    if (node.inode >= 0) node.inode += first;
    ABSL_CHECK_OK(tree.Put(path, std::move(node)));
  }
  return tree;
}

// The entries of a layer that leaves nothing out.
std::vector<LayerEntry> Everything(const FileTree& tree) {
  std::vector<LayerEntry> entries;
  for (const auto& [path, node] : tree.nodes()) {
    entries.push_back({.path = path, .type = node.type});
  }
  return entries;
}

class SnapshotEntriesTest : public testing::TestWithParam<SnapshotCase> {};

TEST_P(SnapshotEntriesTest, HasWhatTheLayerLacks) {
  const TestTree lower = ParseTreeSpec(GetParam().lower);
  const TestTree spec = ParseTreeSpec(GetParam().upper);
  const FileTree upper = WithNewInodes(lower.tree, spec.tree);
  StringSink sink;
  const LayerIndex layer =
      WriteChangeset(lower.tree, upper, spec.reader(), {}, &sink).value();
  EXPECT_EQ(Text(layer.snapshot), GetParam().want);
  EXPECT_EQ(Text(SnapshotEntries(lower.tree, ChangedCopy(lower.tree, upper),
                                 layer.entries)),
            GetParam().want);

  // The layer's index results in the same tree.
  FileTree applied = lower.tree;
  ASSERT_THAT(applied.AddLayer(layer, 0), absl_testing::IsOk());
  EXPECT_EQ(Text(SnapshotEntries(FileTree(), applied, Everything(applied))),
            Text(SnapshotEntries(FileTree(), upper, Everything(upper))));
  for (const SnapshotEntry& entry : layer.snapshot) {
    if (entry.link_target.empty()) continue;
    EXPECT_EQ(applied.Find(entry.path)->inode,
              applied.Find(entry.link_target)->inode);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Steps, SnapshotEntriesTest,
    testing::ValuesIn(std::vector<SnapshotCase>{
        {"NothingChanged", "a = a\nb => a", "a = a\nb = a", ""},
        {"NewNameOfALowerFile", "a = a", "a = a\nb => a", "b => a\n"},
        {"SeveralNewNames", "m = a", "m = a\na => m\nz => m",
         "a => m\nz => m\n"},
        {"AllNamesAreInTheLayer", "a = a", "a = other\nb => a", ""},
        {"EqualLowerFilesBecomeOne", "a = a\nb = a", "a = a\nb => a",
         "b => a\n"},
        {"NewNameOfASymlink", "a -> x", "a -> x\nb => a", "b => a\n"},
        {"XattrOfAnUnchangedFile", "a = a", "a = a user.x=1", "a user.x=1\n"},
        {"XattrOfANewFile", "", "a = a user.x=1 user.y=2",
         "a user.x=1 user.y=2\n"},
        {"XattrOfAParent", "d/ user.x=1", "d/ user.x=1\nd/f = f",
         "d user.x=1\n"},
        {"XattrStaysUntold", "d/ user.x=1\na = a user.y=2",
         "d/ user.x=1\na = a user.y=2", ""},
        {"XattrIsRemoved", "a = a user.x=1", "a = a", "a\n"},
        {"RewrittenFileHasNone", "a = a user.x=1", "a = other", ""},
        {"XattrOfAFileWithANewName", "a = a", "a = a user.x=1\nb => a",
         "a user.x=1\nb => a\n"},
        {"OthersXattrsAreNotKept", "",
         "a = a user.overlay.opaque=y user.rules_dockerfile.owner=1:1 "
         "trusted.x=1",
         ""},
        {"SymlinksHaveNone", "", "a -> x user.x=1", ""},
    }),
    [](const auto& info) { return info.param.name; });

TEST(SnapshotEntries, LinkedNameLeavesTheOthersOfItsFile) {
  TestTree lower = ParseTreeSpec("a = a\nb => a");
  ASSERT_THAT(lower.tree.AddLayer(
                  {.entries = {{.path = "c",
                                .type = LayerEntryType::kFile,
                                .mode = 0644,
                                .digest = lower.tree.Find("a")->digest}},
                   .snapshot = {{.path = "c", .link_target = "a"}}},
                  0),
              absl_testing::IsOk());
  const auto inode = [&](absl::string_view path) {
    return lower.tree.Find(path)->inode;
  };
  EXPECT_EQ(inode("a"), inode("c"));
  EXPECT_NE(inode("a"), inode("b"));
  EXPECT_EQ(lower.tree.Find("a")->size, 1);
  EXPECT_EQ(*lower.tree.Find("a"), *lower.tree.Find("c"));
}

}  // namespace
}  // namespace rules_dockerfile
