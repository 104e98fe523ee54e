#include "lib/sandbox/root/rooted_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ResolveCase {
  const char* name;
  const char* path;
  const char* resolved;
};

void PrintTo(const ResolveCase& test, std::ostream* out) { *out << test.name; }

class RootedPathTest : public testing::TestWithParam<ResolveCase> {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(testing::TempDir(), "/rootXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = UniqueFd(open(pattern.c_str(), O_RDONLY | O_DIRECTORY));
    mkdirat(root_.get(), "usr", 0755);
    mkdirat(root_.get(), "usr/bin", 0755);
    symlinkat("usr/bin", root_.get(), "bin");
    symlinkat("/usr", root_.get(), "absolute");
    symlinkat("../../../../usr", root_.get(), "climbing");
    symlinkat("missing/part", root_.get(), "dangling");
    symlinkat("loop", root_.get(), "loop");
  }

  UniqueFd root_;
};

TEST_P(RootedPathTest, LeadsTo) {
  EXPECT_THAT(ResolveInRoot(root_.get(), GetParam().path),
              IsOkAndHolds(GetParam().resolved));
}

INSTANTIATE_TEST_SUITE_P(Paths, RootedPathTest,
                         testing::ValuesIn(std::vector<ResolveCase>{
                             {"Root", "/", ""},
                             {"Plain", "/usr/bin", "usr/bin"},
                             {"UncleanMissing", "//usr/./lib//x/", "usr/lib/x"},
                             {"RelativeLink", "/bin/sh", "usr/bin/sh"},
                             {"AbsoluteLink", "/absolute/bin", "usr/bin"},
                             {"LinkThatClimbs", "/climbing/bin", "usr/bin"},
                             {"ParentOfTheRoot", "/../../usr", "usr"},
                             {"ParentOfALink", "/bin/../lib", "usr/lib"},
                             {"DanglingLink", "/dangling/x", "missing/part/x"},
                         }),
                         [](const auto& info) { return info.param.name; });

using RootedPath = RootedPathTest;

TEST_F(RootedPath, TooManyLinksAreAnError) {
  EXPECT_THAT(ResolveInRoot(root_.get(), "/loop"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "too many levels of symbolic links: \"/loop\""));
}

TEST_F(RootedPath, MakesWhatIsMissing) {
  EXPECT_THAT(MakeInRoot(root_.get(), "usr/a/b", /*directory=*/true),
              IsOkAndHolds(ElementsAre("usr/a", "usr/a/b")));
  EXPECT_THAT(MakeInRoot(root_.get(), "usr/a/file", /*directory=*/false),
              IsOkAndHolds(ElementsAre("usr/a/file")));
  EXPECT_THAT(MakeInRoot(root_.get(), "usr/a/file", /*directory=*/false),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(RootedPath, NamesWhatCannotBeMade) {
  EXPECT_THAT(MakeInRoot(root_.get(), "usr/f", false), absl_testing::IsOk());
  EXPECT_THAT(
      MakeInRoot(root_.get(), "usr/f/d", true),
      StatusIs(testing::_, testing::HasSubstr("cannot make \"/usr/f/d\"")));
}

}  // namespace
}  // namespace rules_dockerfile
