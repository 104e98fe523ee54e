#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/run/layer_testing.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// A RUN on an image whose paths lead out of it. HOST is a directory of the
// host, which holds a file `secret`.
struct LinkCase {
  const char* name;
  std::vector<TestFile> files;
  const char* flags = "";
  const char* commands = "";
  // What the RUN prints, or its error.
  const char* output = "";
  const char* workdir = "/";
  const char* user = "";
};

class LinkAttackTest
    : public testing::TestWithParam<std::tuple<SandboxMode, LinkCase>> {
 protected:
  LinkAttackTest() : mode_(std::get<0>(GetParam())) {}

  void SetUp() override {
    if (!CanHaveSandbox(mode_)) {
      GTEST_SKIP() << "skipped: this user cannot have such ids";
    }
    host_ =
        std::filesystem::path(run_.Path("host")).lexically_normal().string();
    std::filesystem::create_directory(host_);
    run_.Write("host/secret", "secret");
    // As a careless caller leaves it open.
    top_ = UniqueFd(open("/", O_RDONLY | O_DIRECTORY));
    run_.Write("key", "hush");
    run_.options.host_access.secrets["key"] = run_.Path("key");
    run_.Write("context-file", "context");
    run_.options.mounts.context.files = {{"a", run_.Path("context-file")}};
  }

  std::string WithHost(absl::string_view text) const {
    return absl::StrReplaceAll(text, {{"HOST", host_}});
  }

  // The files of the host's directory except its secret.
  std::string Litter() const {
    std::string litter;
    for (const auto& entry : std::filesystem::directory_iterator(host_)) {
      const std::string name = entry.path().filename().string();
      if (name != "secret") absl::StrAppend(&litter, name, "\n");
    }
    if (ReadFile(absl::StrCat(host_, "/secret")).value_or("") != "secret") {
      litter += "secret was changed\n";
    }
    return litter;
  }

  TestRun run_;
  SandboxMode mode_;
  std::string host_;
  UniqueFd top_;
};

TEST_P(LinkAttackTest, StaysInTheImage) {
  const LinkCase& attack = std::get<1>(GetParam());
  std::vector<TestFile> files = attack.files;
  for (TestFile& file : files) file.link = WithHost(file.link);
  KeepFiles(run_, files);
  run_.options.mounts.from["stage"] = {.layers = {run_.Path("kept0.tar")},
                                       .indexes = {run_.Path("kept0.index")}};
  run_.Write(
      "state",
      absl::StrCat(R"({"args": [], "env": ["PATH=/bin"], )",
                   R"("platform": "linux/amd64", "shell": [], "user": ")",
                   attack.user, R"(", "workdir": ")", WithHost(attack.workdir),
                   "\"}"));
  EXPECT_EQ(run_.Output(attack.flags, WithHost(attack.commands), mode_),
            WithHost(attack.output));
  EXPECT_EQ(Litter(), "");
}

constexpr TarEntryType kFifo = TarEntryType::kFifo;

