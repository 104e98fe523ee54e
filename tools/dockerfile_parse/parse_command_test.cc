#include "tools/dockerfile_parse/parse_command.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

ParseCommandOptions Options(std::string text) {
  ParseCommandOptions options = {.filename = "D", .text = std::move(text)};
  options.stages.scope.target_platform = {.os = "linux",
                                          .architecture = "amd64"};
  return options;
}

TEST(RunParseCommand, PrintsNothingForAValidFile) {
  const ParseCommandResult result = RunParseCommand(Options("FROM scratch\n"));
  EXPECT_TRUE(result.ok);
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.messages, "");
}

TEST(RunParseCommand, PrintsDumpAndOutline) {
  ParseCommandOptions options = Options("FROM scratch\n");
  options.dump = true;
  options.outline_json = true;
  const std::string output = RunParseCommand(options).output;
  EXPECT_TRUE(absl::StrContains(output, "\"stages\": [")) << output;
  EXPECT_FALSE(absl::StartsWith(output, "{")) << output;
}

TEST(RunParseCommand, ShowsASyntaxError) {
  const ParseCommandResult result = RunParseCommand(Options("FROM a b\n"));
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.messages,
            "D:1\n"
            "--------------------\n"
            "   1 | >>> FROM a b\n"
            "   2 |     \n"
            "--------------------\n"
            "error: dockerfile parse error on line 1: FROM requires either one "
            "or three arguments\n");
  EXPECT_TRUE(absl::StrContains(result.lint_json, "\"buildError\""));
}

TEST(RunParseCommand, SaysNothingOfAnErrorIfOnlyTheRulesApply) {
  for (const char* text : {"FROM scratch AS Up\nFROM a b\n",
                           "FROM scratch AS Up\nCOPY --from=1 a b\n"}) {
    ParseCommandOptions options = Options(text);
    options.rules_only = true;
    const ParseCommandResult result = RunParseCommand(options);
    EXPECT_TRUE(result.ok) << text;
    EXPECT_EQ(result.messages, "") << text;
  }
  ParseCommandOptions options = Options("FROM scratch AS Up\n");
  options.rules_only = true;
  EXPECT_EQ(RunParseCommand(options).messages,
            "D: WARN: StageNameCasing: Stage name 'Up' should be lowercase "
            "(line 1)\n");
}

TEST(RunParseCommand, ShowsAnErrorOfTheStagesAfterTheDump) {
  ParseCommandOptions options = Options("FROM scratch\nCOPY --from=1 a b\n");
  options.dump = true;
  const ParseCommandResult result = RunParseCommand(options);
  EXPECT_FALSE(result.ok);
  EXPECT_NE(result.output, "");
  EXPECT_TRUE(absl::EndsWith(result.messages, "error: invalid stage index 1\n"))
      << result.messages;
}

TEST(RunParseCommand, ComparesTheOutline) {
  ParseCommandOptions options = Options("FROM scratch\n");
  options.outline = "{}";
  const ParseCommandResult result = RunParseCommand(options);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.messages,
            "D: the outline of the module extension differs from the parser's "
            "at escape: expected \"\\\\\", got nothing; this is a bug in "
            "rules_dockerfile, not in the Dockerfile: please report it\n");
}

TEST(RunParseCommand, WarnsInOneLine) {
  const ParseCommandResult result = RunParseCommand(Options("FROM a as b\n"));
  EXPECT_TRUE(result.ok);
  EXPECT_EQ(result.messages,
            "D: WARN: FromAsCasing: 'as' and 'FROM' keywords' casing do not "
            "match (line 1)\n");
}

TEST(RunParseCommand, CountsTheWarningsBeyondTwenty) {
  std::string text = "FROM scratch AS s0\n";
  std::string first;
  for (int line = 2; line <= 24; ++line) {
    absl::StrAppend(&text, "FROM scratch as s", line, "\n");
    if (line > 21) continue;
    absl::StrAppend(&first,
                    "D: WARN: FromAsCasing: 'as' and 'FROM' keywords' casing "
                    "do not match (line ",
                    line, ")\n");
  }
  ParseCommandOptions options = Options(text);
  EXPECT_EQ(
      RunParseCommand(options).messages,
      absl::StrCat(first, "D: WARN: 3 more: lint = \"error\" shows all\n"));

  options.lint_mode = LintMode::kError;
  EXPECT_TRUE(
      absl::StrContains(RunParseCommand(options).messages, "D:24\n---"));
}

