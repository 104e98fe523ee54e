#include "lib/dockerfile/syntax/dockerfile.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/instruction.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

// The text after a FROM on line 1.
std::string InStage(absl::string_view text) {
  return absl::StrCat("FROM a\n", text, "\n");
}

// The instructions of a text's first stage.
std::vector<Instruction> InstructionsOf(absl::string_view text) {
  const auto result = ParseDockerfile(text);
  if (const auto* error = std::get_if<Diagnostic>(&result)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Dockerfile>(result).stages[0].instructions;
}

struct RunCase {
  const char* name;
  std::string text;
  CommandLine want;
};

class RunTest : public testing::TestWithParam<RunCase> {};

TEST_P(RunTest, Reads) {
  const std::vector<Instruction> instructions = InstructionsOf(GetParam().text);
  ASSERT_EQ(instructions.size(), 1u);
  EXPECT_EQ(std::get<RunInstruction>(instructions[0].body).command,
            GetParam().want);
}

CommandLine Shell(std::string text) {
  return {.shell_form = true, .args = {std::move(text)}};
}

CommandLine Exec(std::vector<std::string> args) {
  return {.shell_form = false, .args = std::move(args)};
}

INSTANTIATE_TEST_SUITE_P(
    Lines, RunTest,
    testing::ValuesIn(std::vector<RunCase>{
        {"Blanks", InStage("  RUN  a  b  "), Shell("a  b")},
        {"NoArgument", InStage("RUN"), Shell("")},
        {"Hash", InStage("RUN a # c"), Shell("a # c")},
        {"Continuation", InStage("RUN a \\\n  b"), Shell("a   b")},
        {"BlanksAfterToken", InStage("RUN a\\ \t \nb"), Shell("ab")},
        {"TwoTokens", InStage("RUN a\\\\"), Shell("a\\\\")},
        {"LoneToken", InStage("RUN a \\\n\\\nb"), Shell("a b")},
        {"CommentInside", InStage("RUN a \\\n  # c \\\nb"), Shell("a b")},
        {"BlankInside", InStage("RUN a \\\n\n \t\nb"), Shell("a b")},
        {"EndOfFileInside", "FROM a\nRUN a \\", Shell("a")},
        {"LeadingToken", InStage("\\\n RUN a"), Shell("a")},
        {"CarriageReturns", "FROM a\r\nRUN a \\\r\n b\r\n", Shell("a  b")},
        {"EscapeDirective", "# escape=`\nFROM a\nRUN a `\nb \\\n",
         Shell("a b \\")},
        {"ByteOrderMark",
         "\xef\xbb\xbf"
         "FROM a\nRUN b",
         Shell("b")},
        {"LeadingUnicodeSpace", InStage("\xc2\xa0\xe3\x80\x80RUN a"),
         Shell("a")},
        {"TokenAtEnd", "FROM a\nRUN b\\\n", Shell("b")},
        {"LongestLine", InStage("RUN " + std::string(65531, 'x')),
         Shell(std::string(65531, 'x'))},
    }),
    [](const testing::TestParamInfo<RunCase>& info) {
      return std::string(info.param.name);
    });

INSTANTIATE_TEST_SUITE_P(
    JsonForm, RunTest,
    testing::ValuesIn(std::vector<RunCase>{
        {"Strings", InStage(R"(RUN ["a", "b c"])"), Exec({"a", "b c"})},
        {"Empty", InStage("RUN []"), Exec({})},
        {"Escapes", InStage(R"(RUN ["\u00e4\n\/\ud83d\ude00"])"),
         Exec({"\xc3\xa4\n/\xf0\x9f\x98\x80"})},
        {"LoneSurrogates", InStage(R"(RUN ["\ud800x\udc00\ud800\ud800"])"),
         Exec({"\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"})},
        {"InvalidUtf8", InStage("RUN [\"\xff\xc3\"]"),
         Exec({"\xef\xbf\xbd\xef\xbf\xbd"})},
        {"SingleQuotes", InStage("RUN ['a']"), Shell("['a']")},
        {"TrailingComma", InStage(R"(RUN ["a",])"), Shell(R"(["a",])")},
        {"TrailingText", InStage(R"(RUN ["a"] # x)"), Shell(R"(["a"] # x)")},
        {"ShellTest", InStage("RUN [ -f x ]"), Shell("[ -f x ]")},
        {"AcrossLines", InStage("RUN [\"a\", \\\n\"b\"]"), Exec({"a", "b"})},
        {"Nul", InStage(absl::string_view("RUN [\"a\"]\0x", 11)),
         Shell(std::string("[\"a\"]\0x", 7))},
    }),
    [](const testing::TestParamInfo<RunCase>& info) {
      return std::string(info.param.name);
    });

TEST(ParseDockerfile, FlagsAreUnquotedAndUnescaped) {
  const std::vector<Instruction> instructions = InstructionsOf(
      InStage(R"(COPY --from="a b" --exclude=x\ y --exclude='"' -- --odd /d)"));
  const auto& copy = std::get<CopyInstruction>(instructions.at(0).body);
  EXPECT_EQ(copy.from, "a b");
  EXPECT_THAT(copy.excludes, ElementsAre("x y", "\""));
  EXPECT_THAT(copy.sources, ElementsAre("--odd"));
}

TEST(ParseDockerfile, FlagsKeepUtf8) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("COPY --chown=\xc3\xa4\xc3\xa0 a b"));
  EXPECT_EQ(std::get<CopyInstruction>(instructions.at(0).body).chown,
            "\xc3\xa4\xc3\xa0");
}

TEST(ParseDockerfile, SourcesIgnoreQuotes) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("COPY \"a b\" /x"));
  EXPECT_THAT(std::get<CopyInstruction>(instructions.at(0).body).sources,
              ElementsAre("\"a", "b\""));
}

