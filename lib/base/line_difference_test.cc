#include "lib/base/line_difference.h"

#include <optional>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(FirstLineDifference, IsNothingForEqualTexts) {
  EXPECT_EQ(FirstLineDifference("a\nb\n", "a\nb\n"), std::nullopt);
}

TEST(FirstLineDifference, IsTheFirstLineThatDiffers) {
  EXPECT_EQ(FirstLineDifference("a\nb\nc\n", "a\nx\ny\n"),
            (LineDifference{.line = 2, .want = "b", .got = "x"}));
}

TEST(FirstLineDifference, ReportsTheEndOfTheShorterText) {
  EXPECT_EQ(FirstLineDifference("a\nb", "a"),
            (LineDifference{.line = 2, .want = "b", .got = "<end>"}));
  EXPECT_EQ(FirstLineDifference("a", "a\n"),
            (LineDifference{.line = 2, .want = "<end>", .got = ""}));
}

}  // namespace
}  // namespace rules_dockerfile
