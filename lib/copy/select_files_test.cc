#include "lib/copy/select_files.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

FileTree Image() {
  return ParseTreeSpec(R"(
    lib -> usr/lib
    out/ mode=0500 uid=7 gid=8
    out/app = program mode=04755 uid=7 gid=8 cap=0a0b
    out/same => out/app
    out/pipe |
    out/null c 1:3
    out/gone -> /nowhere
    out/up -> ..
    out/self -> .
    out/libs -> /lib
    out/name -> ../../../../lib/x.so
    usr/lib/
    usr/lib/x.so = library
    usr/lib/loop -> loop
  )")
      .tree;
}

// `path type mode uid:gid` and the target of a link, without the root.
std::vector<std::string> Lines(const FileTree& tree) {
  std::vector<std::string> lines;
  for (const auto& [path, node] : tree.nodes()) {
    if (path.empty()) continue;
    std::string line =
        absl::StrCat(path, " ", LayerEntryTypeName(node.type), " ",
                     node.mode >> 6, " ", node.uid, ":", node.gid);
    if (!node.link_target.empty()) {
      absl::StrAppend(&line, " -> ", node.link_target);
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> Paths(const absl::StatusOr<FileTree>& tree) {
  std::vector<std::string> paths;
  if (!tree.ok()) return {std::string(tree.status().message())};
  for (const auto& [path, node] : tree->nodes()) {
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

TEST(SelectFiles, KeepsWhatIsBelowADirectory) {
  const FileTree image = Image();
  const absl::StatusOr<FileTree> tree = SelectFiles(image, {"/out/"});
  ASSERT_THAT(tree, absl_testing::IsOk());
  EXPECT_THAT(Paths(tree), ElementsAre("out", "out/app", "out/gone", "out/libs",
                                       "out/name", "out/null", "out/pipe",
                                       "out/same", "out/self", "out/up"));
  for (const char* path :
       {"out", "out/app", "out/gone", "out/null", "out/same"}) {
    EXPECT_EQ(*tree->Find(path), *image.Find(path)) << path;
  }
}

TEST(SelectFiles, FollowsTheLinksOfThePathItself) {
  const absl::StatusOr<FileTree> tree =
      SelectFiles(Image(), {"/lib", "out/name", "/out/libs/x.so"});
  ASSERT_THAT(tree, absl_testing::IsOk());
  EXPECT_THAT(Paths(tree),
              ElementsAre("lib", "lib/loop", "lib/x.so", "out", "out/libs",
                          "out/libs/x.so", "out/name"));
  EXPECT_EQ(tree->Find("out")->uid, 7);
  EXPECT_EQ(tree->Find("out/libs")->type, LayerEntryType::kDirectory);
  EXPECT_EQ(tree->Find("out/name")->size, 7);
}

TEST(SelectFiles, TakesTheCompleteImage) {
  EXPECT_THAT(SelectFiles(Image(), {"/"}),
              IsOkAndHolds(testing::ResultOf(
                  [](const FileTree& tree) { return tree.nodes().size(); },
                  Image().nodes().size())));
}

TEST(SelectFiles, DoesNotMindTheOrderOfThePaths) {
  const std::vector<std::string> paths = {"/lib/x.so", "/", "/out/app"};
  const std::vector<std::string> reversed(paths.rbegin(), paths.rend());
  EXPECT_EQ(DumpFileTree(*SelectFiles(Image(), paths)),
            DumpFileTree(*SelectFiles(Image(), reversed)));
  EXPECT_EQ(DumpFileTree(*SelectPlainFiles(Image(), paths)),
            DumpFileTree(*SelectPlainFiles(Image(), reversed)));
}

TEST(SelectFiles, SaysWhatIsNotThereAndWhatMayBeMeant) {
  const auto not_found = [](const char* message) {
    return StatusIs(absl::StatusCode::kNotFound, message);
  };
  EXPECT_THAT(SelectFiles(Image(), {"/out/ap"}),
              not_found("\"/out/ap\": not found (did you mean /out/app?)"));
  EXPECT_THAT(SelectFiles(Image(), {"/app"}),
              not_found("\"/app\": not found (did you mean /out/app?)"));
  EXPECT_THAT(SelectPlainFiles(Image(), {"/srv/www"}),
              not_found("\"/srv/www\": not found"));
  EXPECT_THAT(SelectPlainFiles(Image(), {"/out/gone"}),
              not_found("\"/nowhere\": not found (\"/out/gone\" leads there)"));
  EXPECT_THAT(SelectPlainFiles(Image(), {"/lib/y.so"}),
              not_found("\"/usr/lib/y.so\": not found (\"/lib/y.so\" leads "
                        "there) (did you mean /usr/lib/x.so?)"));
  EXPECT_THAT(SelectPlainFile(Image(), "out/ap"),
              not_found("\"/out/ap\": not found (did you mean /out/app?)"));
}

TEST(SelectPlainFiles, HasFilesAndDirectoriesAlone) {
  const absl::StatusOr<FileTree> tree =
      SelectPlainFiles(Image(), {"/out/app", "/out/libs", "/lib"});
  ASSERT_THAT(tree, absl_testing::IsOk());
  EXPECT_THAT(
      Lines(*tree),
      ElementsAre("lib directory 7 0:0", "lib/x.so file 6 0:0",
                  "out directory 7 0:0", "out/app file 7 0:0",
                  "out/libs directory 7 0:0", "out/libs/x.so file 6 0:0"));
  EXPECT_EQ(tree->Find("out")->mode, 0700u);
  EXPECT_EQ(tree->Find("out/app")->mode, 0755u);
  EXPECT_TRUE(tree->Find("out/app")->xattrs.empty());
}

TEST(SelectPlainFiles, CopiesNoDirectoryIntoItself) {
  EXPECT_THAT(
      Paths(SelectPlainFiles(Image(), {"/out"})),
      ElementsAre("out", "out/app", "out/libs", "out/libs/x.so", "out/name",
                  "out/same", "out/up", "out/up/lib", "out/up/lib/x.so",
                  "out/up/usr", "out/up/usr/lib", "out/up/usr/lib/x.so"));
}

TEST(SelectPlainFiles, KeepsHardLinks) {
  const absl::StatusOr<FileTree> tree = SelectPlainFiles(Image(), {"/out"});
  ASSERT_THAT(tree, absl_testing::IsOk());
  EXPECT_GE(tree->Find("out/app")->inode, 0);
  EXPECT_EQ(tree->Find("out/app")->inode, tree->Find("out/same")->inode);
}

// Each level leads to the next one twice: 2^30 directories.
TEST(SelectPlainFiles, IsBounded) {
  std::string spec;
  for (int i = 0; i < 30; ++i) {
    absl::StrAppend(&spec, "d", i, "/\nd", i, "/a -> /d", i + 1, "\nd", i,
                    "/b -> /d", i + 1, "\n");
  }
  EXPECT_THAT(
      SelectPlainFiles(ParseTreeSpec(spec).tree, {"/d0"}, /*max_files=*/1000),
      StatusIs(absl::StatusCode::kResourceExhausted,
               "expected at most 1000 files, got more, as symlinks are "
               "followed\nhint: a tar keeps them"));
}

TEST(SelectPlainFiles, RefusesAPathThatIsTooLong) {
  const std::string name(250, 'n');
  std::string spec;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&spec, "d", i, "/\nd", i, "/", name, " -> /d", i + 1, "\n");
  }
  absl::StrAppend(&spec, "d20/\n");
  EXPECT_THAT(SelectPlainFiles(ParseTreeSpec(spec).tree, {"/d0"}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "expected paths of at most 4095 bytes, got more, as "
                       "symlinks are followed\nhint: a tar keeps them"));
}

TEST(SelectPlainFile, FollowsLinksToAFile) {
  const absl::StatusOr<FileNode> file =
      SelectPlainFile(Image(), "/out/libs/x.so");
  ASSERT_THAT(file, absl_testing::IsOk());
  EXPECT_EQ(file->digest, Image().Find("usr/lib/x.so")->digest);
}

TEST(SelectPlainFile, HasNoSetuidBit) {
  EXPECT_EQ(SelectPlainFile(Image(), "/out/app").value().mode, 0755);
}

TEST(SelectPlainFile, IsAFile) {
  EXPECT_THAT(SelectPlainFile(Image(), "/out"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"/out\": expected a file, got a directory"));
  EXPECT_THAT(SelectPlainFile(Image(), "/out/pipe"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"/out/pipe\": expected a file, got a fifo"));
}

}  // namespace
}  // namespace rules_dockerfile
