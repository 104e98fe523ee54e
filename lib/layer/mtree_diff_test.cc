#include "lib/layer/mtree_diff.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

MtreeFilter Filter(const std::vector<std::string>& keywords = {},
                   const std::vector<std::string>& paths = {}) {
  return {.keywords = keywords, .paths = *IgnorePatterns::FromList(paths)};
}

absl::StatusOr<std::string> Diff(absl::string_view golden,
                                 absl::string_view image,
                                 const MtreeFilter& filter = Filter()) {
  return DescribeMtreeDiff(golden, image, filter, /*max_lines=*/4);
}

TEST(MtreeDiff, IsEmptyForEqualTexts) {
  EXPECT_THAT(Diff("#mtree\n. type=dir\n./a type=file size=1\n",
                   ". type=dir\n\n./a size=1 type=file\r\n"),
              IsOkAndHolds(""));
}

TEST(MtreeDiff, HasALineForEachPath) {
  const std::string one(64, '1');
  const std::string two(64, '2');
  EXPECT_THAT(
      Diff(absl::StrCat("./c type=file mode=0644 sha256digest=", one,
                        "\n./d type=dir\n./same type=dir\n"),
           absl::StrCat(
               "./a\\040b type=file mode=0755 time=5.0 size=12 sha256digest=",
               two, "\n./c type=file mode=0600 sha256digest=", two,
               " nlink=2\n./same type=dir\n")),
      IsOkAndHolds("A ./a\\040b type=file mode=0755 size=12\n"
                   "C ./c mode 0644 -> 0600, sha256digest 111111111111… -> "
                   "222222222222…, nlink none -> 2\n"
                   "D ./d\n"
                   "1 added, 1 changed, 1 removed\n"));
}

TEST(MtreeDiff, LeavesOutKeywordsAndPaths) {
  EXPECT_THAT(Diff("./a time=1.0 size=1\n./log/x size=1\n./tmp size=1\n",
                   "./a time=2.0 size=1\n./log/y\\040z size=2\n./tmp size=2\n",
                   Filter({"time"}, {"log", "t*"})),
              IsOkAndHolds(""));
}

TEST(MtreeDiff, ShowsAsManyLinesAsItMay) {
  EXPECT_THAT(
      Diff("", "./a x=1\n./b x=1\n./c x=1\n./d x=1\n./e x=1\n./f x=1\n"),
      IsOkAndHolds("A ./a x=1\nA ./b x=1\nA ./c x=1\nA ./d x=1\n"
                   "… and 2 more\n"
                   "6 added, 0 changed, 0 removed\n"));
}

TEST(MtreeDiff, RefusesWhatIsNotALine) {
  for (const auto& [text, error] :
       std::vector<std::pair<std::string, std::string>>{
           {"#mtree\n/set type=dir\n",
            "golden file: line 2: expected a path below \".\", got \"/set\""},
           {"./a optional\n",
            "golden file: line 1: expected KEYWORD=VALUE, got \"optional\""},
           {"./a x=1\n./a x=1\n", "golden file: duplicate path \"./a\""},
       }) {
    EXPECT_THAT(Diff(text, ""),
                StatusIs(absl::StatusCode::kInvalidArgument, error));
  }
  EXPECT_THAT(
      Diff("", "a"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "image: line 1: expected a path below \".\", got \"a\""));
}

TEST(FilterMtree, KeepsTheRest) {
  EXPECT_THAT(
      FilterMtree("# comment\n. type=dir time=1.0\n./a type=file time=1.0 "
                  "size=1\n./b/c type=file\n",
                  Filter({"time", "size"}, {"b"})),
      IsOkAndHolds("#mtree\n. type=dir\n./a type=file\n"));
}

}  // namespace
}  // namespace rules_dockerfile