TEST(ParseDockerfile, JsonFormHasNoHeredocs) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("COPY [\"<<EOF\", \"/x\"]"));
  EXPECT_THAT(std::get<CopyInstruction>(instructions.at(0).body).sources,
              ElementsAre("<<EOF"));
}

TEST(ParseDockerfile, EnvWordsKeepQuotes) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage(R"(ENV A="x y"'z' "q k"=v\ w C=${X:-a b}=)"));
  const auto& env = std::get<EnvInstruction>(instructions.at(0).body);
  EXPECT_THAT(
      env.variables,
      ElementsAre(KeyValue{"A", R"("x y"'z')"}, KeyValue{R"("q k")", R"(v\ w)"},
                  KeyValue{"C", "${X:-a"}, KeyValue{"b}", ""}));
}

TEST(ParseDockerfile, LegacyEnvTakesTheRestVerbatim) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("ENV A  b  c=d "));
  EXPECT_EQ(std::get<EnvInstruction>(instructions.at(0).body),
            (EnvInstruction{.variables = {{"A", "b  c=d"}}, .legacy = true}));
}

TEST(ParseDockerfile, CommentsAboveAreAttachedAcrossBlankLines) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("# gone\n#\n# b\n\n  # c\n\nRUN x\nRUN y"));
  EXPECT_THAT(instructions.at(0).comment, ElementsAre("b", "# c"));
  EXPECT_THAT(instructions.at(1).comment, ElementsAre());
}

TEST(ParseDockerfile, WarnsOfBlankContinuationLines) {
  const auto result = ParseDockerfile("FROM a\nRUN b \\\n\n c\n");
  EXPECT_THAT(std::get<Dockerfile>(result).warnings,
              ElementsAre(Diagnostic{
                  .ranges = {{4, 4}},
                  .message = "Empty continuation line found in: RUN b  c"}));
}

TEST(ParseDockerfile, OnbuildKeepsItsTriggerVerbatim) {
  const std::vector<Instruction> instructions =
      InstructionsOf(InStage("onbuild  run   echo  $A <<B \nx\nB"));
  EXPECT_EQ(std::get<OnbuildInstruction>(instructions.at(0).body).trigger,
            "run   echo  $A <<B \nx\nB");
}

}  // namespace
}  // namespace rules_dockerfile
