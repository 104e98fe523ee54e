#include "lib/plan/run_plan.h"

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/plan/build_state.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

absl::StatusOr<RunPlan> Plan(absl::string_view instruction,
                             const BuildState& state,
                             const RunPlanOptions& options = {}) {
  const absl::StatusOr<InstructionText> text =
      ParseInstructionText(absl::StrCat(instruction, "\n"));
  if (!text.ok()) return text.status();
  return PlanRun(*text, state, options);
}

struct RunCase {
  const char* name;
  const char* instruction;
  BuildState state;
  std::vector<std::string> argv;
  const char* created_by;
};

void PrintTo(const RunCase& row, std::ostream* out) { *out << row.name; }

class PlanRunTest : public testing::TestWithParam<RunCase> {};

TEST_P(PlanRunTest, ReturnsArgvAndHistory) {
  const absl::StatusOr<RunPlan> plan =
      Plan(GetParam().instruction, GetParam().state);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->argv, GetParam().argv);
  EXPECT_EQ(plan->history.created_by, GetParam().created_by);
  EXPECT_FALSE(plan->history.empty_layer);
}

INSTANTIATE_TEST_SUITE_P(
    Run, PlanRunTest,
    testing::ValuesIn<RunCase>({
        {"ShellForm",
         "RUN echo  \"$A\"",
         {},
         {"/bin/sh", "-c", "echo  \"$A\""},
         "RUN /bin/sh -c echo  \"$A\" # buildkit"},
        {"ShellFormWithShell",
         "RUN a",
         {.shell = {"/bin/bash", "-e"}},
         {"/bin/bash", "-e", "a"},
         "RUN /bin/bash -e a # buildkit"},
        {"ExecForm",
         "RUN [\"echo\", \"x $A\", \"y\"]",
         {.shell = {"/bin/bash"}},
         {"echo", "x $A", "y"},
         "RUN echo x $A y # buildkit"},
        {"NoArguments",
         "RUN",
         {},
         {"/bin/sh", "-c", ""},
         "RUN /bin/sh -c  # buildkit"},
        {"ArgsWithTheirCurrentValues",
         "RUN a",
         {.env = {"A=env", "X=1"}, .args = {"A", "B"}},
         {"/bin/sh", "-c", "a"},
         "RUN |2 A=env B= /bin/sh -c a # buildkit"},
        {"HeredocIsTheShellsText",
         "RUN <<EOF\na\n\tb\nEOF",
         {},
         {"/bin/sh", "-c", "a\n\tb\n"},
         "RUN /bin/sh -c a\n\tb\n # buildkit"},
        {"HeredocChomped",
         "RUN <<-EOF\n\ta\n\t\tb\n\tEOF",
         {},
         {"/bin/sh", "-c", "a\nb\n"},
         "RUN /bin/sh -c a\nb\n # buildkit"},
        {"HeredocScript",
         "RUN <<EOF\n#!/bin/x\nb\nEOF",
         {},
         {"/bin/sh", "-c", "/dev/pipes/EOF"},
         "RUN /bin/sh -c /dev/pipes/EOF # buildkit"},
        {"HeredocsForTheShell",
         "RUN <<A cat - <<-'B'\na\nA\n\tb\n\tB",
         {},
         {"/bin/sh", "-c", "<<A cat - <<-'B'\na\nA\n\tb\nB"},
         "RUN /bin/sh -c <<A cat - <<-'B'\na\nA\n\tb\nB # buildkit"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(PlanRun, TakesTheStateAndAddsAPath) {
  const absl::StatusOr<RunPlan> plan =
      Plan("RUN --network=none --security=insecure a",
           {.env = {"A=1"}, .workdir = "/w", .user = "me"});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->env,
            (std::vector<std::string>{
                "A=1",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
                "/bin"}));
  EXPECT_EQ(plan->workdir, "/w");
  EXPECT_EQ(plan->user, "me");
  EXPECT_EQ(plan->network, "none");
  EXPECT_EQ(plan->security, "insecure");
}

TEST(PlanRun, SetsProxiesInBothCasesButNotInTheHistory) {
  const absl::StatusOr<RunPlan> plan =
      Plan("RUN a", {.env = {"PATH=/bin", "no_proxy=mine"}},
           {.build_args = {{"HTTP_PROXY", "upper"},
                           {"http_proxy", "lower"},
                           {"No_Proxy", "n"},
                           {"OTHER", "o"}}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->env, (std::vector<std::string>{
                           "PATH=/bin", "no_proxy=mine", "HTTP_PROXY=lower",
                           "http_proxy=lower", "NO_PROXY=n"}));
  EXPECT_EQ(plan->history.created_by, "RUN /bin/sh -c a # buildkit");
}

TEST(PlanRun, TakesTheHostNameOfABuildArgument) {
  EXPECT_EQ(Plan("RUN a", {})->hostname, "");
  EXPECT_EQ(
      Plan("RUN a", {}, {.build_args = {{"BUILDKIT_SANDBOX_HOSTNAME", "h"}}})
          ->hostname,
      "h");
}

TEST(PlanRun, ShowsTheValueOfAnArgThatNoCommandSees) {
  const absl::StatusOr<RunPlan> plan =
      Plan("RUN a", {.args = {"BUILDKIT_SBOM_SCAN_STAGE=true", "B"}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->history.created_by,
            "RUN |2 BUILDKIT_SBOM_SCAN_STAGE=true B= /bin/sh -c a # buildkit");
}

TEST(PlanRun, ExpandsMounts) {
  const absl::StatusOr<RunPlan> plan = Plan(
      "RUN --mount=type=cache,target=/$A,id=${NONE}x a", {.env = {"A=cache"}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(
      plan->mounts,
      (std::vector<Mount>{{.type = "cache", .target = "/cache", .id = "x"}}));
  EXPECT_EQ(plan->undefined, (std::vector<std::string>{"NONE"}));
}

TEST(PlanRun, PutsAScriptWhereItIsCalled) {
  const absl::StatusOr<RunPlan> plan =
      Plan("RUN <<-\"the end\"\n\t\t#!/bin/x\n\t$A\n\tthe end", {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->script, (RunScript{.path = "/dev/pipes/the end",
                                     .content = "#!/bin/x\n$A\n"}));
  // Spaces are not tabs, and without "-" tabs stay.
  for (const char* instruction :
       {"RUN <<-A\n #!/bin/x\nA", "RUN <<A\n\t#!/bin/x\nA"}) {
    const absl::StatusOr<RunPlan> text = Plan(instruction, {});
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_FALSE(text->script.has_value()) << instruction;
  }
}

TEST(PlanRun, RefusesAnEmptyList) {
  EXPECT_THAT(Plan("RUN []", {}), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "arguments are required"));
}

TEST(PlanRun, RefusesOtherInstructions) {
  EXPECT_THAT(Plan("USER a", {}), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "expected RUN, got USER"));
}

}  // namespace
}  // namespace rules_dockerfile
