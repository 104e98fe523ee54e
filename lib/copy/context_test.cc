#include "lib/copy/context.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

class ContextTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }

  std::string File(const std::string& name, const std::string& data,
                   mode_t mode) {
    const std::string path = root_ + "/" + name;
    std::filesystem::create_directories(
        std::filesystem::path(path).parent_path());
    EXPECT_THAT(WriteFile(path, data), IsOk());
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  std::string Read(const std::vector<ContextFile>& files) {
    const absl::StatusOr<FileTree> tree =
        AddContextFiles(FileTree(), files, /*mtime=*/5, &store_);
    return tree.ok() ? DumpFileTree(WithModes(*tree))
                     : std::string(tree.status().message());
  }

  // The modes that the files get when they are written.
  FileTree WithModes(const FileTree& tree) {
    FileTree known = tree;
    for (const auto& [path, node] : tree.nodes()) {
      FileNode file = node;
      file.mode = store_.Mode(node).value();
      EXPECT_THAT(known.Put(path, file), IsOk());
    }
    return known;
  }

  const std::string root_ = testing::TempDir() + "/context_test";
  DataStore store_;
};

TEST_F(ContextTest, SplitsContextFlagsWhereAFileIs) {
  const std::string file = File("b=c", "B", 0644);
  const absl::StatusOr<ContextFile> context =
      ParseContextFile(absl::StrCat("a=b=", file));
  ASSERT_THAT(context.status(), IsOk());
  EXPECT_EQ(*context, (ContextFile{.path = "a=b", .file = file, .size = 1}));
  EXPECT_THAT(ParseContextFile("a=/no/such=file"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "context file \"a=/no/such=file\": expected PATH=FILE, "
                       "with a FILE that exists"));
}

TEST_F(ContextTest, NormalisesModesOwnersAndTimes) {
  EXPECT_EQ(Read({{"d/script", File("script", "#!", 0444)},
                  {"elf", File("elf",
                               "\x7f"
                               "ELF\x02",
                               0644)},
                  {"empty", File("empty", "", 0755)},
                  {"output", File("output", "text", 0555)},
                  {"secret", File("s", "12", 0400)}}),
            ". directory 0755 0:0 0\n"
            "d directory 0755 0:0 5\n"
            "d/script file 0755 0:0 5 2 \n"
            "elf file 0755 0:0 5 5 \n"
            "empty file 0644 0:0 5 0 \n"
            "output file 0644 0:0 5 4 \n"
            "secret file 0644 0:0 5 2 \n");
}

TEST_F(ContextTest, ReadsWhatIsBelowADirectory) {
  File("tree/b/c", "c", 0644);
  File("tree/a", "a", 0644);
  std::filesystem::create_symlink("../a", root_ + "/tree/b/link");
  std::filesystem::create_symlink("nowhere", root_ + "/tree/dangling");
  std::filesystem::create_directories(root_ + "/tree/empty");
  EXPECT_EQ(Read({{"t", root_ + "/tree"}}),
            ". directory 0755 0:0 0\n"
            "t directory 0755 0:0 5\n"
            "t/a file 0644 0:0 5 1 \n"
            "t/b directory 0755 0:0 5\n"
            "t/b/c file 0644 0:0 5 1 \n"
            "t/b/link file 0644 0:0 5 1 \n"
            "t/dangling symlink 0777 0:0 5 -> nowhere\n"
            "t/empty directory 0755 0:0 5\n");
}

TEST_F(ContextTest, TakesTheSameFileTwice) {
  const std::string a = File("a", "a", 0644);
  EXPECT_EQ(Read({{"a", a}, {"./a", a}}),
            ". directory 0755 0:0 0\n"
            "a file 0644 0:0 5 1 \n");
}

// As a worker of Bazel sees them: no symlinks.
TEST_F(ContextTest, TakesTheSameRegularFileTwice) {
  const std::string a = File("a", "a", 0644);
  const std::string b = File("b", "b", 0644);
  const ContextFile file = {.path = "d/a", .file = a, .size = 1};
  const ContextFile other = {.path = "d/a", .file = b, .size = 1};
  const ContextFile shared = {
      .path = "d/a", .file = a, .shared = true, .size = 1};
  EXPECT_EQ(Read({file, {.path = "d/b", .file = b, .size = 1}, file, shared}),
            ". directory 0755 0:0 0\n"
            "d directory 0755 0:0 5\n"
            "d/a file 0644 0:0 5 1 \n"
            "d/b file 0644 0:0 5 1 \n");
  EXPECT_EQ(Read({file, other}),
            "the build context has two different files at \"d/a\"");
}

