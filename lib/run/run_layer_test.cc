#include "lib/run/run_layer.h"

#include <unistd.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/layer/layer_index.h"
#include "lib/sandbox/namespaces.h"
#include "lib/sandbox/sandbox_spec.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

constexpr int64_t kEpoch = 5000;

// The layer that every RUN here has below it; all files are of second 1000.
absl::StatusOr<std::string> BaseLayer() {
  StringSink sink;
  TarWriter writer(&sink);
  ABSL_ASSIGN_OR_RETURN(const std::string probe,
                        ReadFile("lib/sandbox/testing/probe"));
  struct File {
    const char* path;
    TarEntryType type = TarEntryType::kDirectory;
    std::string data = "";
    uint32_t mode = 0755;
    int64_t uid = 0;
    const char* link = "";
  };
  const std::vector<File> files = {
      {"bin"},
      {"bin/probe", TarEntryType::kFile, probe},
      {"d"},
      {"d/f", TarEntryType::kFile, "in d", 0644},
      {"d/sub"},
      {"d/sub/x", TarEntryType::kFile, "x", 0644},
      {"dev"},
      {"etc"},
      {"etc/group", TarEntryType::kFile, "root:x:0:\nusers:x:100:app\n", 0644},
      {"etc/passwd", TarEntryType::kFile,
       "root:x:0:0::/root:\napp:x:1000:1000::/home/app:\n", 0644},
      {"f", TarEntryType::kFile, "text", 0644},
      {"hard1", TarEntryType::kFile, "hard", 0644},
      {"hard2", TarEntryType::kHardLink, "", 0644, 0, "hard1"},
      {"link", TarEntryType::kSymlink, "", 0777, 33, "f"},
      {"owned", TarEntryType::kDirectory, "", 0755, 1000},
      {"owned/f", TarEntryType::kFile, "mine", 0600, 1000},
      {"proc"},
      {"run"},
      {"sys"},
      {"tmp", TarEntryType::kDirectory, "", 01777},
  };
  for (const File& file : files) {
    ABSL_RETURN_IF_ERROR(
        writer.Add({.path = file.path,
                    .type = file.type,
                    .mode = file.mode,
                    .uid = file.uid,
                    .gid = file.uid,
                    .size = static_cast<int64_t>(file.data.size()),
                    .mtime = 1000,
                    .link_target = file.link},
                   file.data));
  }
  ABSL_RETURN_IF_ERROR(writer.Finish());
  return sink.contents();
}

// One entry of a layer, short.
std::string Show(const LayerEntry& entry) {
  std::string owner;
  if (entry.uid != 0 || entry.gid != 0) {
    owner = absl::StrCat(" ", entry.uid, ":", entry.gid);
  }
  const std::string mode = absl::StrFormat(" %04o", entry.mode);
  switch (entry.type) {
    case LayerEntryType::kWhiteout:
      return absl::StrCat("-", entry.path);
    case LayerEntryType::kOpaque:
      return absl::StrCat("opaque ", entry.path);
    case LayerEntryType::kDirectory:
      return absl::StrCat(entry.path, "/", mode, owner);
    case LayerEntryType::kSymlink:
      return absl::StrCat(entry.path, " -> ", entry.link_target, owner);
    case LayerEntryType::kHardLink:
      return absl::StrCat(entry.path, " = ", entry.link_target);
    case LayerEntryType::kFifo:
      return absl::StrCat(entry.path, "|", mode, owner);
    case LayerEntryType::kCharDevice:
    case LayerEntryType::kBlockDevice:
      return absl::StrCat(entry.path, " ", entry.device_major, ",",
                          entry.device_minor, mode, owner);
    case LayerEntryType::kFile:
      return absl::StrCat(entry.path, mode, owner,
                          entry.xattrs.empty() ? "" : " capability");
  }
  return "";
}

