#include "lib/container/run_arguments.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using absl_testing::IsOkAndHolds;
using absl_testing::StatusIs;
using Words = std::vector<std::string>;

struct ArgumentsCase {
  const char* name;
  Words words;
  RunArguments want;
};

class RunArgumentsTest : public testing::TestWithParam<ArgumentsCase> {};

TEST_P(RunArgumentsTest, Reads) {
  EXPECT_THAT(ParseRunArguments(GetParam().words),
              IsOkAndHolds(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RunArgumentsTest,
    testing::ValuesIn<ArgumentsCase>({
        {"Nothing", {}, {}},
        {"CommandAlone", {"ls", "-l"}, {.command = {"ls", "-l"}}},
        {"CommandAfterDashes",
         {"-i", "--", "-x", "--"},
         {.interactive = true, .command = {"-x", "--"}}},
        {"DashIsTheCommand", {"-"}, {.command = {"-"}}},
        {"OptionsEndWithTheCommand",
         {"-e", "A=b", "sh", "-e", "C"},
         {.env = {"A=b"}, .command = {"sh", "-e", "C"}}},
        {"LongOptions",
         {"--env", "A", "--env=B=c=d", "--user=1:2", "--workdir", "/w",
          "--entrypoint=", "--hostname", "box", "--env-file", "f"},
         {.env = {"A", "B=c=d"},
          .env_files = {"f"},
          .entrypoint = "",
          .hostname = "box",
          .user = "1:2",
          .workdir = "/w"}},
        {"ShortOptions",
         {"-eA=b", "-e=C", "-u", "me", "-w/w", "-v", "/a:/b:ro", "-hbox"},
         {.env = {"A=b", "C"},
          .volumes = {"/a:/b:ro"},
          .hostname = "box",
          .user = "me",
          .workdir = "/w"}},
        {"ShortOptionsTogether",
         {"-ite", "A=b", "sh"},
         {.env = {"A=b"},
          .interactive = true,
          .terminal = true,
          .command = {"sh"}}},
        {"Switches",
         {"--interactive", "--tty=true", "--rm"},
         {.interactive = true, .terminal = true}},
        {"SwitchesOff", {"-it", "--tty=false", "-i"}, {.interactive = true}},
        {"Keep", {"--keep", "sh"}, {.keep = true, .command = {"sh"}}},
        {"KeepThere", {"--keep=/d"}, {.keep = true, .keep_directory = "/d"}},
        {"NotRemoved", {"--rm=false"}, {.keep = true}},
        {"Memory",
         {"-m", "512m", "--memory=1.5g"},
         {.memory = int64_t{1536} << 20}},
        {"NoNetwork",
         {"--network", "none"},
         {.network = SandboxNetwork::kNone}},
        {"HostNetwork", {"--net=none", "--network=host"}, {}},
    }),
    [](const auto& info) { return info.param.name; });

struct ErrorCase {
  const char* name;
  Words words;
  const char* error;
};

class RunArgumentsErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(RunArgumentsErrorTest, SaysWhatIsWrong) {
  EXPECT_THAT(ParseRunArguments(GetParam().words),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RunArgumentsErrorTest,
    testing::ValuesIn<ErrorCase>({
        {"Unknown", {"--gpus=all"}, "unknown option \"--gpus\": see --help"},
        {"UnknownLetter", {"-ix"}, "unknown option \"-x\": see --help"},
        {"Publish",
         {"-p", "80:80"},
         "unknown option \"-p\": the container has the ports of the host; see "
         "--network"},
        {"Detach",
         {"-d"},
         "unknown option \"-d\": the container ends with the program that "
         "started it"},
        {"NoValue", {"-it", "-e"}, "option -e requires a value: K[=V]"},
        {"NoLongValue",
         {"--user"},
         "option --user requires a value: USER[:GROUP]"},
        {"NoSwitch",
         {"--tty=maybe"},
         "option --tty=maybe: expected true or false"},
        {"Network",
         {"--network=bridge"},
         "option --network=bridge: expected host or none"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(RunOptionsHelp, HasALineForEachOption) {
  EXPECT_THAT(
      RunOptionsHelp(),
      testing::StartsWith("  -e, --env K[=V]                   a variable; "
                          "without a value, that of the caller\n"));
}

}  // namespace
}  // namespace rules_dockerfile
