#include "lib/pattern/ignore.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct IgnoreCase {
  const char* name;
  std::string file;
  std::vector<std::string> ignored;
  std::vector<std::string> kept;
};

class IgnoresTest : public testing::TestWithParam<IgnoreCase> {};

TEST_P(IgnoresTest, Decides) {
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::Parse(GetParam().file);
  ASSERT_TRUE(patterns.ok()) << patterns.status();
  for (const std::string& path : GetParam().ignored) {
    EXPECT_TRUE(patterns->Ignores(path)) << path;
  }
  for (const std::string& path : GetParam().kept) {
    EXPECT_FALSE(patterns->Ignores(path)) << path;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, IgnoresTest,
    testing::ValuesIn(std::vector<IgnoreCase>{
        {"Nothing", "", {}, {"a", "a/b"}},
        {"Exact", "a.txt", {"a.txt", "a.txt/below"}, {"b/a.txt", "A.txt"}},
        {"Directory", "logs/", {"logs", "logs/x/y"}, {"log", "x/logs"}},
        {"LeadingSlash", "/a", {"a", "a/b"}, {"b/a"}},
        {"Dots", "./a/../b", {"b"}, {"a"}},
        {"Star", "*.txt", {"a.txt", ".txt"}, {"d/a.txt", "a.txt2"}},
        {"StarInMiddle", "a/*/c", {"a/b/c", "a/b/c/d"}, {"a/b/x/c", "a/c"}},
        {"QuestionMark", "a?", {"ab", "a\xc3\xa4"}, {"a", "a/", "abc"}},
        {"Class", "[a-c]x", {"ax", "cx"}, {"dx", "-x"}},
        {"NegatedClass", "[^a]x", {"bx"}, {"ax"}},
        {"ClassOfBracket", "arr[[]0]", {"arr[0]"}, {"arr0"}},
        {"ClassOfStarIsNone", "[*]x", {"]x", "[^]x"}, {"*x", "ax"}},
        {"ClassOfQuestionMark", "[?]x", {"[]x"}, {"?x", "a]x"}},
        {"NamedClass", "[[:alpha:]]x", {"ax"}, {":x", "1x"}},
        {"BracketAfterDoubleStar", "**]x", {"]x", "a/]x"}, {"a]x", "a/b]x"}},
        {"Escape", R"(\*\?\\x)", {"*?\\x"}, {"xdx", "*?x"}},
        {"EscapedDigitClass", R"(a\d)", {"a1"}, {"ad"}},
        {"EscapeOfDoubleStar", R"(**\*)", {"*", "a/*"}, {"a*", "a"}},
        {"Caret", "a^b", {"a^b"}, {"ab"}},
        {"CaretBesideStar", "^*", {"a", "^"}, {}},
        {"CaretAfterText", "a^*", {}, {"a^", "a^b", "ab"}},
        {"RegexCharacters", "a.b+(c){d}|$^", {"a.b+(c){d}|$^"}, {"axb"}},
        {"DoubleStar", "**", {"a", "a/b/c"}, {}},
        {"DoubleStarPrefix", "**/x", {"x", "a/x", "a/b/x/y"}, {"xx", "ax"}},
        {"DoubleStarGlued", "**x", {"x", "ax", "a/bx"}, {"xa"}},
        {"DoubleStarSuffix", "a/**", {"a/b", "a/b/c"}, {"a", "ab"}},
        {"DoubleStarMiddle", "a/**/b", {"a/b", "a/x/b", "a/x/y/b"}, {"ab"}},
        {"DoubleStarBoth", "**/a/**", {"a/b", "x/a/b"}, {"a", "x/a"}},
        {"DoubleStarWithStar",
         "**/*.md",
         {"a.md", "x/a.md", "x/y/a.md"},
         {"a.mdx"}},
        {"Exception", "*\n!keep", {"a", "d/x"}, {"keep", "keep/y"}},
        {"ExceptionBelow", "d\n!d/keep", {"d", "d/x"}, {"d/keep", "d/keep/y"}},
        {"ExceptionOfKeptDirectory", "*/x\n!d", {"d/x", "d/x/y"}, {"d", "d/y"}},
        {"ExceptionOfIgnoredDirectory", "d\n*/x\n!d", {}, {"d", "d/x"}},
        {"LastDecides", "!a\na", {"a"}, {}},
        {"ExceptionThenIgnored", "a\n!a/b\na/b/c", {"a/x", "a/b/c"}, {"a/b/d"}},
        {"BlanksAfterBang", "*\n!  keep ", {"a"}, {"keep"}},
        {"Comments", "#a\n  #b\n\n   \n", {"#b"}, {"#a", "a", "b"}},
        {"CommentOnlyInColumnZero", " # x", {"# x"}, {"x"}},
        {"ByteOrderMark",
         "\xef\xbb\xbf"
         "a\n\xef\xbb\xbf"
         "b",
         {"a"},
         {"b"}},
        {"CarriageReturns", "a\r\nb\r\n", {"a", "b"}, {}},
    }),
    [](const testing::TestParamInfo<IgnoreCase>& info) {
      return std::string(info.param.name);
    });

TEST(IgnorePatterns, ListsCleanedPatterns) {
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::Parse("/a//b/\n! ./c\n# x\n");
  ASSERT_TRUE(patterns.ok()) << patterns.status();
  EXPECT_THAT(patterns->patterns(), ElementsAre("a/b", "!c"));
  EXPECT_TRUE(patterns->has_exceptions());
}

TEST(IgnorePatterns, DropsBlankListEntries) {
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::FromList({"", "  "});
  ASSERT_TRUE(patterns.ok()) << patterns.status();
  EXPECT_THAT(patterns->patterns(), IsEmpty());
  EXPECT_FALSE(patterns->has_exceptions());
}

TEST(IgnorePatterns, RefusesLoneBang) {
  EXPECT_THAT(IgnorePatterns::Parse("a\n!\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "illegal exclusion pattern: \"!\""));
}

class MalformedTest : public testing::TestWithParam<const char*> {};

TEST_P(MalformedTest, IsASyntaxError) {
  EXPECT_THAT(
      IgnorePatterns::Parse(GetParam()),
      StatusIs(absl::StatusCode::kInvalidArgument, "syntax error in pattern"));
}

INSTANTIATE_TEST_SUITE_P(Table, MalformedTest,
                         testing::Values("[", "a[", "[]", "[^]", "[a", "[a-",
                                         "[a-]", "[-a]", "a\\", "[z-a]",
                                         R"(a\y)", "\\\xc3\xa4", "x*[",
                                         "[]a]"));

struct MatchCase {
  const char* pattern;
  const char* path;
  bool want;
};

class MatchPathTest : public testing::TestWithParam<MatchCase> {};

TEST_P(MatchPathTest, Matches) {
  EXPECT_THAT(MatchPath(GetParam().pattern, GetParam().path),
              absl_testing::IsOkAndHolds(GetParam().want))
      << GetParam().pattern << " " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(Table, MatchPathTest,
                         testing::ValuesIn(std::vector<MatchCase>{
                             {"", "", true},
                             {"abc", "abc", true},
                             {"*", "abc", true},
                             {"*", "", true},
                             {"*", "a/b", false},
                             {"*c", "abc", true},
                             {"a*", "a", true},
                             {"a*", "ab/c", false},
                             {"a*/b", "abc/b", true},
                             {"a*/b", "a/c/b", false},
                             {"a*b*c*d*e*/f", "axbxcxdxe/f", true},
                             {"a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false},
                             {"a*b?c*x", "abxbbxdbxebxczzx", true},
                             {"a*b?c*x", "abxbbxdbxebxczzy", false},
                             {"ab[c]", "abc", true},
                             {"ab[b-d]", "abc", true},
                             {"ab[e-g]", "abc", false},
                             {"ab[^c]", "abc", false},
                             {"ab[^b-d]", "abc", false},
                             {"ab[^e-g]", "abc", true},
                             {"a\\*b", "a*b", true},
                             {"a\\*b", "ab", false},
                             {"a?b",
                              "a\xe2\x98\xba"
                              "b",
                              true},
                             {"a[^a]b",
                              "a\xe2\x98\xba"
                              "b",
                              true},
                             {"a???b",
                              "a\xe2\x98\xba"
                              "b",
                              false},
                             {"[a-\xce\xb6]*", "\xce\xb1", true},
                             {"*[a-\xce\xb6]", "A", false},
                             {"a?b", "a/b", false},
                             {"a*b", "a/b", false},
                             {"[\\]a]", "]", true},
                             {"[\\-]", "-", true},
                             {"[x\\-]", "z", false},
                             {"*x", "xxx", true},
                             {"*x*", "axb", true},
                             {"**", "a", true},
                             {"**/x", "a/b/x", false},
                         }));

TEST(MatchPath, ReadsTheWholePatternForItsErrors) {
  EXPECT_THAT(MatchPath("b[", "a"), StatusIs(absl::StatusCode::kInvalidArgument,
                                             "syntax error in pattern"));
}

}  // namespace
}  // namespace rules_dockerfile
