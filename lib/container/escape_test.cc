#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/container/attached_sandbox.h"
#include "lib/container/container.h"
#include "lib/container/run_arguments.h"
#include "lib/oci/image_config.h"
#include "lib/process/unique_fd.h"
#include "lib/run/test_layer.h"
#include "lib/run/test_run.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/testing/escape/expected_outcomes.h"
#include "lib/sandbox/testing/escape/outside.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// Attacks from inside a container of an image, in each mode.
class ContainerEscapeTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(GetParam())) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
    place_.mode = GetParam();
    place_.temporary = files_.Path("temporary");
    std::filesystem::create_directory(place_.temporary);
    std::filesystem::create_directory(files_.Path("data"));
    place_.caller = {.working_directory = "/",
                     .hostname = "machine",
                     .variable = [](const std::string&) {
                       return std::optional<std::string>();
                     }};
  }

  // What a container of the base and `files` writes, or why it did not start.
  std::string Output(const std::vector<TestFile>& files,
                     RunArguments arguments) {
    KeepFiles(files_, files);
    const std::string kept = absl::StrCat("kept", layers_++);
    arguments.network = SandboxNetwork::kNone;
    std::string output;
    const auto append = [&output](absl::string_view text) {
      output.append(text);
      return true;
    };
    const absl::StatusOr<SandboxResult> result = MakeContainer(
        {.layers = {files_.Path("base.tar"),
                    files_.Path(absl::StrCat(kept, ".tar").c_str())},
         .indexes = {files_.Path("base.index"),
                     files_.Path(absl::StrCat(kept, ".index").c_str())}},
        ImageConfig(), arguments, place_, nullptr, [&](SandboxSpec spec) {
          if (arguments.terminal) spec.terminal = winsize();
          return RunAttached(spec, {.output = append, .errors = append});
        });
    if (!result.ok()) return std::string(result.status().message());
    return absl::StrReplaceAll(output, {{"\r", ""}});
  }

  void ExpectTheOutcomesOfTheTable(bool terminal) {
    const Outside outside;
    RunArguments arguments = {.terminal = terminal};
    arguments.volumes = {absl::StrCat(files_.Path("data"), ":/data")};
    arguments.command = outside.Arguments();
    arguments.command.insert(arguments.command.begin(), "/bin/escape_probe");
    const std::string printed =
        Output({{"bin/escape_probe", TarEntryType::kFile,
                 ReadFile("lib/sandbox/testing/escape/escape_probe").value()}},
               arguments);
    std::set<std::string> where = {"container", SandboxModeName(GetParam())};
    if (terminal) where.insert("terminal");
    const std::string expected =
        ExpectedOutcomes(ReadFile("docs/sandbox_attacks.md").value(), where);
    EXPECT_EQ(ActualOutcomes(printed, expected), expected);
    EXPECT_EQ(EscapedOutcomes(printed), "");
    EXPECT_EQ(outside.Touched(), "");
  }

  TestRun files_;
  int layers_ = 0;
  ContainerPlace place_;
};

TEST_P(ContainerEscapeTest, HasTheOutcomesOfTheTable) {
  ExpectTheOutcomesOfTheTable(/*terminal=*/false);
}

TEST_P(ContainerEscapeTest, HasTheOutcomesOfTheTableWithATerminal) {
  ExpectTheOutcomesOfTheTable(/*terminal=*/true);
}

// Paths of the image and of the command line that lead out of the image. HOST
// is a directory of the host.
struct ContainerLinkCase {
  std::string link;  // what /innocent leads to
  std::string workdir;
  std::string volume;  // where DATA, a directory with a file `mine`, is shown
  std::string commands;
  std::string output;
};

std::string CannotEnter(absl::string_view directory) {
  return absl::StrCat(
      "cannot enter the working directory \"", directory,
      "\": Too many levels of symbolic links\nhint: links of /proc to open "
      "files and to directories of processes are not followed");
}

std::vector<ContainerLinkCase> ContainerLinkCases() {
  return {
      {"/none", "/proc/self/fd/3", "/v", "cwd", CannotEnter("/proc/self/fd/3")},
      {"/proc/self/fd/3", "/innocent", "/v", "cwd", CannotEnter("/innocent")},
      {"../../../../proc/1/root", "/innocent", "/v", "cwd",
       CannotEnter("/innocent")},
      {"/proc/thread-self/cwd", "/innocent/x", "/v", "cwd",
       CannotEnter("/innocent/x")},
      {"../../../../../../../..HOST", "/innocent", "/v", "cwd ; list .",
       "cwd HOST\n.:\n"},
      {"HOST", "/", "/innocent", "cat HOST/mine", "text"},
      {"../../../../../../../..HOST", "/", "/innocent/d", "cat HOST/d/mine",
       "text"},
      {"/proc/self/fd/3", "/", "/innocent", "cat /innocent/mine ; cwd",
       "cwd /\n"},
      {"/proc/1/root", "/", "/innocent/tmp", "list /tmp", "/tmp:\n"},
      {"/none", "/", "/../../v/../..", "cwd",
       "volume \"DATA:/../../v/../..\": the path in the container must be "
       "absolute, and not \"/\""},
      {"/none", "/", "/proc/sys", "list /proc/sys/mine",
       "list /proc/sys/mine: ENOENT\n"},
  };
}

TEST_P(ContainerEscapeTest, FollowsLinksInsideTheImage) {
  const std::string host =
      std::filesystem::path(files_.Path("host")).lexically_normal().string();
  std::filesystem::create_directory(host);
  files_.Write("data/mine", "text");
  const std::string data = files_.Path("data");
  const auto with_host = [&](absl::string_view text) {
    return absl::StrReplaceAll(text, {{"HOST", host}, {"DATA", data}});
  };
  // As a careless caller leaves it open.
  const UniqueFd top(open("/", O_RDONLY | O_DIRECTORY));
  for (const ContainerLinkCase& attack : ContainerLinkCases()) {
    RunArguments arguments = {
        .volumes = {absl::StrCat(data, ":", attack.volume)},
        .workdir = attack.workdir,
        .command = absl::StrSplit(
            absl::StrCat("/bin/probe ", with_host(attack.commands)), ' ')};
    EXPECT_EQ(Output({TestLink("innocent", with_host(attack.link))}, arguments),
              with_host(attack.output))
        << attack.link << " " << attack.workdir << " " << attack.volume;
    EXPECT_TRUE(std::filesystem::is_empty(host));
    EXPECT_EQ(ReadFile(files_.Path("data/mine")).value(), "text");
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, ContainerEscapeTest,
                         testing::Values(SandboxMode::kReal,
                                         SandboxMode::kMapped,
                                         SandboxMode::kEmulated),
                         [](const auto& info) {
                           return std::string(SandboxModeName(info.param));
                         });

}  // namespace
}  // namespace rules_dockerfile
