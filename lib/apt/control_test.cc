#include "lib/apt/control.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParseControl, KeepsFieldsInOrderAndContinuationsVerbatim) {
  EXPECT_THAT(
      ParseControl("Package: hello \n"
                   "Conffiles:\n"
                   " /etc/hello 0123\n"
                   "Description: greets\n"
                   " In many ways.\n"
                   " .\n"
                   "   - with a list\n"),
      IsOkAndHolds(ElementsAre(ControlParagraph{{
          {"Package", "hello"},
          {"Conffiles", "\n /etc/hello 0123"},
          {"Description", "greets\n In many ways.\n .\n   - with a list"},
      }})));
}

TEST(ParseControl, SeparatesParagraphsAtEmptyLines) {
  EXPECT_THAT(ParseControl("\n\nA: 1\n \n\nB: 2"),
              IsOkAndHolds(ElementsAre(ControlParagraph{{{"A", "1"}}},
                                       ControlParagraph{{{"B", "2"}}})));
  EXPECT_THAT(ParseControl(""), IsOkAndHolds(IsEmpty()));
}

TEST(ControlParagraph, FindsFieldsWhateverTheirCase) {
  const ControlParagraph paragraph = {{{"Multi-Arch", "same"}}};
  EXPECT_EQ(paragraph.Value("multi-arch"), "same");
  EXPECT_EQ(paragraph.Value("Package"), "");
}

TEST(ControlParagraphToText, ReturnsWhatWasParsed) {
  const std::string text =
      "Package: hello\n"
      "Empty:\n"
      "Conffiles:\n"
      " /etc/hello 0123\n"
      "Description: greets\n"
      " In many ways.\n";
  const auto paragraphs = ParseControl(text);
  ASSERT_TRUE(paragraphs.ok()) << paragraphs.status();
  EXPECT_EQ(ControlParagraphToText(paragraphs->at(0)), text);
}

struct BadControlCase {
  const char* name;
  const char* text;
  const char* error;
};

class BadControl : public testing::TestWithParam<BadControlCase> {};

TEST_P(BadControl, IsRefused) {
  EXPECT_THAT(ParseControl(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    ParseControl, BadControl,
    testing::Values(
        BadControlCase{
            "NoColon", "A: 1\nfoo\n",
            "control file line 2: \"foo\": expected \"Field: value\""},
        BadControlCase{
            "NoName", ": 1\n",
            "control file line 1: \": 1\": expected \"Field: value\""},
        BadControlCase{"ContinuesNothing", "A: 1\n\n more\n",
                       "control file line 3: \" more\": continues a field, but "
                       "there is none"},
        BadControlCase{
            "FieldTwice", "A: 1\na: 2\n",
            "control file line 2: \"a: 2\": the field is given twice"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
