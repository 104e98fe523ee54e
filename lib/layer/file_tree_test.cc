#include "lib/layer/file_tree.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/layer/layer_index.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using Type = LayerEntryType;

LayerEntry Directory(const char* path) {
  return {.path = path, .type = Type::kDirectory, .mode = 0755};
}
LayerEntry File(const char* path, int64_t size = 0) {
  return {.path = path,
          .type = Type::kFile,
          .mode = 0644,
          .size = size,
          .digest = DigestOf(absl::StrCat(size))};
}
LayerEntry Link(Type type, const char* path, const char* target) {
  return {.path = path, .type = type, .link_target = target};
}
LayerEntry Whiteout(const char* path) {
  return {.path = path, .type = Type::kWhiteout};
}
LayerEntry Opaque(const char* path) {
  return {.path = path, .type = Type::kOpaque};
}

absl::Status AddSnapshot(SnapshotEntry entry) {
  FileTree tree;
  return tree.AddLayer(
      {.entries = {Directory("d"), File("f")}, .snapshot = {std::move(entry)}},
      0);
}

TEST(FileTree, RefusesSnapshotEntriesOfWhatIsNotThere) {
  EXPECT_EQ(AddSnapshot({.path = "x"}).message(),
            "snapshot entry \"x\": no such file");
  EXPECT_EQ(AddSnapshot({.path = "x", .link_target = "f"}).message(),
            "snapshot entry \"x\": no such file");
  EXPECT_EQ(AddSnapshot({.path = "d", .link_target = "f"}).message(),
            "snapshot entry \"d\": no such file");
  EXPECT_EQ(AddSnapshot({.path = "f", .link_target = "x"}).message(),
            "snapshot entry \"f\": no file \"x\"");
  EXPECT_EQ(AddSnapshot({.path = "f", .link_target = "d"}).message(),
            "snapshot entry \"f\": no file \"d\"");
}

// That the changes have all paths at which the trees differ.
void ExpectChanges(const FileTree& before, const FileTree& after,
                   const FileTree::Changes& changes) {
  const auto expect = [&](const std::string& path) {
    const FileNode* const old_node = before.Find(path);
    const FileNode* const new_node = after.Find(path);
    if (old_node != nullptr && new_node != nullptr && *old_node == *new_node) {
      return;
    }
    const auto change = changes.find(path);
    ASSERT_NE(change, changes.end()) << path;
    EXPECT_EQ(change->second.existed, old_node != nullptr) << path;
    EXPECT_EQ(change->second.inode, old_node == nullptr ? -1 : old_node->inode);
  };
  for (const auto& [path, node] : before.nodes()) expect(path);
  for (const auto& [path, node] : after.nodes()) expect(path);
}

