#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/outline.h"
#include "lib/testing/golden.h"

namespace rules_dockerfile {
namespace {

// Clears what a dump does not keep: lines, comments, warnings.
Dockerfile WithoutLines(Dockerfile dockerfile) {
  dockerfile.warnings.clear();
  const auto clear = [](Instruction& instruction) {
    instruction.lines = {};
    instruction.comment.clear();
  };
  for (Instruction& arg : dockerfile.global_args) clear(arg);
  for (Stage& stage : dockerfile.stages) {
    clear(stage.from);
    for (Instruction& instruction : stage.instructions) clear(instruction);
  }
  return dockerfile;
}

class CorpusTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    directory_ = absl::StrCat("testdata/dockerfile/", GetParam(), "/");
    const absl::StatusOr<std::string> text =
        ReadFile(absl::StrCat(directory_, "Dockerfile"));
    ASSERT_TRUE(text.ok()) << text.status();
    const auto parsed = ParseDockerfile(*text);
    if (const auto* error = std::get_if<Diagnostic>(&parsed)) {
      FAIL() << FormatDiagnostic("Dockerfile", *text, *error);
    }
    dockerfile_ = std::get<Dockerfile>(parsed);
  }

  std::string directory_;
  Dockerfile dockerfile_;
};

TEST_P(CorpusTest, DumpIsGolden) {
  EXPECT_TRUE(MatchesGolden(absl::StrCat(directory_, "dump.golden"),
                            DumpDockerfile(dockerfile_)));
}

TEST_P(CorpusTest, OutlineIsGolden) {
  EXPECT_TRUE(MatchesGolden(absl::StrCat(directory_, "outline.golden.json"),
                            OutlineJson(dockerfile_)));
}

TEST_P(CorpusTest, OutlineAgreesWithItself) {
  EXPECT_TRUE(CheckOutline(dockerfile_, OutlineJson(dockerfile_)).ok());
}

TEST_P(CorpusTest, ParsingADumpReturnsTheSameTree) {
  const auto again = ParseDockerfile(DockerfileText(dockerfile_));
  ASSERT_TRUE(std::holds_alternative<Dockerfile>(again))
      << std::get<Diagnostic>(again).message;
  EXPECT_EQ(DumpDockerfile(WithoutLines(std::get<Dockerfile>(again))),
            DumpDockerfile(WithoutLines(dockerfile_)));
  EXPECT_EQ(WithoutLines(std::get<Dockerfile>(again)),
            WithoutLines(dockerfile_));
}

TEST_P(CorpusTest, InstructionTextsReadBack) {
  const char escape = dockerfile_.directives.escape;
  for (const Stage& stage : WithoutLines(dockerfile_).stages) {
    for (const Instruction& instruction : stage.instructions) {
      const std::string text = InstructionTextOf(instruction, escape);
      absl::StatusOr<InstructionText> read = ParseInstructionText(text);
      ASSERT_TRUE(read.ok()) << text << read.status();
      read->instruction.lines = {};
      EXPECT_EQ(*read, (InstructionText{instruction, escape})) << text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, CorpusTest,
                         testing::Values("lines", "heredoc", "instructions"),
                         [](const testing::TestParamInfo<std::string>& info) {
                           return info.param;
                         });

TEST(ParseInstructionText, RequiresOneInstruction) {
  EXPECT_THAT(ParseInstructionText("RUN a\nRUN b\n"),
              absl_testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                     "expected one instruction, got 2"));
}

// A Dockerfile reaches the length with continuations.
TEST(ParseInstructionText, ReadsALineThatIsLongerThanThoseOfAFile) {
  const std::string line(60000, 'x');
  const auto parsed =
      ParseDockerfile(absl::StrCat("FROM a\nRUN ", line, "\\\n", line, "\n"));
  const Instruction& run =
      std::get<Dockerfile>(parsed).stages[0].instructions[0];
  const absl::StatusOr<InstructionText> read =
      ParseInstructionText(InstructionTextOf(run, '\\'));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->instruction.body, run.body);
}

TEST(InstructionTextOf, KeepsAnEscapeAtTheEndOfTheFile) {
  const auto parsed = ParseDockerfile("FROM a\nRUN b\\ \\");
  const Instruction& run =
      std::get<Dockerfile>(parsed).stages[0].instructions[0];
  const absl::StatusOr<InstructionText> read =
      ParseInstructionText(InstructionTextOf(run, '\\'));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->instruction.body, run.body);
}

TEST(CheckOutline, TakesBytesThatAreNotUtf8) {
  const auto parsed = ParseDockerfile("FROM a\nMAINTAINER J\xfcrgen \xe9\n");
  // As the extension writes it: the file's bytes between quotes.
  const std::string outline =
      R"({"escape": "\\", "global_args": [], "stages": [{"base": "a",)"
      R"( "index": 0, "line": 1, "name": "", "platform": "",)"
      R"( "text": "FROM a\n", "instructions": [{"from": [],)"
      R"( "keyword": "MAINTAINER", "line": 2, "sources": [],)"
      " \"text\": \"MAINTAINER J\xfcrgen \xe9\\n\"}]}]}";
  EXPECT_TRUE(CheckOutline(std::get<Dockerfile>(parsed), outline).ok());
}

TEST(CheckOutline, ShowsTheFirstDifference) {
  const auto parsed = ParseDockerfile("FROM a\nRUN b\n");
  const Dockerfile& dockerfile = std::get<Dockerfile>(parsed);
  std::string outline = OutlineJson(dockerfile);
  outline.replace(outline.find("RUN b"), 5, "RUN c");
  EXPECT_THAT(
      CheckOutline(dockerfile, outline),
      absl_testing::StatusIs(
          absl::StatusCode::kInternal,
          "the outline of the module extension differs from the parser's at "
          "stages[0].instructions[0].text: expected \"RUN b\\n\", got "
          "\"RUN c\\n\"; this is a bug in rules_dockerfile, not in the "
          "Dockerfile: please report it"));
}

}  // namespace
}  // namespace rules_dockerfile
