#include "lib/run/mount_source.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

FileTree SmallTree() {
  FileTree tree;
  for (const char* directory : {"a", "a/b", "ab"}) {
    tree.Put(directory, {.mode = 0700}).IgnoreError();
  }
  for (const char* file : {"a/b/f", "a/g", "ab/h"}) {
    tree.Put(file, {.type = LayerEntryType::kFile, .mode = 0644}).IgnoreError();
  }
  return tree;
}

std::string Paths(const FileTree& tree) {
  std::string paths;
  for (const auto& [path, node] : tree.nodes()) {
    absl::StrAppend(&paths, "/", path, " ");
  }
  return paths;
}

TEST(Subtree, OfADirectoryHasItAsItsRoot) {
  const FileTree part = Subtree(SmallTree(), "a", "file");
  EXPECT_EQ(Paths(part), "/ /b /b/f /g ");
  EXPECT_EQ(part.Find("")->mode, 0700u);
}

TEST(Subtree, OfTheRootIsTheTree) {
  EXPECT_EQ(Paths(Subtree(SmallTree(), "", "file")), Paths(SmallTree()));
}

TEST(Subtree, OfAFileHasItUnderItsNewName) {
  EXPECT_EQ(Paths(Subtree(SmallTree(), "a/b/f", "file")), "/ /file ");
}

TEST(ReadMountSource, NamesWhatIsMissing) {
  EXPECT_THAT(
      ReadMountSource({}, "", "nosuch/file"),
      StatusIs(absl::StatusCode::kNotFound, "\"/nosuch/file\": not found"));
  EXPECT_THAT(ReadMountSource({}, "stage", "/"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "no such stage, image or context: \"stage\""));
}

TEST(ReadMountSource, KnowsEmptyTrees) {
  const MountSources sources = {.from = {{"empty", {}}}};
  EXPECT_THAT(ReadMountSource(sources, "empty", "/"), absl_testing::IsOk());
  EXPECT_THAT(ReadMountSource(sources, "empty", "/x"),
              StatusIs(absl::StatusCode::kNotFound, "\"/x\": not found"));
}

TEST(ReadMountSource, DistinguishesFilesFromDirectories) {
  const std::string path = absl::StrCat(testing::TempDir(), "/context-file");
  ASSERT_TRUE(WriteFile(path, "text").ok());
  const MountSources sources = {.context = {.files = {{"dir/file", path}}}};
  const absl::StatusOr<TreeMount> file =
      ReadMountSource(sources, "", "/dir/file");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->file, "file");
  const absl::StatusOr<TreeMount> directory =
      ReadMountSource(sources, "", "dir");
  ASSERT_TRUE(directory.ok()) << directory.status();
  EXPECT_EQ(directory->file, "");
}

TEST(ParseNamedValue, SplitsAtTheFirstEqualsSign) {
  const absl::StatusOr<NamedValue> value = ParseNamedValue("stage=a=b");
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(value->name, "stage");
  EXPECT_EQ(value->value, "a=b");
  EXPECT_THAT(ParseNamedValue("stage"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "flag value \"stage\": expected NAME=VALUE"));
}

}  // namespace
}  // namespace rules_dockerfile
