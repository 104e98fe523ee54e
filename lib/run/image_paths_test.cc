#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// RUNs of images whose paths lead out of them, if the wrong one follows them.
class ImagePathsTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override {
    if (!CanHaveSandbox(GetParam())) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
  }
  std::string Output(absl::string_view flags, absl::string_view commands) {
    return run_.Output(flags, commands, GetParam());
  }

  TestRun run_;
};

// With a kept cache mount and a rootfs on disk a process of the sandbox has
// directories of the host open.
TEST_P(ImagePathsTest, WorkdirIsNotAnOpenDirectoryOfTheHost) {
  run_.options.scratch = {};  // no memory
  if (GetParam() != SandboxMode::kMapped) {
    run_.options.cache_mounts = run_.Path("caches");
  }
  for (int fd = 3; fd < 30; ++fd) {
    const std::string workdir = absl::StrCat("/proc/self/fd/", fd);
    run_.SetStage(workdir);
    const std::string output =
        Output("--mount=type=cache,target=/c", "list .. ; write x y");
    EXPECT_TRUE(absl::StartsWith(
        output,
        absl::StrCat("cannot enter the working directory \"", workdir, "\": ")))
        << output;
  }
}

TEST_P(ImagePathsTest, WorkdirIsNotAMagicLinkBehindALink) {
  run_.AddLink("innocent", "/proc/self/root");
  run_.SetStage("/innocent");
  EXPECT_EQ(Output("", "cwd"),
            "cannot enter the working directory \"/innocent\": Too many levels "
            "of symbolic links\nhint: links of /proc to open files and to "
            "directories of processes are not followed");
}

TEST_P(ImagePathsTest, ProcIsNotALink) {
  run_.UseBareBase();
  run_.AddLink("proc", "../../realproc");
  EXPECT_EQ(Output("", "cat /proc/keys"),
            "\"/proc\" of the image: expected a directory, got a symbolic "
            "link\nhint: remove it: a RUN and a container mount their own");
}

TEST_P(ImagePathsTest, PasswdIsNotALinkToThatOfTheHost) {
  run_.AddLink("etc/passwd", "/proc/self/root/etc/passwd");
  run_.SetStage("/", "daemon");
  EXPECT_EQ(Output("", "ids"),
            "unable to find user daemon: no matching entries in passwd file");
}

INSTANTIATE_TEST_SUITE_P(Modes, ImagePathsTest,
                         testing::Values(SandboxMode::kReal,
                                         SandboxMode::kMapped,
                                         SandboxMode::kEmulated),
                         [](const auto& info) {
                           return std::string(SandboxModeName(info.param));
                         });

}  // namespace
}  // namespace rules_dockerfile