const LinkCase kCases[] = {
    // /etc/hosts and /etc/resolv.conf are mounted at what they lead to.
    {.name = "HostsAbsolute",
     .files = {TestLink("etc/hosts", "HOST/secret")},
     .commands = "cat /etc/hosts ; list HOST",
     .output = "127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost "
               "ip6-localhost ip6-loopback\nHOST: secret\n"},
    {.name = "HostsDotDot",
     .files = {TestLink("etc/hosts", "../../../../../../../..HOST/new")},
     .commands = "cat /etc/hosts",
     .output = "127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost "
               "ip6-localhost ip6-loopback\n"},
    {.name = "HostsMagic",
     .files = {TestLink("etc/hosts", "/proc/self/root/etc/hosts")},
     .commands = "cat /etc/hosts",
     .output = ""},
    {.name = "HostsDescriptor",
     .files = {TestLink("etc/hosts", "/proc/self/fd/3/x")},
     .commands = "cat /etc/hosts",
     .output = ""},
    {.name = "ResolvConfAbsolute",
     .files = {TestLink("etc/resolv.conf", "HOST/new")},
     .commands = "cat /etc/resolv.conf ; list HOST",
     .output = "HOST: new\n"},
    {.name = "ResolvConfMagic",
     .files = {TestLink("etc/resolv.conf", "/proc/1/cwd/new")},
     .commands = "cat /etc/resolv.conf",
     .output = ""},
    {.name = "EtcIsALink",
     .files = {TestLink("etc2", "/proc/self/root"), TestLink("d2", "etc2/etc")},
     .flags = "--mount=type=tmpfs,target=/d2/x",
     .commands = "list /etc",
     .output = "/etc: group hosts passwd resolv.conf\n"},
    {.name = "DevShmIsALink",
     .files = {TestLink("dev/shm", "HOST"), TestLink("dev/null", "HOST/new")},
     .commands = "write /dev/shm/x y ; write /dev/null y ; stat /dev/null",
     .output = "/dev/null c0666 0:0 1,3\n"},
    // Users.
    {.name = "PasswdIsAFifo",
     .files = {{"etc/passwd", kFifo}},
     .commands = "ids",
     .output = "unable to find user app: no matching entries in passwd file",
     .user = "app"},
    {.name = "GroupIsAFifo",
     .files = {{"etc/group", kFifo}},
     .commands = "ids",
     .output = "unable to find group users: no matching entries in group file",
     .user = "app:users"},
    {.name = "PasswdIsMagic",
     .files = {TestLink("etc/passwd", "/proc/self/root/etc/passwd")},
     .commands = "ids",
     .output = "unable to find user daemon: no matching entries in passwd file",
     .user = "daemon"},
    {.name = "HomeIsMagic",
     .files = {{"etc/passwd", TarEntryType::kFile,
                "app:x:1000:1000::/proc/self/fd/3:\n", 0644}},
     .commands = "env ; cwd",
     .output =
         "PATH=/bin\nHOME=/proc/self/fd/3\nSOURCE_DATE_EPOCH=5000\ncwd /\n",
     .user = "app"},
    // Working directories.
    {.name = "WorkdirMagic",
     .commands = "cwd",
     .output = "cannot enter the working directory \"/proc/self/fd/3\": Too "
               "many levels of symbolic links\nhint: links of /proc to open "
               "files and to directories of processes are not followed",
     .workdir = "/proc/self/fd/3"},
    {.name = "WorkdirOfPidOne",
     .commands = "cwd",
     .output = "cannot enter the working directory \"/proc/1/root\": Too many "
               "levels of symbolic links\nhint: links of /proc to open files "
               "and to directories of processes are not followed",
     .workdir = "/proc/1/root"},
    {.name = "WorkdirOfAThread",
     .commands = "cwd",
     .output = "cannot enter the working directory \"/proc/thread-self/fd/3\": "
               "Too many levels of symbolic links\nhint: links of /proc to "
               "open files and to directories of processes are not followed",
     .workdir = "/proc/thread-self/fd/3"},
    {.name = "WorkdirBelowMagic",
     .files = {TestLink("innocent", "/proc/self/root")},
     .commands = "cwd",
     .output = "cannot enter the working directory \"/innocent/made\": Too "
               "many levels of symbolic links\nhint: links of /proc to open "
               "files and to directories of processes are not followed",
     .workdir = "/innocent/made"},
    {.name = "WorkdirLinkOut",
     .files = {TestLink("innocent", "../../../../..HOST")},
     .commands = "cwd ; list .",
     .output = "cwd HOST\n.:\n",
     .workdir = "/innocent"},
    // Mount targets.
    {.name = "TmpfsAtMagic",
     .files = {TestLink("innocent", "/proc/self/fd/3")},
     .flags = "--mount=type=tmpfs,target=/innocent/d",
     .commands = "cwd",
     .output = "cwd /\n"},
    {.name = "TmpfsOnMagic",
     .files = {TestLink("innocent", "/proc/self/cwd")},
     .flags = "--mount=type=tmpfs,target=/innocent",
     .commands = "cwd",
     .output = "cwd /\n"},
    {.name = "TmpfsAtLinkOut",
     .files = {TestLink("innocent", "../../..HOST")},
     .flags = "--mount=type=tmpfs,target=/innocent/d",
     .commands = "list HOST",
     .output = "HOST: d\n"},
    {.name = "TmpfsOnProc",
     .flags = "--mount=type=tmpfs,target=/proc/sys",
     .commands = "write /proc/sys/x y ; list /proc/sys",
     .output = "write /proc/sys/x: ENOENT\n/proc/sys: abi debug dev fs kernel "
               "net user vm\n"},
    {.name = "TmpfsOverProc",
     .flags = "--mount=type=tmpfs,target=/proc",
     .commands = "cat /proc/keys ; write /proc/sysrq-trigger x",
     .output = "write /proc/sysrq-trigger: ENOENT\n"},
    {.name = "SecretAtLinkOut",
     .files = {TestLink("innocent", "HOST")},
     .flags = "--mount=type=secret,id=key,target=/innocent/key",
     .commands = "cat /innocent/key ; list HOST",
     .output = "hushHOST: key\n"},
    {.name = "SecretAtMagic",
     .files = {TestLink("innocent", "/proc/self/root")},
     .flags = "--mount=type=secret,id=key,target=/innocent/key",
     .commands = "cat /innocent/key",
     .output = ""},
    {.name = "SecretsAreALink",
     .files = {TestLink("run/secrets", "HOST")},
     .flags = "--mount=type=secret,id=key",
     .commands = "cat /run/secrets/key",
     .output = "hush"},
    {.name = "BindAtLinkOut",
     .files = {TestLink("innocent", "HOST")},
     .flags = "--mount=target=/innocent,rw",
     .commands = "write /innocent/new x ; list HOST",
     .output = "HOST: a new\n"},
    {.name = "CacheAtLinkOut",
     .files = {TestLink("innocent", "HOST/c")},
     .flags = "--mount=type=cache,target=/innocent",
     .commands = "write /innocent/new x ; list HOST",
     .output = "HOST: c\n"},
    // Mount sources, in another stage.
    {.name = "SourceIsALinkOut",
     .files = {TestLink("out", "HOST")},
     .flags = "--mount=from=stage,source=/out,target=/m",
     .commands = "list /m",
     .output = "\"/out\": not found"},
    {.name = "SourceBelowALinkOut",
     .files = {TestLink("out", "HOST")},
     .flags = "--mount=from=stage,source=/out/secret,target=/m",
     .commands = "cat /m",
     .output = "\"/out/secret\": not found"},
    {.name = "SourceIsDotDot",
     .files = {TestLink("out", "../../../../../../../..HOST/secret")},
     .flags = "--mount=from=stage,source=/out,target=/m",
     .commands = "cat /m",
     .output = "\"/out\": not found"},
    {.name = "SourceIsMagic",
     .files = {TestLink("out", "/proc/self/root")},
     .flags = "--mount=from=stage,source=/out,target=/m",
     .commands = "list /m",
     .output = "\"/out\": not found"},
    {.name = "CacheFromALinkOut",
     .files = {TestLink("out", "HOST")},
     .flags = "--mount=type=cache,from=stage,source=/out,target=/m",
     .commands = "list /m",
     .output = "\"/out\": not found"},
    {.name = "LinksInASourceStayLinks",
     .files = {{"s"}, TestLink("s/out", "HOST/secret")},
     .flags = "--mount=from=stage,source=/s,target=/m",
     .commands = "stat /m/out ; cat /m/out",
     .output = "/m/out l0777 0:0\n"},
};

INSTANTIATE_TEST_SUITE_P(
    Cases, LinkAttackTest,
    testing::Combine(testing::Values(SandboxMode::kReal, SandboxMode::kMapped,
                                     SandboxMode::kEmulated),
                     testing::ValuesIn(kCases)),
    [](const auto& info) {
      return absl::StrCat(std::get<1>(info.param).name, "_",
                          SandboxModeName(std::get<0>(info.param)));
    });

}  // namespace
}  // namespace rules_dockerfile