class RunLayer {
 public:
  RunLayer() {
    std::string pattern = absl::StrCat(testing::TempDir(), "/runXXXXXX");
    directory_ = mkdtemp(pattern.data());
    static const std::string& layer = *new std::string(BaseLayer().value());
    static const std::string& index =
        *new std::string(LayerIndexToText(IndexLayer(layer).value()));
    Write("base.tar", layer);
    Write("base.index", index);
    Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                   R"("platform": "linux/amd64", "shell": [], "user": "", )"
                   R"("workdir": "/"})");
  }

  // Runs the probe's commands, or the instruction text that begins with RUN.
  absl::Status Run(SandboxMode mode, absl::string_view commands) {
    std::string text(commands);
    if (text.rfind("RUN", 0) != 0) {
      text = absl::StrCat("RUN [\"/bin/probe\", \"",
                          absl::StrReplaceAll(commands, {{" ", "\", \""}}),
                          "\"]\n");
    }
    Write("instruction", text);
    options.instruction = Path("instruction");
    options.state = Path("state");
    options.layers = {Path("base.tar")};
    options.indexes = {Path("base.index")};
    options.mode = mode;
    options.mounts.epoch = options.epoch;
    options.layer_out = Path("layer.tar");
    options.index_out = Path("layer.index");
    options.step_out = Path("step");
    return MakeRunLayer(options);
  }

  // What a RUN with these mounts prints.
  std::string Output(absl::string_view mounts, absl::string_view commands) {
    testing::internal::CaptureStdout();
    const absl::Status status =
        Run(SandboxMode::kAuto,
            absl::StrCat("RUN ", mounts, " [\"/bin/probe\", \"",
                         absl::StrReplaceAll(commands, {{" ", "\", \""}}),
                         "\"]\n"));
    const std::string output = testing::internal::GetCapturedStdout();
    return status.ok() ? output : std::string(status.message());
  }

  // The entries of the layer that the last Run() made.
  std::string Entries() const {
    const absl::StatusOr<LayerIndex> index =
        ParseLayerIndex(ReadFile(Path("layer.index")).value());
    return absl::StrJoin(index.value().entries, ", ",
                         [](std::string* out, const LayerEntry& entry) {
                           absl::StrAppend(out, Show(entry));
                         });
  }

  void Write(const char* name, absl::string_view text) const {
    ASSERT_THAT(WriteFile(Path(name), text), IsOk());
  }
  RunLayerOptions options = {.epoch = kEpoch};  // besides what Run() sets

  std::string Path(const char* name) const {
    return absl::StrCat(directory_, "/", name);
  }

 private:
  std::string directory_;
};

struct CaptureCase {
  const char* name;
  const char* commands;
  const char* entries;
};

void PrintTo(const CaptureCase& test, std::ostream* out) { *out << test.name; }

class CaptureTest : public testing::TestWithParam<CaptureCase> {
 protected:
  void Expect(SandboxMode mode, bool overlay = true) {
    RunLayer run;
    run.options.overlay = overlay;
    ASSERT_THAT(run.Run(mode, GetParam().commands), IsOk());
    EXPECT_EQ(run.Entries(), GetParam().entries);
  }
};

TEST_P(CaptureTest, WithEmulatedIds) { Expect(SandboxMode::kEmulated); }

TEST_P(CaptureTest, WithoutAnOverlay) {
  Expect(SandboxMode::kEmulated, /*overlay=*/false);
}

TEST_P(CaptureTest, OnDisk) {
  RunLayer run;
  run.options.scratch = {};  // no memory
  ASSERT_THAT(run.Run(SandboxMode::kEmulated, GetParam().commands), IsOk());
  EXPECT_EQ(run.Entries(), GetParam().entries);
  EXPECT_NE(access(run.Path("layer.tar.root").c_str(), F_OK), 0);
}

