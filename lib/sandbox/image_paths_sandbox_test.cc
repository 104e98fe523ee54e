#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// Paths of an image that lead out of it, if the wrong one follows them.
class ImagePathsTest : public ProbeSandboxTest {
 protected:
  // A directory of the host, empty.
  static std::string HostDirectory(absl::string_view name) {
    std::string path = absl::StrCat(testing::TempDir(), "/", name);
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
    return path;
  }
};

// The probe's image, in which `name` is a symlink.
SandboxSpec SpecWithLink(const SandboxSpec& spec, const std::string& target,
                         const std::string& name) {
  SandboxSpec linked = spec;
  linked.rootfs.fill =
      [fill = spec.rootfs.fill, target, name](
          const DirectoryToFill& directory) -> absl::StatusOr<SpecialOwners> {
    ABSL_RETURN_IF_ERROR(fill(directory).status());
    if (symlinkat(target.c_str(), directory.fd, name.c_str()) < 0) {
      return absl::ErrnoToStatus(errno, "cannot create a link");
    }
    return SpecialOwners();
  };
  return linked;
}

std::string CannotEnter(absl::string_view directory) {
  return absl::StrCat(
      "cannot enter the working directory \"", directory,
      "\": Too many levels of symbolic links\nhint: links of /proc to open "
      "files and to directories of processes are not followed");
}

TEST_P(ImagePathsTest, AWorkingDirectoryIsNotAnOpenDirectoryOfTheHost) {
  for (int fd = 3; fd < 25; ++fd) {
    SandboxSpec spec = ProbeSpec(GetParam(), "list ..");
    spec.command.cwd = absl::StrCat("/proc/self/fd/", fd);
    const std::string output = Output(spec);
    EXPECT_TRUE(output == CannotEnter(spec.command.cwd) ||
                output == absl::StrCat("cannot enter the working directory \"",
                                       spec.command.cwd,
                                       "\": No such file or directory"))
        << output;
  }
}

TEST_P(ImagePathsTest, AWorkingDirectoryIsNotAMagicLinkBehindALink) {
  for (const char* magic :
       {"/proc/self/root", "/proc/self/cwd", "../proc/self/fd/0",
        "/proc/thread-self/fd/0", "/proc/self/../1/root"}) {
    SandboxSpec spec = ProbeSpec(GetParam(), "cwd");
    spec.command.cwd = "/innocent";
    EXPECT_EQ(Output(SpecWithLink(spec, magic, "innocent")),
              CannotEnter("/innocent"));
  }
}

TEST_P(ImagePathsTest, AWorkingDirectoryMayBeAnyOtherLink) {
  SandboxSpec spec = ProbeSpec(GetParam(), "cwd");
  spec.command.cwd = "/link";
  EXPECT_EQ(Output(SpecWithLink(spec, "../../../tmp", "link")), "cwd /tmp\n");
  spec.command.cwd = "/proc/sys";
  EXPECT_EQ(Output(spec), "cwd /proc/sys\n");
}

TEST_P(ImagePathsTest, TheCommandHasNoOpenFileButItsStandardOnes) {
  // The last one is that of the list itself.
  EXPECT_EQ(Output("list /proc/self/fd"), "/proc/self/fd: 0 1 2 3\n");
}

TEST_P(ImagePathsTest, SystemDirectoriesMustBeDirectories) {
  for (const std::string name : {"proc", "sys", "dev"}) {
    for (const char* target : {"/realproc", "../../realproc", "tmp", "none"}) {
      SandboxSpec spec = ProbeSpec(GetParam(), "cat /proc/keys");
      EXPECT_EQ(
          Output(SpecWithLink(spec, target, name)),
          absl::StrCat(
              "\"/", name,
              "\" of the image: expected a directory, got a symbolic "
              "link\nhint: remove it: a RUN and a container mount their own"));
    }
  }
}

TEST_P(ImagePathsTest, SystemDirectoriesAreNotFiles) {
  SandboxSpec spec = ProbeSpec(GetParam(), "pid");
  spec.rootfs.fill =
      [fill = spec.rootfs.fill](
          const DirectoryToFill& directory) -> absl::StatusOr<SpecialOwners> {
    ABSL_RETURN_IF_ERROR(fill(directory).status());
    UniqueFd(openat(directory.fd, "sys", O_WRONLY | O_CREAT, 0644));
    return SpecialOwners();
  };
  EXPECT_EQ(Output(spec),
            "\"/sys\" of the image: expected a directory, got a file\nhint: "
            "remove it: a RUN and a container mount their own");
}