TEST(RunParseCommand, WarnsBesideAnErrorOfTheStages) {
  const ParseCommandResult result =
      RunParseCommand(Options("FROM scratch AS B\nCOPY --from=5 c d\n"));
  EXPECT_FALSE(result.ok);
  EXPECT_TRUE(absl::StartsWith(result.messages,
                               "D: WARN: StageNameCasing: Stage name 'B' "
                               "should be lowercase (line 1)\nD:2\n"))
      << result.messages;
  EXPECT_TRUE(absl::EndsWith(result.messages, "error: invalid stage index 5\n"))
      << result.messages;
}

TEST(RunParseCommand, FailsForAViolationWhenAsked) {
  ParseCommandOptions options = Options("FROM a as b\n");
  options.lint_mode = LintMode::kError;
  const ParseCommandResult result = RunParseCommand(options);
  EXPECT_FALSE(result.ok);
  EXPECT_TRUE(absl::StartsWith(result.messages,
                               "WARNING: FromAsCasing - https://docs.docker."
                               "com/go/dockerfile/rule/from-as-casing/\n"))
      << result.messages;
  EXPECT_TRUE(absl::EndsWith(
      result.messages, "error: lint violation found for rules: FromAsCasing\n"))
      << result.messages;
}

TEST(RunParseCommand, ChecksUnneededStagesByDefault) {
  ParseCommandOptions options = Options("FROM a\nLABEL d=${e?no}\nFROM f\n");
  for (const LintMode mode :
       {LintMode::kOff, LintMode::kWarn, LintMode::kError}) {
    options.lint_mode = mode;
    options.lint.needed_stages_only = false;
    options.stages.scope.target = "";
    EXPECT_TRUE(
        absl::EndsWith(RunParseCommand(options).messages,
                       "error: failed to process \"${e?no}\": e: no\n"));
    options.lint.needed_stages_only = true;
    EXPECT_TRUE(RunParseCommand(options).ok);
  }
}

TEST(RunParseCommand, WarnsBeforeASyntaxError) {
  const ParseCommandResult result =
      RunParseCommand(Options("FROM scratch AS B\nUNKNOWN\n"));
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.messages,
            "D: WARN: StageNameCasing: Stage name 'B' should be lowercase "
            "(line 1)\n"
            "D:2\n"
            "--------------------\n"
            "   1 |     FROM scratch AS B\n"
            "   2 | >>> UNKNOWN\n"
            "   3 |     \n"
            "--------------------\n"
            "error: dockerfile parse error on line 2: unknown instruction: "
            "UNKNOWN\n");
  EXPECT_TRUE(absl::StrContains(result.lint_json, "\"StageNameCasing\""));
}

// `first`, and thirty times `each`: 9^30 bytes are more than any memory.
std::string Growing(std::string first, std::string each) {
  std::string text = std::move(first);
  for (int i = 0; i < 30; ++i) text += each;
  return text;
}

TEST(RunParseCommand, RefusesVariablesThatGrowWithoutLimit) {
  // Line 7 expands to 10 * 9^5 bytes, which are fewer than 1 MiB.
  const ParseCommandResult result = RunParseCommand(Options(Growing(
      "FROM scratch\nENV A=1234567890\n", "ENV A=$A$A$A$A$A$A$A$A$A\n")));
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(
      result.messages,
      "D:8\n"
      "--------------------\n"
      "   6 |     ENV A=$A$A$A$A$A$A$A$A$A\n"
      "   7 |     ENV A=$A$A$A$A$A$A$A$A$A\n"
      "   8 | >>> ENV A=$A$A$A$A$A$A$A$A$A\n"
      "   9 |     ENV A=$A$A$A$A$A$A$A$A$A\n"
      "  10 |     ENV A=$A$A$A$A$A$A$A$A$A\n"
      "--------------------\n"
      "error: failed to process \"$A$A$A$A$A$A$A$A$A\": variables expand to "
      "more than 1048576 bytes\n");
}