TEST_P(CaptureTest, WithRealIds) {
  if (DetectSandboxMode() != SandboxMode::kReal) {
    GTEST_SKIP() << "skipped: not root";
  }
  Expect(SandboxMode::kReal);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, CaptureTest,
    testing::ValuesIn(std::vector<CaptureCase>{
        {"Nothing", "ids", ""},
        {"NewFile", "write /new text", "new 0644"},
        {"NewDirectory", "mkdir /a ; write /a/b c", "a/ 0755, a/b 0644"},
        {"SameTouch", "touch 1000 /f", ""},
        {"OtherTouch", "touch 999 /f", "f 0644"},
        {"TouchOfNanoseconds", "touch 1000.5 /f", "f 0644"},
        {"TouchOfADirectory", "touch 999 /d", ""},
        {"SameChmod", "chmod 644 /f", ""},
        {"ChmodAndBack", "chmod 600 /f ; chmod 644 /f", ""},
        {"Chmod", "chmod 600 /f", "f 0600"},
        {"ChmodOfADirectory", "chmod 700 /d", "d/ 0700"},
        {"ChmodOfTheRoot", "chmod 700 /", ""},
        {"SameChown", "chown 0:0 /f ; chown 1000:1000 /owned/f", ""},
        {"ChownAndBack", "chown 5:5 /f ; chown 0:0 /f", ""},
        {"Chown", "chown 5:6 /f", "f 0644 5:6"},
        {"ChownOfALowerLink", "chown 5:6 /link", "link -> f 5:6"},
        {"SameChownOfALowerLink", "chown 33:33 /link", ""},
        {"RewriteTheSame", "write /f text ; touch 1000 /f", ""},
        {"EditOfTheSameSizeAndTime", "write /f TEXT ; touch 1000 /f", "f 0644"},
        {"OpenToAppend", "append /f", ""},
        {"MoveAndBack", "mv /f /g ; mv /g /f", ""},
        {"Move", "mv /f /g", "-f, g 0644"},
        {"MoveOfAForeignLink", "mv /link /l", "l -> f 33:33, -link"},
        {"MoveOfAForeignFile", "mv /owned/f /mine",
         "mine 0600 1000:1000, owned/ 0755 1000:1000, -owned/f"},
        {"CreateAndDelete", "write /x y ; rm /x ; mkdir /y ; rm /y", ""},
        {"Delete", "rm /f", "-f"},
        {"DeleteADirectory", "rm /d", "-d"},
        {"DeleteInADirectory", "rm /d/f", "d/ 0755, -d/f"},
        {"NewDirectoryInItsPlace", "rm /d ; mkdir /d ; write /d/new x",
         "d/ 0755, -d/f, d/new 0644, -d/sub"},
        {"SameFileInItsPlace",
         "rm /d ; mkdir /d ; mkdir /d/sub ; write /d/sub/x x ; "
         "touch 1000 /d/sub/x",
         "d/ 0755, -d/f"},
        {"FileToDirectory", "rm /f ; mkdir /f ; write /f/x y",
         "f/ 0755, f/x 0644"},
        {"DirectoryToFile", "rm /d ; write /d text", "d 0644"},
        {"DirectoryToLink", "rm /d ; symlink f /d", "d -> f"},
        {"LinkToALowerFile", "link /f /f2", "f2 0644"},
        {"HardLinks", "write /a text ; link /a /b", "a 0644, b = a"},
        {"WriteToAHardLink", "write /hard1 other", "hard1 0644"},
        {"UserXattr", "setxattr user.x y /f", ""},
        {"Capability", "setcap /f", "f 0644 capability"},
        {"CapabilityOfANewFile", "cp /f /g ; setcap /g", "g 0644 capability"},
        {"ChownDropsTheCapability", "cp /f /g ; setcap /g ; chown 1:1 /g",
         "g 0644 1:1"},
        {"LargeId", "write /g x ; chown 3000000:2999999 /g",
         "g 0644 3000000:2999999"},
        {"Devices", "mknod c /c 1 3 ; mknod b /b 7 0 ; chown 5:6 /b",
         "b 7,0 0644 5:6, c 1,3 0644"},
        {"Fifo", "mknod p /p ; chown 5:6 /p", "p| 0644 5:6"},
        {"Socket", "socket /s", ""},
        {"MovedDevice", "mknod c /c 1 3 ; mv /c /c2", "c2 1,3 0644"},
        {"NoPartOfTheSystem",
         "write /dev/shm/x y ; write /dev/x y ; write /run/x y ; "
         "write /tmp/x y",
         "run/ 0755, run/x 0644, tmp/ 1777, tmp/x 0644"},
        {"NoPartOfEtcHosts", "write /etc/hosts x", ""},
        {"DirectoryOfAForeignUser", "user 1000:1000 ; write /owned/new x",
         "owned/ 0755 1000:1000, owned/new 0644 1000:1000"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(RunLayer, RefusesNamesThatMarkDeletions) {
  RunLayer run;
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "write /d/.wh.evil x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "file name \"d/.wh.evil\" cannot be stored in a layer: "
                       "the prefix \".wh.\" marks deletions"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
}

TEST(RunLayer, TellsTheExitCodeInTheWordsOfBuildKit) {
  RunLayer run;
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "exit 42"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "process \"/bin/probe exit 42\" did not complete "
                       "successfully: exit code: 42"));
  EXPECT_FALSE(ReadFile(run.Path("layer.tar")).ok());
  EXPECT_FALSE(ReadFile(run.Path("layer.index")).ok());
  EXPECT_FALSE(ReadFile(run.Path("step")).ok());
}

TEST(RunLayer, TellsWhyAHostWasNotFound) {
  RunLayer run;
  EXPECT_THAT(
      run.Run(SandboxMode::kAuto,
              "stderr curl: Could not resolve host: example.com ; exit 6"),
      StatusIs(absl::StatusCode::kUnavailable,
               "process \"/bin/probe stderr curl: Could not resolve host: "
               "example.com ; exit 6\" did not complete successfully: exit "
               "code: 6\nIt looked for a host by name, but this RUN has no "
               "network."));
}

TEST(RunLayer, TellsThatTheShellIsMissing) {
  RunLayer run;
  EXPECT_THAT(
      run.Run(SandboxMode::kAuto, "RUN true\n"),
      StatusIs(absl::StatusCode::kUnavailable,
               "process \"/bin/sh -c true\" did not complete successfully: "
               "exec: \"/bin/sh\": stat /bin/sh: no such file or directory"));
}

TEST(RunLayer, ClampsTimesToTheEpoch) {
  RunLayer run;
  ASSERT_THAT(
      run.Run(SandboxMode::kAuto, "write /new x ; write /old x ; touch 7 /old"),
      IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 2u);
  EXPECT_EQ(index.entries[0].mtime, kEpoch);
  EXPECT_EQ(index.entries[1].mtime, 7);
}

TEST(RunLayer, StartsItsClockAtTheEpoch) {
  RunLayer run;
  EXPECT_EQ(run.Output("", "now ; write /f x ; mtime /f"),
            "now 5000 5000 5000\n/f mtime 5000\n");
}

TEST(RunLayer, StartsItsClockAtTheNewestFileIfThatIsYounger) {
  RunLayer run;
  run.options.epoch = 7;
  EXPECT_EQ(run.Output("", "now"), "now 1000 1000 1000\n");
}

TEST(RunLayer, GivesFilesTheTimeOfItsClock) {
  RunLayer run;
  run.options.epoch = int64_t{1} << 32;  // later than any test runs
  ASSERT_THAT(run.Run(SandboxMode::kAuto, "date /f"), IsOk());
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  ASSERT_EQ(index.entries.size(), 1u);
  EXPECT_EQ(index.entries[0].mtime, run.options.epoch);
  EXPECT_EQ(index.entries[0].size, 10);
}

TEST(RunLayer, HasTheRealClockWhenAsked) {
  RunLayer run;
  run.options.clock = RunClock::kReal;
  EXPECT_NE(run.Output("", "now"), "now 5000 5000 5000\n");
}

TEST(RunLayer, RunsAsTheUserInTheWorkingDirectory) {
  RunLayer run;
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/amd64", "shell": [], )"
                     R"("user": "app", "workdir": "/home/app/x"})");
  testing::internal::CaptureStdout();
  ASSERT_THAT(run.Run(SandboxMode::kAuto, "ids ; cwd ; env ; write new x"),
              IsOk());
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "uid 1000 1000 1000 gid 1000 1000 1000 groups 100 1000\n"
            "cwd /home/app/x\nPATH=/bin\nHOME=/home/app\n");
  EXPECT_EQ(run.Entries(),
            "home/ 0755 1000:1000, home/app/ 0755 1000:1000, "
            "home/app/x/ 0755 1000:1000, home/app/x/new 0644 1000:1000");
}

