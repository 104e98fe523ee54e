#include "lib/image_test/expand_variables.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ExpandVariables, ReplacesBothForms) {
  EXPECT_EQ(ExpandVariables("$A:${A}x$AB", {"A=1"}), "1:1x");
}

TEST(ExpandVariables, LeavesOtherDollars) {
  EXPECT_EQ(ExpandVariables("$ 5$ ${ $1", {"A=1"}), "$ 5$ ${ $1");
  EXPECT_EQ(ExpandVariables("", {}), "");
}

}  // namespace
}  // namespace rules_dockerfile