TEST_P(ImagePathsTest, MountTargetsAreMadeInTheImage) {
  const std::string host = HostDirectory("host");
  SandboxSpec spec = ProbeSpec(GetParam(), "list /link/d ; cat /link/e/f");
  spec.view.mounts = {TmpfsMount{.target = "/link/d"},
                      FileMount{.target = "/link/e/f", .contents = "text"}};
  EXPECT_EQ(Output(SpecWithLink(spec, host, "link")), "/link/d:\ntext");
  EXPECT_TRUE(std::filesystem::is_empty(host));
}

// Makes this process root of a container whose own /proc has masked parts, so
// that the kernel mounts no other in its sandboxes.
bool BecomeRootWithMaskedProc() {
  const std::string uid_map = absl::StrCat("0 ", geteuid(), " 1");
  const std::string gid_map = absl::StrCat("0 ", getegid(), " 1");
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return false;
  for (const auto& [file, text] :
       {std::pair<const char*, std::string>{"/proc/self/setgroups", "deny"},
        {"/proc/self/uid_map", uid_map},
        {"/proc/self/gid_map", gid_map}}) {
    const UniqueFd fd(open(file, O_WRONLY | O_CLOEXEC));
    if (write(fd.get(), text.data(), text.size()) < 0) return false;
  }
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", "/proc/irq", "tmpfs", 0, nullptr) == 0;
}

// There the supervisor is in the /proc that the command sees, and /proc/self in
// a path of the command would be the supervisor's.
TEST_P(ImagePathsTest, TheSupervisorFollowsNoMagicLinkForTheCommand) {
  if (GetParam() != SandboxMode::kEmulated) {
    GTEST_SKIP() << "skipped: with real and mapped ids it makes no files";
  }
  const pid_t child = fork();
  if (child == 0) {
    if (!BecomeRootWithMaskedProc()) _exit(2);
    SandboxSpec spec = ProbeSpec(
        GetParam(),
        "user 1000:1000 ; mkdir /leak/d ; stat /d ; write /leak/f x ; "
        "stat /f ; symlink x /leak/l ; stat /l ; stat /leak/d ; "
        "mkdir /tmp/plain ; stat /tmp/plain");
    EXPECT_EQ(Output(SpecWithLink(spec, "/proc/self/cwd", "leak")),
              "/d d0755 0:0\n/f -0644 0:0\n/l l0777 0:0\n/leak/d d0755 0:0\n"
              "/tmp/plain d0755 1000:1000\n");
    _exit(HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 2) {
    GTEST_SKIP() << "skipped: cannot mask parts of /proc here";
  }
  EXPECT_EQ(status, 0);
}

// Changes `directory`/sub to a link and back until it is ended.
class SwappingProcess {
 public:
  SwappingProcess(const std::string& directory, const std::string& target) {
    const UniqueFd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY));
    mkdirat(fd.get(), "sub", 0755);
    symlinkat(target.c_str(), fd.get(), "link");
    pid_ = fork();
    while (pid_ == 0) {
      syscall(SYS_renameat2, fd.get(), "sub", fd.get(), "link",
              2 /* RENAME_EXCHANGE */);
    }
  }
  ~SwappingProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

TEST_P(ImagePathsTest, MountTargetsInASharedDirectoryAreNotRacedOutOfIt) {
  const std::string shared = HostDirectory("shared");
  const std::string host = HostDirectory("outside");
  const SwappingProcess swapper(shared, host);
  for (int i = 0; i < 30; ++i) {
    SandboxSpec spec = ProbeSpec(GetParam(), "pid");
    spec.view.mounts = {
        BindMount{.target = "/c", .source = shared, .read_only = false},
        TmpfsMount{.target = absl::StrCat("/c/sub/d", i, "/x")}};
    // The link leads to a directory of the image, which is made: both are fine.
    const std::string output = Output(spec);
    EXPECT_TRUE(output == "pid 1\n" ||
                absl::StartsWith(output, "cannot create"))
        << output;
  }
  EXPECT_TRUE(std::filesystem::is_empty(host));
}

RULES_DOCKERFILE_IN_EACH_MODE(ImagePathsTest);

}  // namespace
}  // namespace rules_dockerfile
