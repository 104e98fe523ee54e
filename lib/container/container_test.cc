#include "lib/container/container.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/container/attached_sandbox.h"
#include "lib/container/death_watch.h"
#include "lib/container/kept_layers.h"
#include "lib/container/run_arguments.h"
#include "lib/oci/image_config.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;

// Containers of the layer of TestRun, in each mode that this user can have.
class ContainerTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(GetParam())) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
    place_.mode = GetParam();
    place_.temporary = files_.Path("temporary");
    std::filesystem::create_directory(place_.temporary);
    place_.caller = {.working_directory = "/",
                     .hostname = "machine",
                     .variable = [](const std::string&) {
                       return std::optional<std::string>();
                     }};
  }

  // Runs the probe's commands; what it writes to its output goes to output_.
  absl::StatusOr<SandboxResult> Run(absl::string_view commands,
                                    RunArguments arguments = {}) {
    arguments.network = SandboxNetwork::kNone;
    arguments.command = {"/bin/probe"};
    for (const absl::string_view word : absl::StrSplit(commands, ' ')) {
      arguments.command.emplace_back(word);
    }
    const ImageFiles image = {.layers = {files_.Path("base.tar")},
                              .indexes = {files_.Path("base.index")}};
    attachment_.output = [this](absl::string_view text) {
      output_.append(text);
      if (on_output_) on_output_(text);
      return true;
    };
    attachment_.errors = [this](absl::string_view text) {
      errors_.append(text);
      return true;
    };
    return MakeContainer(image, ImageConfig(), arguments, place_,
                         kept_.has_value() ? &*kept_ : nullptr,
                         [&](SandboxSpec spec) {
                           if (arguments.terminal)
                             spec.command.terminal = window_;
                           return RunAttached(spec, attachment_);
                         });
  }

  // What it wrote, or how it failed.
  std::string Output(absl::string_view commands, RunArguments arguments = {}) {
    output_.clear();
    const absl::StatusOr<SandboxResult> result = Run(commands, arguments);
    if (!result.ok()) return std::string(result.status().message());
    if (result->signal != 0)
      absl::StrAppend(&output_, "signal ", result->signal);
    if (result->exit_code != 0) {
      absl::StrAppend(&output_, "exit code ", result->exit_code);
    }
    return absl::StrReplaceAll(output_, {{"\r", ""}});
  }

  TestRun files_;
  ContainerPlace place_;
  Attachment attachment_;
  winsize window_ = {.ws_row = 33, .ws_col = 99};
  std::optional<KeptLayers> kept_;
  std::function<void(absl::string_view)> on_output_;
  std::string output_;
  std::string errors_;
};

// An end of a pipe from which `text` is read, and then the end.
UniqueFd Input(absl::string_view text) {
  Pipe pipe = MakePipe().value();
  WriteAll(pipe.write.get(), text);
  return std::move(pipe.read);
}

TEST_P(ContainerTest, KeepsItsOutputsApart) {
  EXPECT_EQ(Output("stderr oops ; host ; exit 3"),
            "host container\nexit code 3");
  EXPECT_EQ(errors_, "oops \n");
}

TEST_P(ContainerTest, ReadsItsInputToTheEnd) {
  const UniqueFd input = Input("one\ntwo\n");
  attachment_.input_fd = input.get();
  EXPECT_EQ(Output("line ; line ; stdin"), "line one\nline two\nstdin 0\n");
  attachment_.input_fd = -1;
  EXPECT_EQ(Output("stdin"), "stdin 0\n");
}

TEST_P(ContainerTest, NeedNotReadItsInput) {
  const UniqueFd zeros(open("/dev/zero", O_RDONLY));
  attachment_.input_fd = zeros.get();
  EXPECT_EQ(Output("pid"), "pid 1\n");
}

TEST_P(ContainerTest, GetsSignals) {
  on_output_ = [](absl::string_view text) {
    if (absl::StrContains(text, "waiting")) kill(getpid(), SIGHUP);
  };
  EXPECT_EQ(Output(absl::StrCat("signal ", SIGHUP)), "waiting\nsignal 1\n");
}

TEST_P(ContainerTest, GetsTheStopSignalForSigterm) {
  attachment_.stop_signal = SIGQUIT;
  on_output_ = [](absl::string_view text) {
    if (absl::StrContains(text, "waiting")) kill(getpid(), SIGTERM);
  };
  EXPECT_EQ(Output(absl::StrCat("signal ", SIGQUIT)), "waiting\nsignal 3\n");
}

TEST_P(ContainerTest, IsKilledByTheThirdInterrupt) {
  const sighandler_t old = signal(SIGINT, SIG_IGN);  // one may come too late
  pid_t interrupter = -1;
  on_output_ = [&](absl::string_view) {
    interrupter = fork();
    while (interrupter == 0) {
      kill(getppid(), SIGINT);
      usleep(50000);
    }
  };
  EXPECT_EQ(Output("signal 10"), "waiting\nsignal 9");
  kill(interrupter, SIGKILL);
  waitpid(interrupter, nullptr, 0);
  signal(SIGINT, old);
}

TEST_P(ContainerTest, EndsByASignalThatItDoesNotGet) {
  attachment_.passes_signals = false;
  on_output_ = [](absl::string_view) { kill(getpid(), SIGTERM); };
  EXPECT_THAT(Run("signal 15"),
              StatusIs(absl::StatusCode::kCancelled, "interrupted"));
}