TEST(RunParseCommand, RefusesGlobalArgumentsThatGrowWithoutLimit) {
  const ParseCommandResult result = RunParseCommand(
      Options(Growing("ARG A=1234567890\n", "ARG A=$A$A$A$A$A$A$A$A$A\n") +
              "FROM scratch\n"));
  EXPECT_FALSE(result.ok);
  EXPECT_TRUE(absl::StartsWith(result.messages, "D:7\n")) << result.messages;
  EXPECT_TRUE(absl::EndsWith(result.messages,
                             "error: failed to process \"$A$A$A$A$A$A$A$A$A\": "
                             "variables expand to more "
                             "than 1048576 bytes\n"))
      << result.messages;
}

TEST(RunParseCommand, KeepsQuietWhenLintIsOff) {
  ParseCommandOptions options = Options("# check=error=true\nFROM a as b\n");
  options.lint_mode = LintMode::kOff;
  EXPECT_TRUE(RunParseCommand(options).ok);
  EXPECT_EQ(RunParseCommand(options).messages, "");
}

// Errors are not rules.
TEST(RunParseCommand, HidesNoErrorWhenLintIsOff) {
  for (const auto& [text, error] :
       std::vector<std::pair<std::string, std::string>>{
           {"# check=nope=1\nFROM a\n",
            "error: failed to parse check options: invalid check option "
            "\"nope\"\n"},
           {"FROM a b\n",
            "error: dockerfile parse error on line 1: FROM requires either one "
            "or three arguments\n"},
           {"FROM a\nCOPY --from=1 b c\n", "error: invalid stage index 1\n"},
           {"FROM a\nUSER ${b?no}\n",
            "error: failed to process \"${b?no}\": b: no\n"},
           {"FROM a\nVOLUME $b\n",
            "error: VOLUME specified can not be an empty string\n"},
           {"FROM a\nSTOPSIGNAL x$b\n", "error: invalid signal: x\n"}}) {
    ParseCommandOptions options = Options(text);
    options.lint_mode = LintMode::kOff;
    const ParseCommandResult result = RunParseCommand(options);
    EXPECT_FALSE(result.ok) << text;
    EXPECT_TRUE(absl::EndsWith(result.messages, error)) << result.messages;
    EXPECT_FALSE(absl::StrContains(result.messages, "WARN"));
  }
}

TEST(RunParseCommand, WarnsOfUnusedBuildArguments) {
  ParseCommandOptions options = Options(
      "ARG GLOBAL\nFROM a AS b\nARG X Y=1\nONBUILD ARG TRIGGER\nFROM c\n");
  options.stages.scope.build_args = {
      {"BASE", ""},        {"BUILDKIT_SYNTAX", ""},
      {"GLOBAL", ""},      {"SOURCE_DATE_EPOCH", "1"},
      {"TARGETARCH", "x"}, {"TRIGGER", ""},
      {"X", ""},           {"Y", ""},
      {"http_proxy", ""}};
  options.lint.bases["docker.io/library/c:latest"].triggers = {"ARG BASE"};
  EXPECT_EQ(RunParseCommand(options).messages, "");

  options.stages.scope.build_args["VERSON"] = "1";
  options.stages.scope.build_args["x"] = "1";
  const ParseCommandResult result = RunParseCommand(options);
  EXPECT_TRUE(result.ok);
  EXPECT_EQ(result.messages,
            "D: [Warning] One or more build-args [VERSON x] were not "
            "consumed\n");
  options.lint_mode = LintMode::kOff;
  EXPECT_EQ(RunParseCommand(options).messages, "");
}

TEST(RunParseCommand, ReportsTheCallersErrorIfThereIsNoOther) {
  ParseCommandOptions options = Options("FROM scratch\n");
  options.error = "it cannot be";
  EXPECT_FALSE(RunParseCommand(options).ok);
  EXPECT_EQ(RunParseCommand(options).messages, "error: it cannot be\n");
  options.text = "";
  EXPECT_EQ(RunParseCommand(options).messages,
            "error: the Dockerfile cannot be empty\n");
}

}  // namespace
}  // namespace rules_dockerfile
