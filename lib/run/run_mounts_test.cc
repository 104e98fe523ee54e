#include <stdlib.h>
#include <sys/stat.h>

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

TEST(RunMounts, BindShowsTheContextReadOnly) {
  TestRun run;
  run.Write("context-file", "from the context");
  run.options.mounts.context.files = {{"dir/a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/src",
                       "list /src ; cat /src/dir/a ; stat /src/dir/a ; "
                       "write /src/dir/a x ; mtime /src/dir/a"),
            "/src: dir\nfrom the context/src/dir/a -0644 0:0\n"
            "write /src/dir/a: EROFS\n/src/dir/a mtime 5000\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, BindShowsOneFile) {
  TestRun run;
  run.Write("context-file", "text");
  run.options.mounts.context.files = {{"dir/a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/opt/x/y,source=dir/a",
                       "cat /opt/x/y ; list /opt/x"),
            "text/opt/x: y\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, BindThatMayBeWrittenKeepsNothing) {
  TestRun run;
  run.Write("context-file", "text");
  run.options.mounts.context.files = {{"a", run.Path("context-file")}};
  EXPECT_EQ(run.Output("--mount=target=/src,rw",
                       "write /src/a other ; write /src/b new ; cat /src/a"),
            "other");
  EXPECT_EQ(run.Entries(), "");
  EXPECT_EQ(ReadFile(run.Path("context-file")).value(), "text");
}

TEST(RunMounts, BindShowsAnotherStageWithItsOwners) {
  TestRun run;
  run.options.mounts.from["build"] = {.layers = {run.Path("base.tar")},
                                      .indexes = {run.Path("base.index")}};
  EXPECT_EQ(run.Output("--mount=from=build,target=/build,source=/owned",
                       "list /build ; stat /build ; stat /build/f"),
            "/build: f\n/build d0755 1000:1000\n"
            "/build/f -0600 1000:1000\n");
}

TEST(RunMounts, BindShowsTheOwnersOfLinks) {
  TestRun run;
  run.options.mounts.from["build"] = {.layers = {run.Path("base.tar")},
                                      .indexes = {run.Path("base.index")}};
  EXPECT_EQ(run.Output("--mount=from=build,target=/build", "stat /build/link"),
            "/build/link l0777 33:33\n");
}

TEST(RunMounts, BindNamesAMissingSource) {
  TestRun run;
  EXPECT_EQ(run.Output("--mount=target=/src,source=nosuch", "ids"),
            "\"/nosuch\": not found");
}

TEST(RunMounts, CacheIsEmptyAtEveryRun) {
  TestRun run;
  const char kMount[] = "--mount=type=cache,target=/c,uid=7,gid=8,mode=0700";
  const char kCommands[] = "list /c ; stat /c ; write /c/x y ; list /c";
  EXPECT_EQ(run.Output(kMount, kCommands), "/c:\n/c d0700 7:8\n/c: x\n");
  EXPECT_EQ(run.Output(kMount, kCommands), "/c:\n/c d0700 7:8\n/c: x\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, CacheIsKeptInItsDirectory) {
  TestRun run;
  run.options.cache_mounts = run.Path("caches");
  const char kMount[] = "--mount=type=cache,target=/c,uid=7,mode=0700";
  EXPECT_EQ(
      run.Output(kMount, "list /c ; stat /c ; write /c/x y ; chown 5:6 /c/x"),
      "/c:\n/c d0700 7:0\n");
  EXPECT_EQ(run.Output(kMount, "stat /c/x ; cat /c/x"), "/c/x -0644 5:6\ny");
  EXPECT_EQ(run.Entries(), "");
  EXPECT_EQ(run.Output("--mount=type=cache,target=/c,id=other", "list /c"),
            "/c:\n");
}

TEST(RunMounts, CacheBeginsWithItsSource) {
  TestRun run;
  run.options.cache_mounts = run.Path("caches");
  run.options.mounts.from["build"] = {.layers = {run.Path("base.tar")},
                                      .indexes = {run.Path("base.index")}};
  const char kMount[] = "--mount=type=cache,target=/c,from=build,source=/owned";
  EXPECT_EQ(run.Output(kMount, "stat /c/f ; rm /c/f"),
            "/c/f -0600 1000:1000\n");
  EXPECT_EQ(run.Output(kMount, "list /c"), "/c:\n");
}

TEST(RunMounts, SshIsTheAgentOfTheHost) {
  // The path of a socket is short.
  char directory[] = "/tmp/agent.XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string socket = absl::StrCat(directory, "/socket");
  const std::string start =
      absl::StrCat("ssh-agent -a ", socket, " >", directory, "/environment");
  if (system(start.c_str()) != 0) {
    GTEST_SKIP() << "skipped: no ssh-agent";
  }
  TestRun run;
  run.options.host_access.ssh["default"] = socket;
  EXPECT_EQ(run.Output("--mount=type=ssh", "env ; agent"),
            "PATH=/bin\nHOME=/root\n"
            "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0\n"
            "SOURCE_DATE_EPOCH=5000\n"
            "agent answers 12 with 0 keys\n");
  EXPECT_EQ(run.Entries(), "");
  EXPECT_EQ(run.Output("--mount=type=ssh,id=other,required", "ids"),
            "ssh other: not found\n"
            "hint: --@rules_dockerfile//rules/settings:ssh=other=SOCKET");
  EXPECT_EQ(system(absl::StrCat(". ", directory,
                                "/environment; ssh-agent -k; rm -r ", directory)
                       .c_str()),
            0);
}

// The frontend sets the variable before it asks for the agent.
TEST(RunMounts, SshNamesTheSocketOfAnAgentThatIsMissing) {
  TestRun run;
  EXPECT_EQ(run.Output("--mount=type=ssh --mount=type=ssh,id=b,target=/b",
                       "env ; list /run"),
            "PATH=/bin\nHOME=/root\n"
            "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0\n"
            "SOURCE_DATE_EPOCH=5000\n/run:\n");
  EXPECT_EQ(run.Output("--mount=type=ssh,target=/a", "env"),
            "PATH=/bin\nHOME=/root\nSSH_AUTH_SOCK=/a\n"
            "SOURCE_DATE_EPOCH=5000\n");
}

TEST(RunMounts, SshLeavesAVariableOfTheStageAlone) {
  TestRun run;
  run.Write("state", R"({"args": [], "env": ["PATH=/bin", "SSH_AUTH_SOCK=/x"],)"
                     R"( "platform": "linux/amd64", "shell": [], "user": "",)"
                     R"( "workdir": "/"})");
  EXPECT_EQ(run.Output("--mount=type=ssh", "env"),
            "PATH=/bin\nSSH_AUTH_SOCK=/x\nHOME=/root\n"
            "SOURCE_DATE_EPOCH=5000\n");
}

TEST(RunMounts, TmpfsIsEmptyAndLeavesNothing) {
  TestRun run;
  EXPECT_EQ(run.Output("--mount=type=tmpfs,target=/d",
                       "list /d ; stat /d ; write /d/x y"),
            "/d:\n/d d1777 0:0\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, TmpfsMayBeReadOnly) {
  TestRun run;
  for (const char* mode : {"ro", "readonly=true"}) {
    EXPECT_EQ(run.Output(absl::StrCat("--mount=type=tmpfs,target=/d,", mode),
                         "list /d ; write /d/x y"),
              "/d:\nwrite /d/x: EROFS\n");
  }
}

// It takes the place of the sandbox's own, which is 64 MiB.
TEST(RunMounts, TmpfsOnTheSharedMemoryOfTheSandbox) {
  TestRun run;
  EXPECT_EQ(run.Output("--mount=type=tmpfs,target=/dev/shm,size=1m",
                       "list /dev/shm ; stat /dev/shm ; write /dev/shm/x y ; "
                       "cat /dev/shm/x"),
            "/dev/shm:\n/dev/shm d1777 0:0\ny");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, SecretIsAFileThatLeavesNothing) {
  TestRun run;
  run.Write("token", "hush");
  run.options.host_access.secrets["key"] = run.Path("token");
  EXPECT_EQ(run.Output("--mount=type=secret,id=key",
                       "cat /run/secrets/key ; stat /run/secrets/key"),
            "hush/run/secrets/key -0400 0:0\n");
  EXPECT_EQ(run.Entries(), "");
}

TEST(RunMounts, SecretMayBeAVariable) {
  TestRun run;
  run.Write("token", "hush");
  run.options.host_access.secrets["key"] = run.Path("token");
  EXPECT_EQ(
      run.Output("--mount=type=secret,id=key,env=TOKEN", "env ; list /run"),
      "PATH=/bin\nHOME=/root\nTOKEN=hush\nSOURCE_DATE_EPOCH=5000\n/run:\n");
}

std::string SecretNotFound(absl::string_view id) {
  return absl::StrCat("secret ", id, ": not found\nhint: set secrets = {\"", id,
                      "\": \"//label\"} of the image, or a setting: "
                      "--@rules_dockerfile//rules/settings:secret_directory="
                      "DIRECTORY or :secret_command=PROGRAM");
}

TEST(RunMounts, SecretMayBeAFileOfADirectory) {
  TestRun run;
  run.Write("key", "hush");
  run.options.host_access.secret_directory =
      run.Path("key").substr(0, run.Path("key").size() - 4);
  EXPECT_EQ(run.Output("--mount=type=secret,id=key", "cat /run/secrets/key"),
            "hush");
  for (const char* id : {"nope", "..", "../key", "/etc/passwd"}) {
    EXPECT_EQ(run.Output(absl::StrCat("--mount=type=secret,required,target=/s,"
                                      "id=",
                                      id),
                         "ids"),
              SecretNotFound(id));
  }
}

TEST(RunMounts, SecretMayComeFromACommand) {
  TestRun run;
  run.Write("token", "hush");
  run.Write("vault",
            "#!/bin/sh\n[ $1 = key ] || exit 3\n"
            "echo asked >>\"$0.log\"\nprintf hidden\n");
  chmod(run.Path("vault").c_str(), 0755);
  run.options.host_access.secret_command = run.Path("vault");
  run.options.host_access.secrets["token"] = run.Path("token");
  EXPECT_EQ(run.Output("--mount=type=secret,id=key "
                       "--mount=type=secret,id=key,env=KEY "
                       "--mount=type=secret,id=token "
                       "--mount=type=secret,id=other",
                       "cat /run/secrets/key ; cat /run/secrets/token ; "
                       "list /run/secrets ; env"),
            "hiddenhush/run/secrets: key token\n"
            "PATH=/bin\nHOME=/root\nKEY=hidden\n"
            "SOURCE_DATE_EPOCH=5000\n");
  EXPECT_EQ(run.Entries(), "");
  EXPECT_EQ(ReadFile(run.Path("vault.log")).value(), "asked\n");
  EXPECT_EQ(run.Output("--mount=type=secret,id=other,required", "ids"),
            SecretNotFound("other"));
}

TEST(RunMounts, MissingSecretIsLeftOutUnlessRequired) {
  TestRun run;
  EXPECT_EQ(run.Output("--mount=type=secret,id=key", "list /run"), "/run:\n");
  EXPECT_EQ(run.Output("--mount=type=secret,id=key,required", "list /run"),
            SecretNotFound("key"));
}

TEST(RunMounts, ScriptOfAHereDocumentIsExecuted) {
  TestRun run;
  testing::internal::CaptureStdout();
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/amd64", "shell": ["/bin/probe", )"
                     R"("spawn"], "user": "", "workdir": "/"})");
  EXPECT_THAT(run.Run(std::nullopt, "RUN <<EOF\n#!/bin/probe ids\nEOF\n"),
              IsOk());
  EXPECT_EQ(testing::internal::GetCapturedStdout().substr(0, 8), "uid 0 0 ");
  EXPECT_EQ(run.Entries(), "");
}

}  // namespace
}  // namespace rules_dockerfile
