#include "lib/plan/copy_plan.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

absl::StatusOr<CopyPlan> Plan(absl::string_view instruction) {
  const absl::StatusOr<InstructionText> text =
      ParseInstructionText(absl::StrCat(instruction, "\n"));
  if (!text.ok()) return text.status();
  return PlanCopy(*text, {.env = {"V=v", "D=/d/", "S=a b"}, .workdir = "/w"});
}

struct CopyCase {
  const char* name;
  const char* instruction;
  std::vector<std::string> sources;
  const char* destination;
  const char* created_by;
};

void PrintTo(const CopyCase& row, std::ostream* out) { *out << row.name; }

class PlanCopyTest : public testing::TestWithParam<CopyCase> {};

TEST_P(PlanCopyTest, ReturnsPathsAndHistory) {
  const absl::StatusOr<CopyPlan> plan = Plan(GetParam().instruction);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->sources, GetParam().sources);
  EXPECT_EQ(plan->destination, GetParam().destination);
  EXPECT_EQ(plan->history.created_by, GetParam().created_by);
  EXPECT_FALSE(plan->history.empty_layer);
}

INSTANTIATE_TEST_SUITE_P(
    Copy, PlanCopyTest,
    testing::ValuesIn<CopyCase>({
        {"Absolute", "COPY a /x", {"a"}, "/x", "COPY a /x # buildkit"},
        {"Relative", "COPY a x", {"a"}, "/w/x", "COPY a x # buildkit"},
        {"Slash", "COPY a b x/", {"a", "b"}, "/w/x/", "COPY a b x/ # buildkit"},
        {"SlashDot", "COPY a /x/.", {"a"}, "/x/", "COPY a /x/. # buildkit"},
        {"Dot", "COPY a .", {"a"}, "/w/", "COPY a . # buildkit"},
        {"Root", "COPY . /", {"."}, "/", "COPY . / # buildkit"},
        {"ParentOfRoot",
         "COPY a /../x",
         {"a"},
         "/x",
         "COPY a /../x # buildkit"},
        {"EmptyDestination",
         "COPY a $NONE",
         {"a"},
         "/w/",
         "COPY a  # buildkit"},
        {"AllIsExpanded",
         "COPY $V \"q\"$V $D",
         {"v", "qv"},
         "/d/",
         "COPY v qv /d/ # buildkit"},
        {"ExpansionDoesNotSplit",
         "COPY $S /x",
         {"a b"},
         "/x",
         "COPY a b /x # buildkit"},
        {"JsonForm",
         "COPY [\"a b\", \"$V\", \"/x y\"]",
         {"a b", "v"},
         "/x y",
         "COPY a b v /x y # buildkit"},
        {"FlagsInHistory",
         "COPY --link --from=s --exclude=*.o --chmod=7${NONE}55 --chown=$V:g "
         "--parents a /x",
         {"a"},
         "/x",
         "COPY --parents --chown=v:g --chmod=755 a /x # buildkit"},
        {"Add",
         "ADD --chown=1 https://h/f /x",
         {"https://h/f"},
         "/x",
         "ADD --chown=1 https://h/f /x # buildkit"},
        {"AddLocalNameLikeARepository",
         "ADD github.com/x/y /x",
         {"github.com/x/y"},
         "/x",
         "ADD github.com/x/y /x # buildkit"},
        {"Heredocs",
         "COPY a <<B <<-'C' /x/\nB\nC",
         {"a"},
         "/x/",
         "COPY a <<B <<C /x/ # buildkit"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(PlanCopy, ExpandsHereDocumentsExceptQuotedOnes) {
  const absl::StatusOr<CopyPlan> plan = Plan(
      "COPY <<A <<-\"B\" /x/\n"
      "$V ${V}'s \"$NONE\" \\$V \\\\ \\x `c` $(d)\nA\n"
      "\t\t$V\n\tB");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->inline_files,
            (std::vector<InlineFile>{{"A", "v v's \"\" $V \\ x `c` $(d)\n"},
                                     {"B", "$V\n"}}));
  EXPECT_EQ(plan->undefined, (std::vector<std::string>{"NONE"}));
}

TEST(PlanCopy, UsesTheLastTextForHereDocumentsOfOneName) {
  const absl::StatusOr<CopyPlan> plan =
      Plan("COPY <<A <<A /x/\none\nA\ntwo\nA");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->inline_files,
            (std::vector<InlineFile>{{"A", "two\n"}, {"A", "two\n"}}));
}

TEST(PlanCopy, IgnoresLinkWithChmod) {
  EXPECT_TRUE(Plan("COPY --link a /x")->link);
  EXPECT_FALSE(Plan("COPY --link --chmod=755 a /x")->link);
}

struct ErrorCase {
  const char* name;
  const char* instruction;
  const char* message;
};

void PrintTo(const ErrorCase& row, std::ostream* out) { *out << row.name; }

class PlanCopyErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(PlanCopyErrorTest, HasTheFrontendsMessage) {
  EXPECT_THAT(Plan(GetParam().instruction),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, PlanCopyErrorTest,
    testing::ValuesIn<ErrorCase>({
        {"Url", "COPY https://h/f /x", "source can't be a URL for COPY"},
        {"Git", "COPY https://h/f.git /x",
         "source can't be a git ref for COPY"},
        {"GitScp", "COPY git@h:f /x", "source can't be a git ref for COPY"},
        {"GitQuery", "ADD https://h/f.git?mtime=now /x",
         "invalid mtime value: \"now\""},
        {"GitQueryAfterExpansion", "ADD https://h/f.git?fetch-by-commit=$V /x",
         "invalid fetch-by-commit value: \"v\""},
        {"GitKeepGitDirTwice",
         "ADD --keep-git-dir=false https://h/f.git?keep-git-dir=1 /x",
         "inconsistent keep-git-dir configuration"},
        {"GitChecksumTwice", "ADD --checksum=ab https://h/f.git?commit=cd /x",
         "checksum mismatch \"ab\" != \"cd\""},
        {"ChecksumOfPath",
         "ADD --checksum=sha256:"
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
         "f /x",
         "checksum requires HTTP(S) or Git sources"},
        {"ChecksumOfTwo",
         "ADD --checksum=sha256:"
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
         "http://h/f http://h/g /x",
         "checksum can't be specified for multiple sources"},
        {"QuoteInJsonForm", "COPY [\"q'uote\", \"/\"]",
         "failed to process \"q'uote\": unexpected end of statement while "
         "looking for matching single-quote"},
        {"User", "USER a", "expected COPY or ADD, got USER"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
