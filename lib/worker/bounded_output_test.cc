#include "lib/worker/bounded_output.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(BoundedOutput, KeepsAllThatFits) {
  BoundedOutput output(4);
  EXPECT_EQ(output.Text(), "");
  output.Append("abc");
  output.Append("defgh");
  EXPECT_EQ(output.Text(), "abcdefgh");
}

TEST(BoundedOutput, KeepsTheBeginAndTheEnd) {
  BoundedOutput output(2);
  output.Append("abcdefg");
  EXPECT_EQ(output.Text(), "ab\n[3 bytes left out]\nfg");
  for (const char* more : {"h", "i", "jklmnopq"}) output.Append(more);
  EXPECT_EQ(output.Text(), "ab\n[13 bytes left out]\npq");
}

}  // namespace
}  // namespace rules_dockerfile
