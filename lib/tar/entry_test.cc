#include "lib/tar/entry.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(CleanTarPath, StaysBelowTheRoot) {
  EXPECT_EQ(CleanTarPath("a/b"), "a/b");
  EXPECT_EQ(CleanTarPath("./a//b/"), "a/b");
  EXPECT_EQ(CleanTarPath("/a/./b"), "a/b");
  EXPECT_EQ(CleanTarPath("a/../b"), "b");
  EXPECT_EQ(CleanTarPath("../../etc/x"), "etc/x");
  EXPECT_EQ(CleanTarPath("a/../../../b/.."), "");
  EXPECT_EQ(CleanTarPath("./"), "");
  EXPECT_EQ(CleanTarPath(""), "");
  EXPECT_EQ(CleanTarPath("..a/...b"), "..a/...b");
}

}  // namespace
}  // namespace rules_dockerfile