// The names in the tree: directories with a slash, sizes of files, targets of
// symlinks, inodes of hard links; errors as text.
std::string Apply(const std::vector<std::vector<LayerEntry>>& layers) {
  FileTree tree;
  FileTree of_texts;
  std::vector<FileTree> copies;  // each layer is a change of a shared tree
  int source = 0;
  for (const std::vector<LayerEntry>& layer : layers) {
    const LayerIndex index = {.entries = layer};
    const FileTree before = tree;
    FileTree::Changes changes;
    const absl::Status status = tree.AddLayer(index, source, &changes);
    if (status.ok()) ExpectChanges(before, tree, changes);
    copies.push_back(of_texts);
    EXPECT_EQ(of_texts.AddLayerText(LayerIndexToText(index), source++), status);
    if (!status.ok()) return std::string(status.message());
    EXPECT_EQ(DumpFileTree(of_texts), DumpFileTree(tree));
  }
  std::string text;
  for (const auto& [path, node] : tree.nodes()) {
    if (path.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", path);
    if (node.type == Type::kDirectory) absl::StrAppend(&text, "/");
    if (node.type == Type::kFile) {
      absl::StrAppend(&text, "=", node.size, "@", node.source);
    }
    if (node.type == Type::kSymlink)
      absl::StrAppend(&text, "->", node.link_target);
    if (node.inode >= 0) absl::StrAppend(&text, "#", node.inode);
  }
  return text;
}

struct ApplyCase {
  const char* name;
  std::vector<std::vector<LayerEntry>> layers;
  const char* tree;
};

class AddLayerTest : public testing::TestWithParam<ApplyCase> {};

TEST_P(AddLayerTest, IsApplied) {
  EXPECT_EQ(Apply(GetParam().layers), GetParam().tree);
}

INSTANTIATE_TEST_SUITE_P(
    FileTree, AddLayerTest,
    testing::ValuesIn<ApplyCase>({
        {"Empty", {}, ""},
        {"CreatesMissingParents", {{File("a/b/c", 1)}}, "a/ a/b/ a/b/c=1@0"},
        {"UpperFileReplaces", {{File("a", 1)}, {File("a", 2)}}, "a=2@1"},
        {"LaterEntryOfALayerReplaces", {{File("a", 1), File("a", 2)}}, "a=2@0"},
        {"FileReplacesADirectory", {{File("a/b")}, {File("a", 1)}}, "a=1@1"},
        {"DirectoryReplacesAFile", {{File("a")}, {Directory("a")}}, "a/"},
        {"DirectoryMergesWithADirectory",
         {{File("a/b")}, {Directory("a"), File("a/c")}},
         "a/ a/b=0@0 a/c=0@1"},
        {"WhiteoutDeletesBelow",
         {{File("a/b"), File("a.c")}, {Whiteout("a")}},
         "a.c=0@0"},
        {"WhiteoutOfNothing", {{Whiteout("a/b")}}, ""},
        {"WhiteoutSparesItsOwnLayer",
         {{File("a", 1)}, {File("a", 2), Whiteout("a")}},
         "a=2@1"},
        {"OpaqueHidesLowerChildrenOnly",
         {{File("a/b"), File("c")}, {File("a/d"), Opaque("a")}},
         "a/ a/d=0@1 c=0@0"},
        {"OpaqueRoot",
         {{File("a"), File("b")}, {File("c"), Opaque("")}},
         "c=0@1"},
        {"HardLinksShareAnInode",
         {{File("a", 1), Link(Type::kHardLink, "b", "a"),
           Link(Type::kHardLink, "c", "b")}},
         "a=1@0#0 b=1@0#0 c=1@0#0"},
        {"HardLinkToALowerLayer",
         {{File("a", 1)}, {Link(Type::kHardLink, "b", "a")}},
         "a=1@0#0 b=1@0#0"},
        {"HardLinkSurvivesItsFirstName",
         {{File("a", 1), Link(Type::kHardLink, "b", "a")}, {Whiteout("a")}},
         "b=1@0#0"},
        {"HardLinkToNothing",
         {{Link(Type::kHardLink, "a", "b")}},
         "layer entry \"a\": hard link to \"b\", which does not exist"},
        {"HardLinkToADirectory",
         {{Directory("b"), Link(Type::kHardLink, "a", "b")}},
         "layer entry \"a\": hard link to \"b\", which is a directory"},
        {"HardLinkToTheRoot",
         {{Link(Type::kHardLink, "a", "")}},
         "layer entry \"a\": hard link to \"\", which is a directory"},
        {"HardLinkToASymlink",
         {{Link(Type::kSymlink, "a", "/x"), Link(Type::kHardLink, "b", "a")}},
         "a->/x#0 b->/x#0"},
        {"FollowsASymlinkedParent",
         {{Link(Type::kSymlink, "lib", "usr/lib"), Directory("usr/lib")},
          {File("lib/x")}},
         "lib->usr/lib usr/ usr/lib/ usr/lib/x=0@1"},
        {"SymlinkedParentStaysInside",
         {{Link(Type::kSymlink, "a", "../../../../tmp")}, {File("a/x")}},
         "a->../../../../tmp tmp/ tmp/x=0@1"},
        {"WhiteoutBelowASymlinkedParent",
         {{Link(Type::kSymlink, "lib", "/usr/lib"), File("usr/lib/x")},
          {Whiteout("lib/x")}},
         "lib->/usr/lib usr/ usr/lib/"},
        {"DirectoryReplacesASymlink",
         {{Link(Type::kSymlink, "a", "b"), Directory("b")},
          {Directory("a"), File("a/x")}},
         "a/ a/x=0@1 b/"},
        {"SymlinkLoopAsParent",
         {{Link(Type::kSymlink, "a", "b"), Link(Type::kSymlink, "b", "a"),
           File("a/x")}},
         "too many levels of symbolic links: \"a\""},
        {"FileAsParent",
         {{File("a"), File("a/b/c")}},
         "layer entry \"a/b/c\": \"a\" is not a directory"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(FileTree, RefusesPathsThatNoDiskHolds) {
  std::string deep = "a";
  while (deep.size() < 1 << 20) deep += "/a";
  FileTree tree;
  EXPECT_THAT(tree.AddLayer({.entries = {File(deep.c_str())}}, 0),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::StartsWith("path is too long: \"a/a/a")));
  EXPECT_THAT(
      tree.AddLayer({.entries = {Link(Type::kSymlink, "l", deep.c_str())}}, 0),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "layer entry \"l\": the link target is too long"));
  EXPECT_EQ(tree.nodes().size(), 1);
}

TEST(FileTree, TakesTheMetadataOfTheLastDirectoryEntry) {
  FileTree tree;
  ASSERT_THAT(tree.AddLayer({.entries = {Directory(""), Directory("a")}}, 0),
              IsOk());
  ASSERT_THAT(tree.AddLayer({.entries = {{.path = "a",
                                          .type = Type::kDirectory,
                                          .mode = 01777,
                                          .uid = 3,
                                          .mtime = 9}}},
                            1),
              IsOk());
  EXPECT_EQ(DumpFileTree(tree),
            ". directory 0755 0:0 0\n"
            "a directory 1777 3:0 9\n");
}

TEST(FileTree, RemembersTheNewestDatabases) {
  const auto layer = [](std::vector<LayerEntry> entries,
                        std::optional<std::string> passwd) {
    return LayerIndex{.entries = std::move(entries), .passwd = passwd};
  };
  FileTree tree;
  ASSERT_THAT(tree.AddLayer(layer({File("etc/passwd", 1)}, "one"), 0), IsOk());
  EXPECT_EQ(tree.passwd(), "one");
  ASSERT_THAT(tree.AddLayer(layer({File("x")}, std::nullopt), 1), IsOk());
  EXPECT_EQ(tree.passwd(), "one");
  ASSERT_THAT(tree.AddLayer(layer({File("etc/passwd", 2)}, "two"), 2), IsOk());
  EXPECT_EQ(tree.passwd(), "two");
  ASSERT_THAT(tree.AddLayer(layer({Whiteout("etc")}, std::nullopt), 3), IsOk());
  EXPECT_EQ(tree.passwd(), std::nullopt);
}

TEST(FileTree, FollowsSymlinksToTheDatabases) {
  LayerIndex linked = {
      .entries = {Directory("etc"), Link(Type::kSymlink, "etc/passwd", "p"),
                  File("etc/p", 1)},
      .passwd = "one"};
  FileTree tree;
  ASSERT_THAT(tree.AddLayer(linked, 0), IsOk());
  ASSERT_THAT(tree.AddLayer({.entries = {File("x")}}, 1), IsOk());
  EXPECT_EQ(tree.passwd(), "one");
  // What the link leads to has changed, and the layer cannot know that.
  ASSERT_THAT(tree.AddLayer({.entries = {File("etc/p", 2)}}, 2), IsOk());
  EXPECT_EQ(tree.passwd(), std::nullopt);
}

TEST(FileTree, ListsChildrenInBytewiseOrder) {
  const TestTree test = ParseTreeSpec(R"(
      a/b/c = x
      a.d = x
      a/b.c = x
      a/e/f/g = x
  )");
  EXPECT_THAT(test.tree.Children(""), ElementsAre("a", "a.d"));
  EXPECT_THAT(test.tree.Children("a"), ElementsAre("b", "b.c", "e"));
  EXPECT_THAT(test.tree.Children("a.d"), ElementsAre());
  EXPECT_THAT(test.tree.Children("no"), ElementsAre());
}

TEST(PathLess, ComparesComponentByComponent) {
  std::vector<std::string> paths = {"a.b", "b",     "a/z", "",
                                    "a",   "a/b/c", "a/b", "a/b-"};
  std::sort(paths.begin(), paths.end(), FileTree::PathLess());
  EXPECT_THAT(paths,
              ElementsAre("", "a", "a/b", "a/b/c", "a/b-", "a/z", "a.b", "b"));
}

struct ResolveCase {
  const char* path;
  const char* followed;
  const char* not_followed;
};

TEST(FileTree, ResolvesPathsInsideTheRoot) {
  const TestTree test = ParseTreeSpec(R"(
      usr/bin/sh = x
      bin -> usr/bin
      absolute -> /usr/bin/
      up -> ../../..
      usr/local -> ../bin
      chain -> absolute
      dangling -> no/where
  )");
  for (const ResolveCase& c : std::vector<ResolveCase>{
           {"", "", ""},
           {"/", "", ""},
           {"bin", "usr/bin", "bin"},
           {"/bin/sh", "usr/bin/sh", "usr/bin/sh"},
           {"bin/", "usr/bin", "bin"},
           {"chain/sh", "usr/bin/sh", "usr/bin/sh"},
           {"usr/local", "usr/bin", "usr/local"},
           {"usr/local/../x", "usr/x", "usr/x"},
           {"up/etc", "etc", "etc"},
           {"up", "", "up"},
           {"../../bin/sh", "usr/bin/sh", "usr/bin/sh"},
           {"dangling/x", "no/where/x", "no/where/x"},
           {"not/./there/../x", "not/x", "not/x"},
       }) {
    EXPECT_THAT(test.tree.Resolve(c.path, true), IsOkAndHolds(c.followed))
        << c.path;
    EXPECT_THAT(test.tree.Resolve(c.path, false), IsOkAndHolds(c.not_followed))
        << c.path;
  }
}

TEST(FileTree, FailsOnSymlinkLoops) {
  const TestTree test = ParseTreeSpec("a -> b\nb -> a\n");
  EXPECT_THAT(test.tree.Resolve("a/x", true),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "too many levels of symbolic links: \"a/x\""));
  EXPECT_THAT(test.tree.Resolve("a", false), IsOkAndHolds("a"));
}

TEST(FileTree, PutsOnlyWhereADirectoryIs) {
  TestTree test = ParseTreeSpec("f = x");
  EXPECT_THAT(test.tree.Put("a/b", FileNode()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"a\" must be an existing directory"));
  EXPECT_THAT(test.tree.Put("f/b", FileNode()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"f\" must be an existing directory"));
  EXPECT_THAT(test.tree.Put(std::string(256, 'n'), FileNode()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::StartsWith("file name is too long: \"nnn")));
  EXPECT_THAT(test.tree.Put("", *test.tree.Find("f")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"\" must be an existing directory"));
}

}  // namespace
}  // namespace rules_dockerfile
