#include "lib/dockerfile/syntax/heredoc.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> HeredocNames(absl::string_view line) {
  std::vector<std::string> names;
  for (const Heredoc& heredoc : HeredocsInLine(line)) {
    names.push_back(absl::StrCat(heredoc.fd, heredoc.chomp ? "-" : "",
                                 heredoc.expand ? "$" : "", heredoc.name));
  }
  return names;
}

TEST(HeredocsInLine, FindsWords) {
  EXPECT_THAT(HeredocNames("RUN <<EOF"), ElementsAre("0$EOF"));
  EXPECT_THAT(HeredocNames("RUN <<-EOF 3<<X"), ElementsAre("0-$EOF", "3$X"));
  EXPECT_THAT(HeredocNames("RUN << EOF"), ElementsAre("0$EOF"));
  EXPECT_THAT(HeredocNames("RUN <<'E' <<\"F\" <<G\"H\""),
              ElementsAre("0E", "0F", "0GH"));
  EXPECT_THAT(HeredocNames("RUN <<'one two'"), ElementsAre("0one two"));
  EXPECT_THAT(
      HeredocNames("RUN <<'a name that is longer' <<-AND_ANOTHER_ONE_TOO"),
      ElementsAre("0a name that is longer", "0-$AND_ANOTHER_ONE_TOO"));
  EXPECT_THAT(HeredocNames("RUN <<a\\'b"), ElementsAre("0$a'b"));
  EXPECT_THAT(HeredocNames("RUN <<$EOF"), ElementsAre("0$$EOF"));
  EXPECT_THAT(HeredocNames("RUN echo 1<<EOF"), ElementsAre("1$EOF"));
}

TEST(HeredocsInLine, LeavesOthers) {
  for (absl::string_view line :
       {"RUN \"<<EOF\"", "RUN '<<EOF'", "RUN <<<x", "RUN a<<EOF", "RUN <<- EOF",
        "RUN $((1<<4))", "RUN <<", "RUN <<'EOF"}) {
    EXPECT_THAT(HeredocNames(line), ElementsAre()) << line;
  }
}

TEST(HeredocFileContent, ChompsTabsOnly) {
  EXPECT_EQ(HeredocFileContent({.chomp = true, .content = "\t\ta\n \tb\n\n"}),
            "a\n \tb\n\n");
}

}  // namespace
}  // namespace rules_dockerfile
