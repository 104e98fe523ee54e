#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// How the supervisor handles the names of files, in each mode.
class SupervisedFilesTest : public ProbeSandboxTest {
 protected:
  // With a clock stat is the supervisor's in each mode.
  std::string OutputWithAClock(absl::string_view commands) {
    SandboxSpec spec = ProbeSpec(GetParam(), commands);
    spec.view.clock_start = 1000000000;
    return Output(spec);
  }
};

TEST_P(SupervisedFilesTest, TakesLinksOfProcForThoseOfTheCommand) {
  EXPECT_EQ(Output("write /f x ; chown 5:6 /proc/self/root/f ; stat /f ; "
                   "chown 7:8 /proc/thread-self/cwd/f ; stat /f"),
            "/f -0644 5:6\n/f -0644 7:8\n");
}

// None of those that the supervisor has, by whatever name.
TEST_P(SupervisedFilesTest, FindsNoDescriptorButThoseOfTheCommand) {
  std::string commands = "user 1000:1000";
  std::string expected;
  for (int fd = 3; fd < 40; ++fd) {
    for (const char* start : {"/proc/self/fd/", "//proc/self/fd/",
                              "/dev/../proc/thread-self/fd/", "/dev/fd/"}) {
      const std::string path = absl::StrCat(start, fd, "/x");
      absl::StrAppend(&commands, " ; write ", path, " y ; mkdir ", path,
                      " ; stat ", path);
      absl::StrAppend(&expected, "write ", path, ": ENOENT\nmkdir ", path,
                      ": ENOENT\nstat ", path, ": ENOENT\n");
    }
  }
  EXPECT_EQ(OutputWithAClock(commands), expected);
}

TEST_P(SupervisedFilesTest, ShowsAnOrdinaryUserNothingThatIsRoots) {
  EXPECT_EQ(OutputWithAClock("mkdir /p ; write /p/f x ; chmod 700 /p ; "
                             "user 1000:1000 ; stat /p/f ; stat /p"),
            "stat /p/f: EACCES\n/p d0700 0:0\n");
}

// A group that the user is in counts, and so does a capability.
TEST_P(SupervisedFilesTest, ShowsAUserWhatItsGroupsMaySee) {
  EXPECT_EQ(OutputWithAClock("mkdir /p ; write /p/f x ; chown 0:1000 /p ; "
                             "chmod 750 /p ; user 1000:1000 ; stat /p/f"),
            "/p/f -0644 0:0\n");
}

TEST_P(SupervisedFilesTest, CreatesTheTargetOfADanglingLink) {
  EXPECT_EQ(Output("mkdir /home ; chown 7:8 /home ; chmod 777 /home ; "
                   "symlink new /home/l ; symlink /home/l /k ; user 7:8 ; "
                   "write /k text ; stat /home/new ; mkdir /home/d/ ; "
                   "stat /home/d"),
            "/home/new -0644 7:8\n/home/d d0755 7:8\n");
}

TEST_P(SupervisedFilesTest, RunsSetuidProgramsForRootToo) {
  EXPECT_EQ(Output("cp /bin/probe /s ; chown 33:34 /s ; chmod 6755 /s ; "
                   "spawn /s ids"),
            "uid 0 33 33 gid 0 34 34 groups 0\n");
}

// A script runs with the ids of its caller, whatever its mode.
TEST_P(SupervisedFilesTest, RunsScriptsWithTheIdsOfTheCaller) {
  EXPECT_EQ(
      Output("write /s #!/bin/probe\tids ; chown 33:34 /s ; chmod 6755 /s ; "
             "spawn /s"),
      "uid 0 0 0 gid 0 0 0 groups 0\n");
}

TEST_P(SupervisedFilesTest, LetsAnOwnerChownToTheGroupThatTheFileHas) {
  EXPECT_EQ(Output("write /f x ; chown 1000:77 /f ; user 1000:1000 ; "
                   "chown 1000:77 /f ; stat /f ; chown 1000:78 /f"),
            "/f -0644 1000:77\nchown /f: EPERM\n");
}

TEST_P(SupervisedFilesTest, ChownClearsSetuidBitsOfAllButDirectories) {
  EXPECT_EQ(Output("mknod p /p ; chmod 6755 /p ; chown 1:1 /p ; stat /p ; "
                   "mkdir /d ; chmod 6755 /d ; chown 1:1 /d ; stat /d"),
            "/p p0755 1:1\n/d d6755 1:1\n");
}

RULES_DOCKERFILE_IN_EACH_MODE(SupervisedFilesTest);

}  // namespace
}  // namespace rules_dockerfile