TEST(RunMounts, BindShowsTheContextReadOnly) {
  RunLayer run;
  run.Write("context-file", "from the context");
  run.options.mounts.context_files = {{"dir/a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/src",
                       "list /src ; cat /src/dir/a ; stat /src/dir/a ; "
                       "write /src/dir/a x ; mtime /src/dir/a"),
            "/src: dir\nfrom the context/src/dir/a -0644 0:0\n"
            "write /src/dir/a: EROFS\n/src/dir/a mtime 5000\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, BindShowsOneFile) {
  RunLayer run;
  run.Write("context-file", "text");
  run.options.mounts.context_files = {{"dir/a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/opt/x/y,source=dir/a",
                       "cat /opt/x/y ; list /opt/x"),
            "text/opt/x: y\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, BindThatMayBeWrittenKeepsNothing) {
  RunLayer run;
  run.Write("context-file", "text");
  run.options.mounts.context_files = {{"a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/src,rw",
                       "write /src/a other ; write /src/b new ; cat /src/a"),
            "other");
  EXPECT_EQ(run.Entries(), "");
  EXPECT_EQ(ReadFile(run.Path("context-file")).value(), "text");
}

TEST(RunMounts, BindShowsAnotherStageWithItsOwners) {
  RunLayer run;
  run.options.mounts.from["build"] = {.layers = {run.Path("base.tar")},
                                      .indexes = {run.Path("base.index")}};
  EXPECT_EQ(run.Output("--mount=from=build,target=/build,source=/owned",
                       "list /build ; stat /build ; stat /build/f"),
            "/build: f\n/build d0755 1000:1000\n"
            "/build/f -0600 1000:1000\n");
}

TEST(RunMounts, BindNamesAMissingSource) {
  RunLayer run;
  EXPECT_EQ(run.Output("--mount=target=/src,source=nosuch", "ids"),
            "\"/nosuch\": not found");
}

TEST(RunMounts, CacheIsEmptyAtEveryRun) {
  RunLayer run;
  const char kMount[] = "--mount=type=cache,target=/c,uid=7,gid=8,mode=0700";
  const char kCommands[] = "list /c ; stat /c ; write /c/x y ; list /c";
  EXPECT_EQ(run.Output(kMount, kCommands), "/c:\n/c d0700 7:8\n/c: x\n");
  EXPECT_EQ(run.Output(kMount, kCommands), "/c:\n/c d0700 7:8\n/c: x\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, TmpfsIsEmptyAndLeavesNothing) {
  RunLayer run;
  EXPECT_EQ(run.Output("--mount=type=tmpfs,target=/d",
                       "list /d ; stat /d ; write /d/x y"),
            "/d:\n/d d1777 0:0\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, SecretIsAFileThatLeavesNothing) {
  RunLayer run;
  run.Write("token", "hush");
  run.options.loans.secrets["key"] = run.Path("token");
  EXPECT_EQ(run.Output("--mount=type=secret,id=key",
                       "cat /run/secrets/key ; stat /run/secrets/key"),
            "hush/run/secrets/key -0400 0:0\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, SecretMayBeAVariable) {
  RunLayer run;
  run.Write("token", "hush");
  run.options.loans.secrets["key"] = run.Path("token");
  EXPECT_EQ(
      run.Output("--mount=type=secret,id=key,env=TOKEN", "env ; list /run"),
      "PATH=/bin\nHOME=/root\nTOKEN=hush\n/run:\n");
}

TEST(RunMounts, SecretThatIsNotLentIsLeftOutUnlessRequired) {
  RunLayer run;
  EXPECT_EQ(run.Output("--mount=type=secret,id=key", "list /run"), "/run:\n");
  EXPECT_EQ(run.Output("--mount=type=secret,id=key,required", "list /run"),
            "secret key: not found");
}

TEST(RunMounts, ScriptOfAHereDocumentIsExecuted) {
  RunLayer run;
  testing::internal::CaptureStdout();
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/amd64", "shell": ["/bin/probe", )"
                     R"("spawn"], "user": "", "workdir": "/"})");
  EXPECT_THAT(run.Run(SandboxMode::kAuto, "RUN <<EOF\n#!/bin/probe ids\nEOF\n"),
              IsOk());
  EXPECT_EQ(testing::internal::GetCapturedStdout().substr(0, 8), "uid 0 0 ");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunLayer, RefusesWhatIsNotSupported) {
  RunLayer run;
  EXPECT_EQ(run.Output("--security=insecure", "ids"),
            "RUN --security=insecure is not supported");
  EXPECT_EQ(run.Output("--network=host", "ids"),
            "RUN --network=host needs a build that allows the host's network");
}

// What makes RUN cacheable: who runs it does not matter.
TEST(RunLayer, IsTheSameToTheByteWithRealAndEmulatedIds) {
  if (DetectSandboxMode() != SandboxMode::kReal) {
    GTEST_SKIP() << "skipped: not root";
  }
  constexpr char kCommands[] =
      "mkdir /a ; chown 33:44 /a ; chmod 2775 /a ; write /a/f text ; "
      "symlink f /a/l ; chown 5:6 /a/l ; mknod c /a/c 1 3 ; mknod p /a/p ; "
      "chown 7:8 /a/p ; setcap /f ; chown 9:9 /owned/f ; rm /d/f ; "
      "mv /link /l2 ; cp /bin/probe /a/s ; chown 12:13 /a/s ; "
      "chmod 6755 /a/s ; link /a/s /a/s2 ; user 1000:100 ; "
      "write /owned/by-user x ; mkdir /owned/dir ; mknod p /owned/p";
  RunLayer real;
  ASSERT_THAT(real.Run(SandboxMode::kReal, kCommands), IsOk());
  RunLayer emulated;
  ASSERT_THAT(emulated.Run(SandboxMode::kEmulated, kCommands), IsOk());
  EXPECT_EQ(real.Entries(), emulated.Entries());
  EXPECT_TRUE(ReadFile(real.Path("layer.tar")).value() ==
              ReadFile(emulated.Path("layer.tar")).value());
  EXPECT_EQ(ReadFile(real.Path("layer.index")).value(),
            ReadFile(emulated.Path("layer.index")).value());
}

}  // namespace
}  // namespace rules_dockerfile