TEST_P(ContainerTest, HasATerminal) {
  EXPECT_EQ(Output("terminal", {.terminal = true}),
            "0 /dev/pts/0 33x99\n1 /dev/pts/0 33x99\n2 /dev/pts/0 33x99\n"
            "leads 1 controls 1\n");
}

TEST_P(ContainerTest, EchoesWhatIsTyped) {
  const UniqueFd input = Input("typed\n");
  attachment_.input_fd = input.get();
  const std::string output = Output("line", {.terminal = true});
  EXPECT_TRUE(absl::StrContains(output, "typed\n")) << output;
  EXPECT_TRUE(absl::EndsWith(output, "typed\n")) << output;
}

TEST_P(ContainerTest, FollowsTheSizeOfATerminal) {
  const UniqueFd master(posix_openpt(O_RDWR | O_NOCTTY));
  ASSERT_TRUE(master.ok());
  attachment_.window_fd = master.get();
  ioctl(master.get(), TIOCSWINSZ, &window_);
  on_output_ = [&](absl::string_view text) {
    if (!absl::StrContains(text, "waiting")) return;
    const winsize larger = {.ws_row = 44, .ws_col = 111};
    ioctl(master.get(), TIOCSWINSZ, &larger);
    kill(getpid(), SIGWINCH);
  };
  EXPECT_EQ(Output(absl::StrCat("signal ", SIGWINCH, " ; terminal"),
                   {.terminal = true}),
            "waiting\nsignal 28\n"
            "0 /dev/pts/0 44x111\n1 /dev/pts/0 44x111\n2 /dev/pts/0 44x111\n"
            "leads 1 controls 1\n");
}

TEST_P(ContainerTest, LeavesNothingOfAMissingWorkingDirectory) {
  EXPECT_EQ(Output("cwd ; stat /a/b", {.user = "app", .workdir = "/a/b"}),
            "cwd /a/b\n/a/b d0755 0:0\n");
}

// A volume is a directory of the host that the sandbox has open.
TEST_P(ContainerTest, EntersNoOpenDirectoryOfTheHost) {
  place_.scratch = {};  // no memory
  const std::string volume = absl::StrCat(files_.Path("volume"), ":/data:ro");
  std::filesystem::create_directory(files_.Path("volume"));
  for (int fd = 3; fd < 30; ++fd) {
    const std::string workdir = absl::StrCat("/proc/self/fd/", fd);
    const std::string output =
        Output("list ..", {.volumes = {volume}, .workdir = workdir});
    EXPECT_TRUE(absl::StartsWith(
        output,
        absl::StrCat("cannot enter the working directory \"", workdir, "\": ")))
        << output;
  }
}

TEST_P(ContainerTest, LeavesNothingOnDiskEither) {
  place_.scratch = {};  // no memory
  EXPECT_EQ(Output("write /f other ; cat /f ; stat /owned/f"),
            "other/owned/f -0600 1000:1000\n");
  EXPECT_TRUE(std::filesystem::is_empty(place_.temporary));
}

TEST_P(ContainerTest, GoesOnWithWhatWasKept) {
  const std::vector<std::string> image = {"sha256:a"};
  const std::string path = files_.Path("kept");
  kept_ = KeptLayers::Open(path, "", image).value();
  EXPECT_EQ(Output("write /f kept ; symlink f /l ; chown 5:6 /l ; rm /d ; "
                   "mknod p /p ; exit 3",
                   {.keep = true}),
            "exit code 3");
  kept_ = KeptLayers::Open(path, "", image).value();
  EXPECT_EQ(Output("cat /f ; stat /l ; list /d ; stat /p", {.keep = true}),
            "kept/l l0777 5:6\nlist /d: ENOENT\n/p p0644 0:0\n");
  EXPECT_EQ(kept_->Tars(),
            (std::vector<std::string>{path + "/0000.tar", path + "/0001.tar"}));
  EXPECT_THAT(
      KeptLayers::Open(path, "", {"sha256:b"}).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               absl::StrCat("\"", path, "\" belongs to a different image")));
}

INSTANTIATE_TEST_SUITE_P(Modes, ContainerTest,
                         testing::Values(SandboxMode::kReal,
                                         SandboxMode::kMapped,
                                         SandboxMode::kEmulated),
                         [](const auto& info) {
                           return std::string(SandboxModeName(info.param));
                         });

// Starts a watch in a process that is then killed, or ends well.
void WatchAndEnd(const std::string& file, bool well) {
  const pid_t pid = fork();
  if (pid == 0) {
    std::optional<DeathWatch> watch;
    absl::StatusOr<DeathWatch> started =
        DeathWatch::Start([&] { WriteFile(file, "put right").IgnoreError(); });
    if (started.ok()) watch.emplace(*std::move(started));
    if (well) watch.reset();
    raise(SIGKILL);
  }
  waitpid(pid, nullptr, 0);
}

TEST(DeathWatch, ActsWhenItsProcessIsKilled) {
  const std::string file = absl::StrCat(testing::TempDir(), "/killed");
  WatchAndEnd(file, /*well=*/false);
  for (int i = 0; i < 6000 && !ReadFile(file).ok(); ++i) usleep(10000);
  EXPECT_THAT(ReadFile(file), absl_testing::IsOkAndHolds("put right"));
}

TEST(DeathWatch, DoesNothingAfterAnOrderlyEnd) {
  const std::string file = absl::StrCat(testing::TempDir(), "/ended");
  WatchAndEnd(file, /*well=*/true);
  EXPECT_FALSE(ReadFile(file).ok());
}

}  // namespace
}  // namespace rules_dockerfile
