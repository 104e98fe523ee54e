#include "lib/image_test/text_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/image_test/structure_config.h"

namespace rules_dockerfile {
namespace {

std::string Lines(const Problems& problems) {
  return absl::StrJoin(problems, "\n");
}

TEST(CheckText, FindsPatternsAnywhere) {
  EXPECT_EQ(Lines(CheckText("it", "one\ntwo\n", {"w", "^one\ntwo\n$"}, {"x"})),
            "");
}

TEST(CheckText, ShowsTheText) {
  EXPECT_EQ(Lines(CheckText("it", "one\ntwo\n", {"^two", "e"}, {"o"})),
            "it does not match \"^two\"\nit must not match \"o\"\n"
            "it is:\n  | one\n  | two");
  EXPECT_EQ(Lines(CheckText("it", "", {"a"}, {})),
            "it does not match \"a\"\nit is empty");
}

TEST(CheckText, CutsALongText) {
  EXPECT_EQ(Lines(CheckText("it", std::string(5000, 'a'), {"b"}, {})),
            absl::StrCat("it does not match \"b\"\nit is:\n  | ",
                         std::string(4096, 'a'), "…"));
}

TEST(CheckCommand, ShowsTheOutputsOfAWrongExitCode) {
  EXPECT_EQ(Lines(CheckCommand({.exit_code = 1}, {.exit_code = 1})), "");
  EXPECT_EQ(Lines(CheckCommand({}, {.exit_code = 2, .errors = "no\n"})),
            "exit code 2, expected 0\nstandard output is empty\nstandard error "
            "is:\n  | no");
}

}  // namespace
}  // namespace rules_dockerfile
