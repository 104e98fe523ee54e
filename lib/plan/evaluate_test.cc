#include "lib/plan/evaluate.h"

#include <map>
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
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

absl::StatusOr<Evaluation> Evaluate(absl::string_view instruction,
                                    const BuildState& state,
                                    const EvaluateOptions& options = {}) {
  const absl::StatusOr<InstructionText> text =
      ParseInstructionText(absl::StrCat(instruction, "\n"));
  if (!text.ok()) return text.status();
  return EvaluateInstruction(*text, state, options);
}

// The result of an instruction, one fact per line.
std::string Describe(const Evaluation& evaluation, const BuildState& before) {
  std::string text;
  const auto line = [&text](auto... parts) {
    absl::StrAppend(&text, parts..., "\n");
  };
  const BuildState& state = evaluation.state;
  if (state.env != before.env) {
    line("env ", absl::StrJoin(state.env, " | "));
  }
  if (state.args != before.args) {
    line("args ", absl::StrJoin(state.args, " "));
  }
  if (state.workdir != before.workdir) line("workdir ", state.workdir);
  if (state.user != before.user) line("user ", state.user);
  if (state.shell != before.shell) {
    line("shell ", absl::StrJoin(state.shell, " "));
  }
  if (!evaluation.step.config.empty()) {
    line("config ", evaluation.step.config.dump());
  }
  if (!evaluation.undefined.empty()) {
    line("undefined ", absl::StrJoin(evaluation.undefined, " "));
  }
  if (evaluation.step.history.has_value()) {
    line(evaluation.step.history->empty_layer ? "" : "layer ",
         evaluation.step.history->created_by);
  }
  return text;
}

// The state that the rows start from.
BuildState Before() {
  return {.env = {"PATH=/bin", "V=old"},
          .workdir = "/app",
          .user = "",
          .platform = "linux/amd64"};
}

// Rows are named after the rules of the Dockerfile reference that they show.
struct EvaluateCase {
  const char* name;
  const char* instruction;
  const char* want;
};

void PrintTo(const EvaluateCase& row, std::ostream* out) { *out << row.name; }

class EvaluateTest : public testing::TestWithParam<EvaluateCase> {};

