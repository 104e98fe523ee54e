#include "lib/registry/challenge.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ParseChallenges, ReadsParameters) {
  EXPECT_EQ(
      ParseChallenges(
          R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push")")
          .value(),
      (std::vector<Challenge>{
          {.scheme = "bearer",
           .parameters = {{"realm", "https://auth.docker.io/token"},
                          {"service", "registry.docker.io"},
                          {"scope", "repository:a/b:pull,push"}}}}));
}

TEST(ParseChallenges, ReadsSeveralChallenges) {
  EXPECT_EQ(ParseChallenges(
                R"(Basic Realm = "a \"b\"" , charset=UTF-8, , Bearer realm=x)")
                .value(),
            (std::vector<Challenge>{
                {.scheme = "basic",
                 .parameters = {{"realm", "a \"b\""}, {"charset", "UTF-8"}}},
                {.scheme = "bearer", .parameters = {{"realm", "x"}}}}));
  EXPECT_EQ(ParseChallenges("").value(), std::vector<Challenge>{});
  EXPECT_EQ(ParseChallenges("Negotiate").value(),
            std::vector<Challenge>{{.scheme = "negotiate"}});
}

TEST(ParseChallenges, RefusesOtherForms) {
  EXPECT_EQ(ParseChallenges("Bearer realm=\"x").status(),
            absl::InvalidArgumentError(
                "challenge \"Bearer realm=\"x\": unterminated quoted string"));
  EXPECT_EQ(ParseChallenges("realm=x").status(),
            absl::InvalidArgumentError(
                "challenge \"realm=x\": expected a scheme first"));
  EXPECT_EQ(
      ParseChallenges("Bearer (").status(),
      absl::InvalidArgumentError("challenge \"Bearer (\": expected a scheme"));
}

}  // namespace
}  // namespace rules_dockerfile