TEST_F(ContextTest, SharedFilesAreHardLinks) {
  const std::string a = File("a", "a", 0644);
  const std::string empty = File("empty", "", 0644);
  File("tree/t", "tt", 0644);
  const std::string tree = root_ + "/tree";
  EXPECT_EQ(Read({{"alone", a},
                  {"x/a", a, /*shared=*/true},
                  {"x/empty", empty, /*shared=*/true},
                  {"x/tree", tree, /*shared=*/true},
                  {"y/a", a, /*shared=*/true},
                  {"y/empty", empty, /*shared=*/true},
                  {"y/tree", tree, /*shared=*/true}}),
            ". directory 0755 0:0 0\n"
            "alone file 0644 0:0 5 1 \n"
            "x directory 0755 0:0 5\n"
            "x/a file 0644 0:0 5 1  inode=0\n"
            "x/empty file 0644 0:0 5 0 \n"
            "x/tree directory 0755 0:0 5\n"
            "x/tree/t file 0644 0:0 5 2  inode=1\n"
            "y directory 0755 0:0 5\n"
            "y/a file 0644 0:0 5 1  inode=0\n"
            "y/empty file 0644 0:0 5 0 \n"
            "y/tree directory 0755 0:0 5\n"
            "y/tree/t file 0644 0:0 5 2  inode=1\n");
}

TEST_F(ContextTest, RefusesConflicts) {
  const std::string a = File("a", "a", 0644);
  const std::string b = File("b", "b", 0644);
  EXPECT_EQ(Read({{"x", a}, {"x", b}}),
            "the build context has two different files at \"x\"");
  EXPECT_EQ(Read({{"x", a}, {"x/y", b}}),
            "the build context has two different files at \"x\"");
  EXPECT_EQ(Read({{"x/y", a}, {"x", b}}),
            "the build context has two different files at \"x\"");
}

TEST_F(ContextTest, RefusesALoopOfDirectories) {
  std::filesystem::create_directories(root_ + "/d");
  std::filesystem::create_directory_symlink(".", root_ + "/d/again");
  // The kernel follows no more than 40 links in one path.
  EXPECT_THAT(Read({{"d", root_ + "/d"}}),
              testing::HasSubstr("Too many levels of symbolic links"));
}

struct IgnoreCase {
  const char* name;
  const char* patterns;
  const char* want;
};

class WithoutIgnoredTest : public testing::TestWithParam<IgnoreCase> {};

TEST_P(WithoutIgnoredTest, KeepsTheRest) {
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::Parse(GetParam().patterns);
  ASSERT_THAT(patterns.status(), IsOk());
  const absl::StatusOr<FileTree> tree = WithoutIgnored(
      ParseTreeSpec("a = a\nd/ mode=0700\nd/e/ mode=0710\nd/e/f = f\n"
                    "d/g = g\nlogs/\n")
          .tree,
      *patterns);
  ASSERT_THAT(tree.status(), IsOk());
  std::string paths;
  for (const auto& [path, node] : tree->nodes()) {
    absl::StrAppend(&paths, paths.empty() ? "" : " ", path);
  }
  EXPECT_EQ(paths, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Ignore, WithoutIgnoredTest,
                         testing::ValuesIn<IgnoreCase>({
                             {"Nothing", "", "a d d/e d/e/f d/g logs"},
                             {"File", "a", "d d/e d/e/f d/g logs"},
                             {"Directory", "d", "a logs"},
                             {"ExceptionBringsItsParents", "*\n!d/e/f",
                              "d d/e d/e/f"},
                             {"ContentsOnly", "d/**", "a d logs"},
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(WithoutIgnored, KeepsTheMetadataOfIgnoredParents) {
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::FromList({"d", "!d/g"});
  ASSERT_THAT(patterns.status(), IsOk());
  const absl::StatusOr<FileTree> tree = WithoutIgnored(
      ParseTreeSpec("d/ mode=0700 mtime=3\nd/f = f\nd/g |\n").tree, *patterns);
  ASSERT_THAT(tree.status(), IsOk());
  EXPECT_EQ(DumpFileTree(*tree),
            ". directory 0755 0:0 0\n"
            "d directory 0700 0:0 3\n"
            "d/g fifo 0755 0:0 0\n");
}

}  // namespace
}  // namespace rules_dockerfile
