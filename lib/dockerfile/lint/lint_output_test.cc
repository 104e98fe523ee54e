// The output of a check: its messages and its JSON.
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/lint/lint.h"
#include "lib/dockerfile/lint/lint_rule.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {
namespace {

TEST(LintViolation, ListsRulesOnce) {
  const ReadDockerfile read =
      ReadDockerfileUpToError("# check=error=true\nFROM a as B\nFROM c AS D\n");
  EXPECT_EQ(LintViolation(Lint(read, {})),
            "lint violation found for rules: FromAsCasing, StageNameCasing");
}

TEST(LintJson, IsDockers) {
  const std::string text = "FROM a AS B\n";
  EXPECT_EQ(LintJson(Lint(ReadDockerfileUpToError(text), {}), "D", text),
            R"({
  "warnings": [
    {
      "ruleName": "StageNameCasing",
      "description": "Stage names should be lowercase",
      "url": "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
      "detail": "Stage name 'B' should be lowercase",
      "location": {
        "ranges": [
          {
            "start": {
              "line": 1
            },
            "end": {
              "line": 1
            }
          }
        ]
      }
    }
  ],
  "sources": [
    {
      "filename": "D",
      "language": "Dockerfile",
      "data": "RlJPTSBhIEFTIEIK"
    }
  ]
}
)");
}

TEST(LintJson, HasTheViolationAsError) {
  const std::string text = "# check=error=true\nFROM a AS B\n";
  const std::string json =
      LintJson(Lint(ReadDockerfileUpToError(text), {}), "D", text);
  EXPECT_TRUE(absl::EndsWith(json, R"(
  "buildError": {
    "message": "lint violation found for rules: StageNameCasing",
    "location": {}
  }
}
)")) << json;
}

TEST(LintRuleUrl, IsKebabCase) {
  EXPECT_EQ(LintRuleUrl(LintRuleNamed("JSONArgsRecommended")),
            "https://docs.docker.com/go/dockerfile/rule/"
            "json-args-recommended/");
  EXPECT_EQ(LintRuleUrl(LintRuleNamed("InvalidBaseImagePlatform")), "");
}

}  // namespace
}  // namespace rules_dockerfile
