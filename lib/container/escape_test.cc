#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/container/attached_sandbox.h"
#include "lib/container/container.h"
#include "lib/container/container_exit.h"
#include "lib/container/run_arguments.h"
#include "lib/oci/image_config.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/run/layer_testing.h"
#include "lib/run/run_layer_testing.h"
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

  // What a container of the base and `files` writes, or why it did not start,
  // and which limit ended it.
  std::string Output(const std::vector<TestFile>& files, RunArguments arguments,
                     int processes = 16384) {
    KeepFiles(files_, files);
    const std::string kept = absl::StrCat("kept", layers_++);
    arguments.network = SandboxNetwork::kNone;
    std::string output;
    const auto append = [&](absl::string_view text) {
      output.append(text);
      return written_ == nullptr || written_(text);
    };
    SandboxLimits limits;
    const absl::StatusOr<SandboxResult> result = MakeContainer(
        {.layers = {files_.Path("base.tar"),
                    files_.Path(absl::StrCat(kept, ".tar").c_str())},
         .indexes = {files_.Path("base.index"),
                     files_.Path(absl::StrCat(kept, ".index").c_str())}},
        ImageConfig(), arguments, place_, nullptr, [&](SandboxSpec spec) {
          if (arguments.terminal) spec.command.terminal = winsize();
          spec.limits.processes = processes;
          limits = spec.limits;
          return RunAttached(spec, {.output = append, .errors = append});
        });
    if (!result.ok()) return std::string(result.status().message());
    absl::StrAppend(&output, result->start_error,
                    LimitNote(limits, result->exceeded));
    return absl::StrReplaceAll(output, {{"\r", ""}});
  }

  static TestFile Probe() {
    return {"bin/escape_probe", TarEntryType::kFile,
            ReadFile("lib/sandbox/testing/escape/escape_probe").value()};
  }

  void ExpectTheOutcomesOfTheTable(bool terminal) {
    const Outside outside;
    RunArguments arguments = {.terminal = terminal};
    arguments.volumes = {absl::StrCat(files_.Path("data"), ":/data")};
    arguments.command = outside.Arguments();
    arguments.command.insert(arguments.command.begin(), "/bin/escape_probe");
    const std::string printed = Output({Probe()}, arguments);
    const UniqueFd lock(open(files_.Path("data/lock").c_str(), O_RDONLY));
    EXPECT_EQ(flock(lock.get(), LOCK_EX | LOCK_NB), 0) << "a process was left";
    std::set<std::string> where = {"container", SandboxModeName(GetParam())};
    if (terminal) where.insert("terminal");
    const std::string expected =
        ExpectedOutcomes(ReadFile("docs/sandbox_attacks.md").value(), where);
    EXPECT_EQ(ActualOutcomes(printed, expected), expected);
    EXPECT_EQ(EscapedOutcomes(printed), "");
    EXPECT_EQ(outside.Touched(), "");
  }

  TestRun files_;
  // If set, also takes what the container writes.
  std::function<bool(absl::string_view)> written_;
  int layers_ = 0;
  ContainerPlace place_;
};

TEST_P(ContainerEscapeTest, HasTheOutcomesOfTheTable) {
  ExpectTheOutcomesOfTheTable(/*terminal=*/false);
}

TEST_P(ContainerEscapeTest, HasTheOutcomesOfTheTableWithATerminal) {
  ExpectTheOutcomesOfTheTable(/*terminal=*/true);
}

TEST_P(ContainerEscapeTest, EndsAsTheTableSays) {
  const std::string expected =
      ExpectedEnds(ReadFile("docs/sandbox_attacks.md").value(),
                   {"container", SandboxModeName(GetParam())});
  const std::vector<TestFile> files = {
      Probe(),
      TestLink("link_to_exe", "/proc/self/exe"),
      {"script_of_exe", TarEntryType::kFile, "#!/proc/self/exe\n", 0755}};
  std::string actual;
  for (const absl::string_view row :
       absl::StrSplit(expected, '\n', absl::SkipEmpty())) {
    const std::string name(row.substr(0, row.find(':')));
    const std::string output =
        Output(files, {.memory = kEndMemory, .command = CommandOfEnd(name)},
               kEndProcesses);
    absl::StrAppend(&actual, name, ": ",
                    AsOfNewKernels(absl::StripTrailingAsciiWhitespace(
                        absl::StripPrefix(output, absl::StrCat(name, ": ")))),
                    "\n");
  }
  EXPECT_EQ(actual, expected);
}

// The probe has left all kinds of processes, each with a lock, and is one that
// forgot its maker itself.
TEST_P(ContainerEscapeTest, LeavesNothingWhenItsMakerIsKilled) {
  files_.Write("data/lock", "");
  chmod(files_.Path("data/lock").c_str(), 0666);
  Pipe output = MakePipe().value();
  const pid_t maker = fork();
  if (maker == 0) {
    written_ = [&](absl::string_view text) {
      return WriteAll(output.write.get(), text);
    };
    Output({Probe()}, {.volumes = {absl::StrCat(files_.Path("data"), ":/data")},
                       .command = {"/bin/escape_probe", "stay=1"}});
    _exit(0);
  }
  output.write.Close();
  std::string text;
  char byte;
  while (!absl::EndsWith(text, "stays\n") &&
         read(output.read.get(), &byte, 1) == 1) {
    text.push_back(byte);
  }
  EXPECT_TRUE(absl::StrContains(text, "orphan_user: left to pid 1\n")) << text;
  const UniqueFd lock(open(files_.Path("data/lock").c_str(), O_RDONLY));
  EXPECT_NE(flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  kill(maker, SIGKILL);
  EXPECT_EQ(WTERMSIG(WaitForChild(maker)), SIGKILL);
  EXPECT_EQ(flock(lock.get(), LOCK_EX), 0);  // when none is left
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
       "absolute and not \"/\""},
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