TEST_P(EvaluateTest, ReturnsStateConfigAndHistory) {
  const absl::StatusOr<Evaluation> evaluation =
      Evaluate(GetParam().instruction, Before());
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(Describe(*evaluation, Before()), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Variables, EvaluateTest,
    testing::ValuesIn<EvaluateCase>({
        {"EnvIsAppended", "ENV A=1 B='two words'",
         "env PATH=/bin | V=old | A=1 | B=two words\n"
         "config {\"Env\":[\"A=1\",\"B=two words\"]}\n"
         "ENV A=1 B=two words\n"},
        {"EnvIsSetInPlace", "ENV PATH=/x:$PATH",
         "env PATH=/x:/bin | V=old\n"
         "config {\"Env\":[\"PATH=/x:/bin\"]}\n"
         "ENV PATH=/x:/bin\n"},
        {"EnvSeesOneSnapshot", "ENV V=new W=$V",
         "env PATH=/bin | V=new | W=old\n"
         "config {\"Env\":[\"V=new\",\"W=old\"]}\n"
         "ENV V=new W=old\n"},
        {"EnvTwiceLastWins", "ENV A=1 A=2",
         "env PATH=/bin | V=old | A=2\n"
         "config {\"Env\":[\"A=2\"]}\n"
         "ENV A=1 A=2\n"},
        {"EnvLegacyForm", "ENV A b  \"c d\"",
         "env PATH=/bin | V=old | A=b  c d\n"
         "config {\"Env\":[\"A=b  c d\"]}\n"
         "ENV A=b  c d\n"},
        {"EnvKeyIsExpanded", "ENV ${V}_X=1",
         "env PATH=/bin | V=old | old_X=1\n"
         "config {\"Env\":[\"old_X=1\"]}\n"
         "ENV old_X=1\n"},
        {"UndefinedIsEmptyAndReported", "ENV A=$NONE",
         "env PATH=/bin | V=old | A=\n"
         "config {\"Env\":[\"A=\"]}\n"
         "undefined NONE\n"
         "ENV A=\n"},
        {"LabelValuesAreRaw", "LABEL k=v \"k 2\"=\"a $V\"",
         "config {\"Labels\":{\"k\":\"v\",\"k 2\":\"a old\"}}\n"
         "LABEL k=v k 2=a old\n"},
        {"LabelTwiceLastWins", "LABEL k=1 k=2",
         "config {\"Labels\":{\"k\":\"2\"}}\n"
         "LABEL k=1 k=2\n"},
    }),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Commands, EvaluateTest,
    testing::ValuesIn<EvaluateCase>({
        {"CmdExecForm", "CMD [\"a\", \"b c\"]",
         "config {\"Cmd\":[\"a\",\"b c\"],\"ArgsEscaped\":true}\n"
         "CMD [\"a\" \"b c\"]\n"},
        {"CmdShellForm", "CMD echo  $V \"x\"",
         "config {\"Cmd\":[\"/bin/sh\",\"-c\",\"echo  $V \\\"x\\\"\"],"
         "\"ArgsEscaped\":true}\n"
         "CMD [\"/bin/sh\" \"-c\" \"echo  $V \\\"x\\\"\"]\n"},
        {"CmdEmptyListIsNoField", "CMD []",
         "config {\"Cmd\":null,\"ArgsEscaped\":true}\n"
         "CMD []\n"},
        {"CmdWithoutArguments", "CMD",
         "config {\"Cmd\":[\"/bin/sh\",\"-c\",\"\"],\"ArgsEscaped\":true}\n"
         "CMD [\"/bin/sh\" \"-c\" \"\"]\n"},
        {"EntrypointExecForm", "ENTRYPOINT [\"x\"]",
         "config {\"Entrypoint\":[\"x\"]}\n"
         "ENTRYPOINT [\"x\"]\n"},
        {"EntrypointEmptyListResets", "ENTRYPOINT []",
         "config {\"Entrypoint\":null}\n"
         "ENTRYPOINT []\n"},
        {"EntrypointEmptyString", "ENTRYPOINT [\"\"]",
         "config {\"Entrypoint\":[\"\"]}\n"
         "ENTRYPOINT [\"\"]\n"},
        {"Shell", "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
         "shell /bin/bash -o pipefail -c\n"
         "config {\"Shell\":[\"/bin/bash\",\"-o\",\"pipefail\",\"-c\"]}\n"
         "SHELL [/bin/bash -o pipefail -c]\n"},
        {"HealthcheckShellForm",
         "HEALTHCHECK --interval=5s --retries=3 CMD true || exit 1",
         "config {\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true || exit 1\"],"
         "\"Interval\":5000000000,\"Retries\":3}}\n"
         "HEALTHCHECK {Test:[CMD-SHELL true || exit 1] Interval:5s Timeout:0s "
         "StartPeriod:0s StartInterval:0s Retries:3}\n"},
        {"HealthcheckAllFlags",
         "HEALTHCHECK --timeout=1m30s --start-period=500ms "
         "--start-interval=1.5s CMD [\"a\", \"b\"]",
         "config {\"Healthcheck\":{\"Test\":[\"CMD\",\"a\",\"b\"],"
         "\"Timeout\":90000000000,\"StartPeriod\":500000000,"
         "\"StartInterval\":1500000000}}\n"
         "HEALTHCHECK {Test:[CMD a b] Interval:0s Timeout:1m30s "
         "StartPeriod:500ms StartInterval:1.5s Retries:0}\n"},
        {"HealthcheckNone", "HEALTHCHECK NONE",
         "config {\"Healthcheck\":{\"Test\":[\"NONE\"]}}\n"
         "HEALTHCHECK {Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s "
         "StartInterval:0s Retries:0}\n"},
    }),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Settings, EvaluateTest,
    testing::ValuesIn<EvaluateCase>({
        {"UserIsVerbatim", "USER \"$V:staff\"",
         "user old:staff\n"
         "config {\"User\":\"old:staff\"}\n"
         "USER old:staff\n"},
        {"WorkdirRelative", "WORKDIR a/../b c/",
         "workdir /app/b c\n"
         "config {\"WorkingDir\":\"/app/b c\"}\n"
         "layer WORKDIR /app/b c\n"},
        {"WorkdirAbsolute", "WORKDIR \"/x//y/.\"",
         "workdir /x/y\n"
         "config {\"WorkingDir\":\"/x//y/.\"}\n"
         "layer WORKDIR /x//y/.\n"},
        {"WorkdirAbsoluteWithASlash", "WORKDIR /tmp/",
         "workdir /tmp\n"
         "config {\"WorkingDir\":\"/tmp/\"}\n"
         "layer WORKDIR /tmp/\n"},
        {"WorkdirRootMakesNoLayer", "WORKDIR /",
         "workdir /\n"
         "config {\"WorkingDir\":\"/\"}\n"
         "WORKDIR /\n"},
        {"WorkdirRootInOtherWordsMakesALayer", "WORKDIR //",
         "workdir /\n"
         "config {\"WorkingDir\":\"//\"}\n"
         "layer WORKDIR //\n"},
        {"WorkdirEmptyIsUnchanged", "WORKDIR $NONE",
         "config {\"WorkingDir\":\"/app\"}\n"
         "undefined NONE\n"
         "layer WORKDIR /app\n"},
        {"ExposeIsSortedAndLowerCased", "EXPOSE 80 443/UDP",
         "config {\"ExposedPorts\":{\"443/udp\":{},\"80/tcp\":{}}}\n"
         "EXPOSE [443/udp 80/tcp]\n"},
        {"ExposeRange", "EXPOSE 8000-8002/tcp",
         "config {\"ExposedPorts\":{\"8000/tcp\":{},\"8001/tcp\":{},"
         "\"8002/tcp\":{}}}\n"
         "EXPOSE [8000/tcp 8001/tcp 8002/tcp]\n"},
        {"VolumeKeepsItsSlash", "VOLUME /a /b/ $V",
         "config {\"Volumes\":{\"/a\":{},\"/b/\":{},\"old\":{}}}\n"
         "VOLUME [/a /b/ old]\n"},
        {"VolumeJsonFormIsExpanded", "VOLUME [\"/a b\", \"/$V\"]",
         "config {\"Volumes\":{\"/a b\":{},\"/old\":{}}}\n"
         "VOLUME [/a b /old]\n"},
        {"StopsignalIsVerbatim", "STOPSIGNAL kill",
         "config {\"StopSignal\":\"kill\"}\n"
         "STOPSIGNAL kill\n"},
        {"StopsignalRealTime", "STOPSIGNAL SIGRTMIN+3",
         "config {\"StopSignal\":\"SIGRTMIN+3\"}\n"
         "STOPSIGNAL SIGRTMIN+3\n"},
        {"Maintainer", "MAINTAINER me <$V>",
         "config {\"author\":\"me <$V>\"}\n"
         "MAINTAINER me <$V>\n"},
        {"OnbuildHasNoHistory", "ONBUILD run   echo  $V",
         "config {\"OnBuild\":[\"run   echo  $V\"]}\n"},
    }),
    [](const auto& info) { return info.param.name; });

struct ArgCase {
  const char* name;
  const char* instruction;
  EvaluateOptions options;
  const char* want;
};

void PrintTo(const ArgCase& row, std::ostream* out) { *out << row.name; }

class EvaluateArgTest : public testing::TestWithParam<ArgCase> {};

TEST_P(EvaluateArgTest, ReturnsStateAndHistory) {
  const absl::StatusOr<Evaluation> evaluation =
      Evaluate(GetParam().instruction, Before(), GetParam().options);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(Describe(*evaluation, Before()), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Arg, EvaluateArgTest,
    testing::ValuesIn<ArgCase>({
        {"UnsetIsDeclaredOnly", "ARG A", {}, "args A\nARG A\n"},
        {"Default",
         "ARG A=1",
         {},
         "env PATH=/bin | V=old | A=1\nargs A\nARG A=1\n"},
        {"BuildArgBeatsDefault",
         "ARG A=1",
         {.build_args = {{"A", "b"}}},
         "env PATH=/bin | V=old | A=b\nargs A\nARG A=b\n"},
        {"EmptyBuildArgBeatsDefault",
         "ARG A=1",
         {.build_args = {{"A", ""}}},
         "env PATH=/bin | V=old | A=\nargs A\nARG A=\n"},
        {"GlobalIsUsedWithoutDefault",
         "ARG TARGETARCH",
         {.global_args = {{"TARGETARCH", "arm64"}}},
         "env PATH=/bin | V=old | TARGETARCH=arm64\nargs TARGETARCH\n"
         "ARG TARGETARCH=arm64\n"},
        {"DefaultBeatsGlobal",
         "ARG A=1",
         {.global_args = {{"A", "g"}}},
         "env PATH=/bin | V=old | A=1\nargs A\nARG A=1\n"},
        {"BuildArgBeatsGlobal",
         "ARG A",
         {.build_args = {{"A", "b"}}, .global_args = {{"A", "g"}}},
         "env PATH=/bin | V=old | A=b\nargs A\nARG A=b\n"},
        {"SeveralAreEvaluatedLeftToRight",
         "ARG A=1 B=$A C",
         {},
         "env PATH=/bin | V=old | A=1 | B=1\nargs A B C\nARG A=1 B=1 C\n"},
        {"LaterArgOverridesEnvOfTheStage",
         "ARG V=arg",
         {},
         "env PATH=/bin | V=arg\nargs V\nARG V=arg\n"},
        {"UnsetLeavesEnvOfTheStage", "ARG V", {}, "args V\nARG V\n"},
        {"UndeclaredBuildArgIsIgnored",
         "ARG A=1",
         {.build_args = {{"B", "b"}}},
         "env PATH=/bin | V=old | A=1\nargs A\nARG A=1\n"},
        {"BuildArgIsNotExpanded",
         "ARG A",
         {.build_args = {{"A", "$V"}}},
         "env PATH=/bin | V=old | A=$V\nargs A\nARG A=$V\n"},
        {"HiddenFromCommands",
         "ARG BUILDKIT_SBOM_SCAN_STAGE=true",
         {},
         "args BUILDKIT_SBOM_SCAN_STAGE=true\n"
         "ARG BUILDKIT_SBOM_SCAN_STAGE=true\n"},
        {"DefaultOfOverriddenIsNotExpanded",
         "ARG A=${NONE:?no}",
         {.build_args = {{"A", "b"}}},
         "env PATH=/bin | V=old | A=b\nargs A\nARG A=b\n"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(EvaluateInstruction, KeepsTheFirstPlaceOfAnArgDeclaredTwice) {
  BuildState state = Before();
  state.args = {"A", "B"};
  state.env.push_back("A=1");
  const absl::StatusOr<Evaluation> evaluation = Evaluate("ARG B=2 A=3", state);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->state.args, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(evaluation->state.env,
            (std::vector<std::string>{"PATH=/bin", "V=old", "A=3", "B=2"}));
}

TEST(EvaluateInstruction, UsesTheShellOfTheStage) {
  BuildState state = Before();
  state.shell = {"/bin/bash", "-ec"};
  const absl::StatusOr<Evaluation> evaluation = Evaluate("CMD a", state);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->step.history->created_by,
            R"(CMD ["/bin/bash" "-ec" "a"])");
}

TEST(EvaluateInstruction, UsesTheEscapeToken) {
  const absl::StatusOr<Evaluation> evaluation =
      Evaluate("# escape=`\nENV A=c:\\x`$V", Before());
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->step.history->created_by, "ENV A=c:\\x$V");
}

struct ErrorCase {
  const char* name;
  const char* instruction;
  const char* message;
};

void PrintTo(const ErrorCase& row, std::ostream* out) { *out << row.name; }

class EvaluateErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(EvaluateErrorTest, HasTheFrontendsMessage) {
  EXPECT_THAT(Evaluate(GetParam().instruction, Before()),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, EvaluateErrorTest,
    testing::ValuesIn<ErrorCase>({
        {"UnsetButRequired", "ENV A=${NONE:?gone}",
         "failed to process \"${NONE:?gone}\": NONE: gone"},
        {"EmptyVolume", "VOLUME $NONE",
         "VOLUME specified can not be an empty string"},
        {"UnknownSignal", "STOPSIGNAL FOO", "invalid signal: FOO"},
        {"UnknownProtocol", "EXPOSE 80/foo",
         "invalid port: \"80/foo\": invalid proto: foo"},
        {"Run", "RUN true",
         "expected an instruction that changes no files, got RUN"},
        {"Copy", "COPY a b",
         "expected an instruction that changes no files, got COPY"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
