#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/sandbox_testing.h"

namespace rules_dockerfile {
namespace {

// A file system in which root has made files for all and files for itself.
constexpr absl::string_view kFiles =
    "mkdir /root ; write /root/f x ; chmod 700 /root ; "
    "write /secret x ; chmod 600 /secret ; write /open x ; chmod 666 /open ; "
    "write /shared x ; chown 0:2000 /shared ; chmod 640 /shared ; "
    "mkdir /home ; mkdir /home/u ; chown 1000:1000 /home/u ; "
    "write /tmp/theirs x ; chmod 666 /tmp/theirs ; "
    "mkdir /theirs ; write /theirs/f x ; chown 1001:1001 /theirs/f ; "
    "symlink /root/f /to-root ; symlink /theirs/f /to-theirs ; "
    "symlink /proc/self/fd/1 /out ; "
    "cp /bin/probe /bin/mine ; chmod 700 /bin/mine ; "
    "cp /bin/probe /bin/group ; chown 0:2000 /bin/group ; "
    "chmod 750 /bin/group ; drop ; ";

// A RUN of an ordinary user, in each mode.
class PermissionsTest : public ProbeSandboxTest {
 protected:
  // What the commands print after kFiles, as USER 1000 who is in group 2000.
  // The files are made by a set-user-ID program, as root.
  std::string OutputOfUser(absl::string_view commands) {
    return Output(UserProbeSpec(GetParam(), absl::StrCat(kFiles, commands)));
  }
};

// A command of the probe, and what it prints: nothing if it may.
struct Row {
  const char* command;
  const char* printed;
};

constexpr Row kRows[] = {
    // What is for all, and what is the user's own.
    {"open r /open", ""},
    {"open rw /open", ""},
    {"open r /to-theirs", ""},
    {"open w /out", ""},
    {"open rw /dev/null", ""},
    {"write /home/u/f x ; append /home/u/f ; rm /home/u/f", ""},
    {"mkdir /home/u/d ; mv /home/u/d /home/u/e ; rm /home/u/e", ""},
    {"symlink f /home/u/l ; readlink /home/u/l ; rm /home/u/l", ""},
    {"write /tmp/f x ; link /tmp/f /tmp/g ; rm /tmp/f ; rm /tmp/g", ""},
    {"cd /home/u ; write f x ; chmod 600 f ; touch 5 f ; truncate f ; rm f",
     ""},
    {"access rx / ; access r /open ; run /bin/probe", ""},
    // Group 2000.
    {"open r /shared ; run /bin/group", ""},
    {"open w /shared", "open w /shared: EACCES\n"},
    // Files of root's and of others.
    {"open r /secret", "open r /secret: EACCES\n"},
    {"open rw /secret", "open rw /secret: EACCES\n"},
    {"open p /secret ; stat /secret", "/secret -0600 0:1000\n"},
    {"write /secret y", "write /secret: EACCES\n"},
    {"truncate /secret", "truncate /secret: EACCES\n"},
    {"append /to-theirs", "append /to-theirs: EACCES\n"},
    {"run /bin/mine", "run /bin/mine: EACCES\n"},
    {"access r /secret", "access r /secret: EACCES\n"},
    {"access w /theirs/f", "access w /theirs/f: EACCES\n"},
    {"eaccess x /bin/mine", "access x /bin/mine: EACCES\n"},
    {"chmod 777 /open", "chmod /open: EPERM\n"},
    {"touch 5 /open", "touch /open: EPERM\n"},
    {"touch_now /open", ""},
    {"touch_now /secret", "touch /secret: EACCES\n"},
    {"chown 1000:1000 /open", "chown /open: EPERM\n"},
    {"setxattr user.a 1 /theirs/f", "setxattr /theirs/f: EACCES\n"},
    {"setxattr security.a 1 /theirs/f", "setxattr /theirs/f: EPERM\n"},
    {"acl access /open 1000", "acl /open: EPERM\n"},
    // Names in directories that are root's.
    {"write /f x", "write /f: EACCES\n"},
    {"mkdir /d", "mkdir /d: EACCES\n"},
    {"mkdir /theirs", "mkdir /theirs: EEXIST\n"},
    {"mknod p /p", "mknod /p: EACCES\n"},
    {"symlink x /l", "symlink /l: EACCES\n"},
    {"link /open /l", "link /l: EACCES\n"},
    {"link /secret /home/u/l", "link /home/u/l: EPERM\n"},
    {"rm /open", "rm /open: EACCES\n"},
    {"rm /nothing", "rm /nothing: ENOENT\n"},
    {"mv /open /home/u/f", "mv /open: EACCES\n"},
    {"write /home/u/f x ; mv /home/u/f /f ; rm /home/u/f",
     "mv /home/u/f: EACCES\n"},
    // A directory that only root may search.
    {"cd /root", "cd /root: EACCES\n"},
    {"list /root", "list /root: EACCES\n"},
    {"open r /root/f", "open r /root/f: EACCES\n"},
    {"open r /root/nothing", "open r /root/nothing: EACCES\n"},
    {"open r /to-root", "open r /to-root: EACCES\n"},
    {"open r /home/../root/./f", "open r /home/../root/./f: EACCES\n"},
    {"open p /root/f", "open p /root/f: EACCES\n"},
    {"stat /root/f", "stat /root/f: EACCES\n"},
    {"readlink /root/f", "readlink /root/f: EACCES\n"},
    {"write /root/x y", "write /root/x: EACCES\n"},
    {"mkdir /root/d", "mkdir /root/d: EACCES\n"},
    {"chmod 777 /root/f", "chmod /root/f: EACCES\n"},
    {"chown 1000:1000 /root/f", "chown /root/f: EACCES\n"},
    {"open r /nothing/f", "open r /nothing/f: ENOENT\n"},
    {"open r /open/f", "open r /open/f: ENOTDIR\n"},
    // A sticky directory.
    {"append /tmp/theirs", ""},
    {"rm /tmp/theirs", "rm /tmp/theirs: EPERM\n"},
    {"mv /tmp/theirs /tmp/mine", "mv /tmp/theirs: EPERM\n"},
    {"write /tmp/f x ; mv /tmp/f /tmp/theirs ; rm /tmp/f",
     "mv /tmp/f: EPERM\n"},
    // An owner has the permissions of the owner.
    {"write /tmp/f x ; chmod 077 /tmp/f ; open r /tmp/f ; rm /tmp/f",
     "open r /tmp/f: EACCES\n"},
    {"mkdir /tmp/d ; chmod 077 /tmp/d ; cd /tmp/d ; chmod 700 /tmp/d ; "
     "rm /tmp/d",
     "cd /tmp/d: EACCES\n"},
    // The kernel's, whoever asks.
    {"open w /etc/hosts", "open w /etc/hosts: EACCES\n"},
    {"write /etc/hosts x", "write /etc/hosts: EROFS\n"},
    {"chmod 777 /etc/hosts", "chmod /etc/hosts: EROFS\n"},
};

TEST_P(PermissionsTest, AreThoseOfTheUser) {
  std::string commands;
  std::string printed;
  for (const Row& row : kRows) {
    absl::StrAppend(&commands, commands.empty() ? "" : " ; ", row.command);
    absl::StrAppend(&printed, row.printed);
  }
  EXPECT_EQ(OutputOfUser(commands), printed);
}

// As sudo.
TEST_P(PermissionsTest, AreRootsInASetuidProgram) {
  EXPECT_EQ(OutputOfUser("append /secret ; spawn /bin/root append /secret ; "
                         "ids ; access r /secret ; eaccess r /secret"),
            "append /secret: EACCES\n"
            "uid 1000 0 0 gid 1000 1000 1000 groups 1000 2000\n"
            "access r /secret: EACCES\n");
}

// With emulated ids a process whose RUN began as root is supervised when it
// creates names and calls stat: docs/sandbox.md.
TEST_P(PermissionsTest, AreThoseOfAUserThatRootBecame) {
  const bool emulated = GetParam() == SandboxMode::kEmulated;
  EXPECT_EQ(
      Output("mkdir /root ; write /root/f x ; chmod 700 /root ; "
             "cp /bin/probe /s ; chmod 700 /s ; user 1000:1000 ; "
             "write /f x ; mkdir /d ; symlink x /l ; mknod p /p ; "
             "write /root/f x ; stat /root/f ; run /s ; "
             "open r /root/f ; rm /s"),
      absl::StrCat("write /f: EACCES\nmkdir /d: EACCES\nsymlink /l: EACCES\n"
                   "mknod /p: EACCES\nwrite /root/f: EACCES\n"
                   "stat /root/f: EACCES\nrun /s: EACCES\n",
                   emulated ? "" : "open r /root/f: EACCES\nrm /s: EACCES\n"));
}

RULES_DOCKERFILE_IN_EACH_MODE(PermissionsTest);

}  // namespace
}  // namespace rules_dockerfile
