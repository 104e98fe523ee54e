#include "lib/worker/line_buffer.h"

#include <optional>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(LineBuffer, GivesWholeLines) {
  LineBuffer lines;
  EXPECT_EQ(lines.Next(), std::nullopt);
  lines.Append("a");
  EXPECT_EQ(lines.Next(), std::nullopt);
  EXPECT_EQ(lines.size(), 1);
  lines.Append("b\n\nc\nd");
  EXPECT_EQ(lines.Next(), "ab");
  EXPECT_EQ(lines.Next(), "");
  EXPECT_EQ(lines.Next(), "c");
  EXPECT_EQ(lines.Next(), std::nullopt);
  EXPECT_EQ(lines.size(), 1);
}

}  // namespace
}  // namespace rules_dockerfile
