#include "lib/dockerfile/lint/lint.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/pattern/ignore.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

// "line Rule: detail" of each finding, then the error.
std::string Findings(absl::string_view text, const LintOptions& options) {
  const LintReport report = Lint(ReadDockerfileUpToError(text), options);
  std::string result;
  for (const LintWarning& warning : report.warnings) {
    absl::StrAppend(&result, warning.lines.first, " ", warning.rule, ": ",
                    warning.detail, "\n");
  }
  if (report.build_error) {
    absl::StrAppend(&result, "error: ", report.build_error->message, "\n");
  }
  return result;
}

struct LintCase {
  const char* name;
  std::string text;
  std::string want;
};

class LintTest : public testing::TestWithParam<LintCase> {};

TEST_P(LintTest, Finds) {
  EXPECT_EQ(Findings(GetParam().text, {}), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, LintTest,
    testing::ValuesIn(std::vector<LintCase>{
        {"Clean", "ARG V=1\nFROM a:$V AS b\nWORKDIR /x\nCMD [\"y\"]\n", ""},
        {"StageNameCasing", "FROM a AS Foo\n",
         "1 StageNameCasing: Stage name 'Foo' should be lowercase\n"},
        {"FromAsCasing", "FROM a as b\n",
         "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match\n"},
        {"FromAsCasingLower", "from a as b\n", ""},
        {"FromAsCasingMixed", "from a As b\n",
         "1 FromAsCasing: 'As' and 'from' keywords' casing do not match\n"},
        {"NoEmptyContinuation", "FROM a\nRUN b \\\n\n c\n",
         "4 NoEmptyContinuation: Empty continuation line\n"},
        {"ConsistentInstructionCasing", "FROM a\nrun b\nRUN c\n",
         "2 ConsistentInstructionCasing: Command 'run' should match the case "
         "of the command majority (uppercase)\n"},
        {"ConsistentInstructionCasingLower", "from a\nrun b\nRun c\n",
         "3 ConsistentInstructionCasing: Command 'Run' should match the case "
         "of the command majority (lowercase)\n"},
        {"DuplicateStageName", "FROM a AS b\nFROM c AS b\n",
         "2 DuplicateStageName: Duplicate stage name \"b\", stage names should "
         "be unique\n"},
        {"ReservedStageName", "FROM a AS scratch\n",
         "1 ReservedStageName: Stage name should not use the same name as "
         "reserved stage \"scratch\"\n"},
        {"JsonArgsRecommended", "FROM a\nCMD b\n",
         "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent "
         "unintended behavior related to OS signals\n"},
        {"JsonArgsWithShell", "FROM a\nSHELL [\"sh\"]\nCMD b\n", ""},
        {"MaintainerDeprecated", "FROM a\nMAINTAINER b\n",
         "2 MaintainerDeprecated: Maintainer instruction is deprecated in "
         "favor of using label\n"},
        {"UndefinedArgInFrom", "ARG VERSION=1\nFROM a:${VERSON}b\n",
         "2 UndefinedArgInFrom: FROM argument 'VERSON' is not declared (did "
         "you mean VERSION?)\n"},
        {"ArgWithoutValueIsDeclared", "ARG B\nARG C\nFROM ${B:-a}$C\n", ""},
        {"UndefinedVar", "FROM a\nENV PATH=$PAHT:/x\nUSER $u\n",
         "2 UndefinedVar: Usage of undefined variable '$PAHT' (did you mean "
         "$PATH?)\n3 UndefinedVar: Usage of undefined variable '$u'\n"},
        {"UndefinedVarDeclared", "FROM a\nARG u\nUSER $u\n", ""},
        {"UndefinedVarOfTheParentStage",
         "FROM a AS b\nARG u=1\nFROM b\nUSER $u\n", ""},
        {"TriggersOfTheParentStage",
         "FROM a AS b\nONBUILD CMD $c\nONBUILD USER $u\nFROM b\nCMD [\"d\"]\n",
         "4 JSONArgsRecommended: JSON arguments recommended for CMD to prevent "
         "unintended behavior related to OS signals\n"
         "4 UndefinedVar: Usage of undefined variable '$u'\n"
         "4 MultipleInstructionsDisallowed: Multiple CMD instructions should "
         "not be used in the same stage because only the last one will be "
         "used\n"},
        {"LegacyTriggerOfTheParentStage",
         "FROM a AS b\nONBUILD LABEL d e\nFROM b\n",
         "3 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead "
         "of legacy \"LABEL key value\" format\n"},
        {"WorkdirRelativePath", "FROM a\nWORKDIR b\nWORKDIR c\n",
         "2 WorkdirRelativePath: Relative workdir \"b\" can have unexpected "
         "results if the base image changes\n"},
        {"MultipleInstructions", "FROM a\nCMD [\"b\"]\nCMD [\"c\"]\n",
         "2 MultipleInstructionsDisallowed: Multiple CMD instructions should "
         "not be used in the same stage because only the last one will be "
         "used\n"},
        {"LegacyKeyValueFormat", "FROM a\nENV b c\nLABEL d e\n",
         "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of "
         "legacy \"ENV key value\" format\n"
         "3 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead "
         "of legacy \"LABEL key value\" format\n"},
        {"RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM a\n",
         "1 RedundantTargetPlatform: Setting platform to predefined "
         "$TARGETPLATFORM in FROM is redundant as this is the default "
         "behavior\n"},
        {"SecretsUsedInArgOrEnv", "FROM a\nARG MY_TOKEN\nENV password=x\n",
         "2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for "
         "sensitive data (ARG \"MY_TOKEN\")\n"
         "3 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for "
         "sensitive data (ENV \"password\")\n"},
        {"InvalidDefaultArgInFrom", "ARG T\nFROM a:$T\n",
         "2 InvalidDefaultArgInFrom: Default value for ARG a:$T results in "
         "empty or invalid base image name\n"
         "error: failed to parse stage name \"a:\": invalid reference "
         "format\n"},
        {"FromPlatformFlagConst", "FROM --platform=linux/amd64 a AS b\n",
         "1 FromPlatformFlagConstDisallowed: FROM --platform flag should not "
         "use constant value \"linux/amd64\"\n"},
        {"FromPlatformFlagConstNamed",
         "FROM --platform=linux/amd64 a AS b-amd64\n", ""},
        {"ExposeProtoCasing", "FROM a\nEXPOSE 80/TCP\n",
         "2 ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction "
         "should be lowercase\n"},
        {"ExposeInvalidFormat", "FROM a\nEXPOSE 127.0.0.1:80:81\n",
         "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP "
         "address or host-port mapping, found '127.0.0.1:80:81'\n"},
        {"ExposeWithoutHostOrAddress", "FROM a\nEXPOSE :80 ::81\n", ""},
        {"ExposeOfUndefined", "FROM a\nEXPOSE $x ${y:-80}\n", ""},
        {"VolumeOfUndefined", "FROM a\nVOLUME $x\n",
         "2 UndefinedVar: Usage of undefined variable '$x'\n"
         "error: VOLUME specified can not be an empty string\n"},
        {"StopsignalOfUndefined", "FROM a\nSTOPSIGNAL $x\n",
         "2 UndefinedVar: Usage of undefined variable '$x'\n"
         "error: invalid signal: \n"},
        {"StopsAtTheFirstError", "FROM a\nUSER $x\nUSER ${x?no}\nCMD b\n",
         "2 UndefinedVar: Usage of undefined variable '$x'\n"
         "error: failed to process \"${x?no}\": x: no\n"},
    }),
    [](const testing::TestParamInfo<LintCase>& info) {
      return std::string(info.param.name);
    });

INSTANTIATE_TEST_SUITE_P(
    Config, LintTest,
    testing::ValuesIn(std::vector<LintCase>{
        {"Skip", "# check=skip=StageNameCasing,FromAsCasing\nFROM a as B\n",
         ""},
        {"SkipAll", "# check=skip=all\nFROM a as B\n", ""},
        {"SkipInstruction",
         "FROM a\n# check=skip=WorkdirRelativePath\nWORKDIR b\nUSER $x\n",
         "4 UndefinedVar: Usage of undefined variable '$x'\n"},
        {"ExperimentalIsOff", "# about it\nFROM a AS b\n", ""},
        {"Experimental",
         "# check=experimental=all\n\n# about it\nFROM a AS b\n",
         "4 InvalidDefinitionDescription: Comment for FROM should follow the "
         "format: `# b <description>`\n"},
        {"ExperimentalGood",
         "# check=experimental=all\n\n# b builds\nFROM a AS b\n", ""},
        {"BelowShebang",
         "#!/usr/bin/env docker\n# check=skip=all\nFROM a as B\n", ""},
        {"BelowByteOrderMarkAndShebang",
         "\xef\xbb\xbf#!x\n#check=skip=all\nFROM a as B\n", ""},
        {"BelowShebangAndOthers",
         "#!x\n# syntax=y\n# escape=`\n# check=skip=all\nFROM a as B\n", ""},
        {"BelowShebangAndComment",
         "#!x\n# y\n# check=skip=all\nARG A\nFROM a as b\n",
         "5 FromAsCasing: 'as' and 'FROM' keywords' casing do not match\n"},
        {"IndentedIsComment", " # check=skip=all\nFROM a as b\n",
         "2 FromAsCasing: 'as' and 'FROM' keywords' casing do not match\n"},
        {"SkipInstructionAboveBlankLines",
         "FROM a\n# check=skip=WorkdirRelativePath\n\n \nWORKDIR b\n", ""},
        {"SkipInstructionAboveEmptyComment",
         "FROM a\n# check=skip=WorkdirRelativePath\n#\nWORKDIR b\n",
         "4 WorkdirRelativePath: Relative workdir \"b\" can have unexpected "
         "results if the base image changes\n"},
        {"UnknownOption", "# check=nope=1\nFROM a\n",
         "error: failed to parse check options: invalid check option "
         "\"nope\"\n"},
    }),
    [](const testing::TestParamInfo<LintCase>& info) {
      return std::string(info.param.name);
    });

INSTANTIATE_TEST_SUITE_P(
    Errors, LintTest,
    testing::ValuesIn(std::vector<LintCase>{
        {"OfLinesTellsNothingElse", "FROM a as B\nRUN <<X\n",
         "error: unterminated heredoc\n"},
        {"OfLinesComesAfterThatOfTheOptions",
         "# check=nope=1\nFROM a\nRUN <<X\n",
         "error: failed to parse check options: invalid check option "
         "\"nope\"\n"},
        {"OfAnInstruction",
         "from a as B\nMAINTAINER c\nRUN d \\\n\ne\nUNKNOWN\nMAINTAINER f\n"
         "RUN g \\\n\nh\n",
         "1 StageNameCasing: Stage name 'B' should be lowercase\n"
         "2 MaintainerDeprecated: Maintainer instruction is deprecated in "
         "favor of using label\n"
         "5 NoEmptyContinuation: Empty continuation line\n"
         "10 NoEmptyContinuation: Empty continuation line\n"
         "error: dockerfile parse error on line 6: unknown instruction: "
         "UNKNOWN\n"},
        {"OfTheFromItself", "FROM a as 1B\n",
         "1 StageNameCasing: Stage name '1B' should be lowercase\n"
         "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match\n"
         "error: dockerfile parse error on line 1: invalid name for build "
         "stage: \"1B\", name can't start with a number or contain symbols\n"},
        {"OfTheMaintainerItself", "FROM a\nMAINTAINER\n",
         "2 MaintainerDeprecated: Maintainer instruction is deprecated in "
         "favor of using label\n"
         "error: dockerfile parse error on line 2: MAINTAINER requires exactly "
         "one argument\n"},
        {"OfAnInstructionAboveTheFirstFrom", "MAINTAINER b\nFROM a AS B\n",
         "1 MaintainerDeprecated: Maintainer instruction is deprecated in "
         "favor of using label\n"
         "error: no build stage in current context\n"},
        {"OfABase", "FROM a:$u AS b\nFROM $v\nFROM $w\n",
         "1 InvalidDefaultArgInFrom: Default value for ARG a:$u results in "
         "empty or invalid base image name\n"
         "1 UndefinedArgInFrom: FROM argument 'u' is not declared\n"
         "2 InvalidDefaultArgInFrom: Default value for ARG $v results in empty "
         "or invalid base image name\n"
         "2 UndefinedArgInFrom: FROM argument 'v' is not declared\n"
         "3 InvalidDefaultArgInFrom: Default value for ARG $w results in empty "
         "or invalid base image name\n"
         "error: base name ($v) should not be blank\n"},
        {"OfAPlatform", "FROM --platform=$u a\nFROM --platform=$v b\n",
         "1 UndefinedArgInFrom: FROM argument 'u' is not declared\n"
         "error: empty platform value from expression $u\n"},
        {"OfTheGraphLeavesInstructionsAlone",
         "FROM a as b\nENV c d\nCOPY --from=7 e f\n",
         "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match\n"
         "error: invalid stage index 7\n"},
        {"OfAnImageNameLeavesInstructionsAlone", "FROM a\nENV c d\nFROM B\n",
         "3 InvalidDefaultArgInFrom: Default value for ARG B results in empty "
         "or invalid base image name\n"
         "error: failed to parse stage name \"B\": invalid reference format: "
         "repository name (library/B) must be lowercase\n"},
        {"OfALaterStage",
         "FROM a AS b\nENV c d\nCOPY --from=f $unknown .\nWORKDIR y\nFROM a AS "
         "f\n",
         "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of "
         "legacy \"ENV key value\" format\n"
         "3 UndefinedVar: Usage of undefined variable '$unknown'\n"
         "error: cannot copy from stage \"f\", it needs to be defined before "
         "current stage \"b\"\n"},
        {"OfAnInstructionsMeaning",
         "FROM a\nENV c d\nCOPY --chmod=9 e f\nENV g h\n",
         "2 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of "
         "legacy \"ENV key value\" format\n"
         "error: invalid chmod parameter: '9'. it should be octal string and "
         "between 0 and 07777\n"},
        {"OfAStageThatIsNotNeeded", "FROM a AS b\nCOPY --chmod=9 e f\nFROM c\n",
         "error: invalid chmod parameter: '9'. it should be octal string and "
         "between 0 and 07777\n"},
    }),
    [](const testing::TestParamInfo<LintCase>& info) {
      return std::string(info.param.name);
    });

TEST(Lint, SkipsStagesThatAPlainBuildDoesNotNeed) {
  LintOptions options;
  options.needed_stages_only = true;
  EXPECT_EQ(Findings("FROM a\nENV b c\nLABEL d e\nCOPY --chmod=9 f g\n"
                     "FROM a\nENV b c\n",
                     options),
            "6 LegacyKeyValueFormat: \"ENV key=value\" should be used instead "
            "of legacy \"ENV key value\" format\n");
}

TEST(Lint, UsesTheBaseImagesEnvironmentAndPlatform) {
  LintOptions options;
  options.bases["docker.io/library/a:latest"] = {
      .environment = {"HOME=/x"},
      .shell = {"bash"},
      .platform = Platform{.os = "linux", .architecture = "arm64"}};
  EXPECT_EQ(Findings("FROM a\nUSER $HOME\nCMD x\n", options),
            "1 InvalidBaseImagePlatform: Base image a was pulled with platform "
            "\"linux/arm64\", expected \"linux/amd64\" for current build\n");
}

TEST(Lint, UsesTheEnvironmentOfANamedContext) {
  LintOptions options;
  options.stages.named_contexts = {"ctx"};
  options.bases[NormalizedReference("ctx")] = {.environment = {"HOME=/x"}};
  EXPECT_EQ(Findings("FROM ctx\nUSER $HOME\n", options), "");
}

TEST(Lint, IgnoresVariablesOfUnknownBases) {
  LintOptions options;
  options.unknown_bases = true;
  options.bases[NormalizedReference("known")] = {};
  EXPECT_EQ(Findings("FROM a AS b\nUSER $x\nFROM b\nUSER $x\n"
                     "FROM known\nUSER $x\nFROM scratch\nUSER $x\n",
                     options),
            "6 UndefinedVar: Usage of undefined variable '$x'\n"
            "8 UndefinedVar: Usage of undefined variable '$x'\n");
  EXPECT_EQ(Findings("FROM a\nUSER ${x:?no}\n", options), "");
  EXPECT_EQ(Findings("FROM known\nUSER ${x:?no}\n", options),
            "error: failed to process \"${x:?no}\": x: no\n");
}

TEST(Lint, VisitsTheTriggersOfABaseAtItsFrom) {
  LintOptions options;
  options.bases[NormalizedReference("a")] = {
      .triggers = {"WORKDIR b", "ENV c=$d", "MAINTAINER e"}};
  EXPECT_EQ(Findings("FROM b\n\nFROM a\nUSER $c\n", options),
            "3 WorkdirRelativePath: Relative workdir \"b\" can have unexpected "
            "results if the base image changes\n"
            "3 UndefinedVar: Usage of undefined variable '$d'\n"
            "3 MaintainerDeprecated: Maintainer instruction is deprecated in "
            "favor of using label\n");
  options.bases[NormalizedReference("a")] = {.triggers = {"RUN b\nRUN c"}};
  EXPECT_EQ(Findings("FROM a\n", options),
            "error: onbuild trigger should be a single expression\n");
}

TEST(Lint, KnowsIgnoredFiles) {
  LintOptions options;
  options.ignore = *IgnorePatterns::Parse("secret*\n");
  EXPECT_EQ(
      Findings("FROM a\nCOPY secret.txt b /c/\nADD /secret /d\n", options),
      "2 CopyIgnoredFile: Attempting to Copy file \"secret.txt\" that is "
      "excluded by .dockerignore\n"
      "3 CopyIgnoredFile: Attempting to Add file \"/secret\" that is "
      "excluded by .dockerignore\n");
  options.ignore = *IgnorePatterns::Parse("secret*\n!b\n");
  EXPECT_EQ(Findings("FROM a\nCOPY secret.txt /c/\n", options), "");
}

TEST(Lint, BuildArgumentReplacesTheDirective) {
  LintOptions options;
  options.stages.scope.build_args["BUILDKIT_DOCKERFILE_CHECK"] = "skip=all";
  EXPECT_EQ(Findings("# check=error=true\nFROM a as B\n", options), "");
}

}  // namespace
}  // namespace rules_dockerfile
