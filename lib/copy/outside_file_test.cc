#include "lib/copy/outside_file.h"

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/copy/context.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

// A source tree with links, and its copy in a sandbox: a link a file.
class OutsideFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    for (const char* path : {"tree/app/a", "tree/app/dir/b", "tree/other/c"}) {
      std::filesystem::create_directories(
          std::filesystem::path(Path(path)).parent_path());
      ASSERT_THAT(WriteFile(Path(path), "data"), IsOk());
    }
    std::filesystem::create_directory_symlink("dir", Path("tree/app/inside"));
    std::filesystem::create_directory_symlink("../other",
                                              Path("tree/app/outside"));
    for (const char* path :
         {"app/a", "app/dir/b", "app/inside/b", "app/outside/c", "other/c"}) {
      const std::string link = Path(std::string("sandbox/") + path);
      std::filesystem::create_directories(
          std::filesystem::path(link).parent_path());
      std::filesystem::create_symlink(Path(std::string("tree/") + path), link);
    }
  }

  std::string Path(const std::string& path) const { return root_ + "/" + path; }

  ContextFile InContext(const std::string& path) const {
    return {.path = path, .file = Path("sandbox/app/" + path)};
  }

  const std::string root_ =
      std::filesystem::canonical(testing::TempDir()).string() +
      "/outside_file_test";
};

TEST_F(OutsideFileTest, NamesAFileThatALinkBringsIn) {
  EXPECT_EQ(FindOutsideFile({InContext("a"), InContext("dir/b"),
                             InContext("inside/b"), InContext("outside/c")}),
            (OutsideFile{.path = "outside/c", .file = Path("tree/other/c")}));
}

// As a worker of Bazel sees them, without symlinks for the files.
TEST_F(OutsideFileTest, NamesAFileOfADirectoryThatIsALink) {
  const auto in_tree = [&](const std::string& path) {
    return ContextFile{
        .path = path, .file = Path("tree/app/" + path), .size = 4};
  };
  EXPECT_EQ(FindOutsideFile({in_tree("a"), in_tree("dir/b"),
                             in_tree("inside/b"), in_tree("outside/c")}),
            (OutsideFile{.path = "outside/c", .file = Path("tree/other/c")}));
  EXPECT_EQ(
      FindOutsideFile({in_tree("a"), in_tree("dir/b"), in_tree("inside/b")}),
      std::nullopt);
}

TEST_F(OutsideFileTest, AcceptsLinksInsideOfTheContext) {
  EXPECT_EQ(FindOutsideFile(
                {InContext("a"), InContext("dir/b"), InContext("inside/b")}),
            std::nullopt);
}

TEST_F(OutsideFileTest, AcceptsAFileThatIsPlaced) {
  EXPECT_EQ(
      FindOutsideFile({InContext("a"),
                       {.path = "placed", .file = Path("sandbox/other/c")}}),
      std::nullopt);
}

TEST_F(OutsideFileTest, KnowsNothingWithoutAFileOfTheContext) {
  EXPECT_EQ(FindOutsideFile({InContext("outside/c")}), std::nullopt);
  EXPECT_EQ(FindOutsideFile({InContext("missing")}), std::nullopt);
}

}  // namespace
}  // namespace rules_dockerfile
