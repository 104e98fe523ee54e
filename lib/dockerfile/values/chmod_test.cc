#include "lib/dockerfile/values/chmod.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

struct ChmodCase {
  const char* name;
  const char* text;
  uint32_t mode;
  bool is_directory;
  uint32_t want;
};

class ChmodTest : public testing::TestWithParam<ChmodCase> {};

TEST_P(ChmodTest, GivesTheMode) {
  const absl::StatusOr<Chmod> chmod = ParseChmod(GetParam().text);
  ASSERT_TRUE(chmod.ok()) << chmod.status();
  EXPECT_EQ(chmod->Apply(GetParam().mode, GetParam().is_directory),
            GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, ChmodTest,
    testing::ValuesIn<ChmodCase>({
        {"Octal", "755", 0600, false, 0755},
        {"OctalWithZero", "0644", 07777, true, 0644},
        {"OctalAllBits", "7777", 0, false, 07777},
        {"AddForAll", "+x", 0644, false, 0755},
        {"AddForUser", "u+x", 0644, false, 0744},
        {"RemoveForAll", "a-w", 0666, false, 0444},
        {"SetForGroupAndOthers", "go=", 0777, false, 0700},
        {"SeveralClauses", "u=rwX,go=rX", 0600, false, 0644},
        {"ConditionalExecuteOfDirectory", "u=rwX,go=rX", 0600, true, 0755},
        {"ConditionalExecuteOfProgram", "a+X", 0100, false, 0111},
        {"ConditionalExecuteSeesTheOriginal", "a-x,a+X", 0755, false, 0755},
        {"CopyOfUser", "g=u", 0740, false, 0770},
        {"CopyOfTheChangedMode", "u+w,o=u", 0400, false, 0606},
        {"SetUser", "u+s", 0755, false, 04755},
        {"SetUserAndGroup", "+s", 0755, false, 06755},
        {"SetIdOfOthersIsNothing", "o+s", 0755, false, 0755},
        {"Sticky", "+t", 0777, true, 01777},
        {"StickyOfOthersIsNothing", "o+t", 0777, true, 0777},
        {"AssignmentClearsSetId", "u=rw", 06755, false, 02655},
        {"SeveralOperations", "u-x+w", 0555, false, 0655},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ParseChmod, RefusesWhatTheFrontendRefuses) {
  for (const char* text : {"99999", "10000", "8", "07x"}) {
    EXPECT_THAT(
        ParseChmod(text),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("invalid chmod parameter: '", text,
                              "'. it should be octal string and between 0 and "
                              "07777")));
  }
  for (const char* text : {"u", "u!x", "x", "+y", "u+x,", "-rw,z"}) {
    EXPECT_THAT(ParseChmod(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("invalid chmod parameter: '", text,
                                      "': invalid syntax")));
  }
}

}  // namespace
}  // namespace rules_dockerfile
