#include "lib/container/container_plan.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/container/run_arguments.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/oci/image_config.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

ContainerCaller TestCaller() {
  return {
      .working_directory = "/home/me",
      .hostname = "machine",
      .hosts = "HOSTS",
      .resolv_conf = "RESOLV",
      .variable = [](const std::string& name) -> std::optional<std::string> {
        if (name == "CALLERS") return "value";
        return std::nullopt;
      }};
}

absl::StatusOr<SandboxSpec> Plan(absl::string_view config,
                                 const RunArguments& arguments) {
  const absl::StatusOr<ImageConfig> image = ParseImageConfig(absl::StrCat(
      R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers",)",
      R"("diff_ids":[]},"config":)", config, "}"));
  if (!image.ok()) return image.status();
  FileTree tree;
  const absl::Status added =
      tree.AddLayer({.passwd = "app:x:7:8::/home/app:/bin/sh\n"}, 0);
  if (!added.ok()) return added;
  return PlanContainer(*image, tree, arguments, TestCaller());
}

// The relevant parts of a plan, one per line; else the error.
std::string Planned(absl::string_view config, const RunArguments& arguments) {
  const absl::StatusOr<SandboxSpec> spec = Plan(config, arguments);
  if (!spec.ok()) return std::string(spec.status().message());
  return absl::StrCat(absl::StrJoin(spec->command.argv, "|"), "\n",
                      absl::StrJoin(spec->command.env, " "), "\n",
                      spec->command.user.uid, ":", spec->command.user.gid, " ",
                      spec->command.cwd, " ", spec->view.hostname);
}

constexpr char kPath[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr char kImage[] =
    R"({"Entrypoint":["/run","-x"],"Cmd":["serve"],"User":"app",)"
    R"("WorkingDir":"/srv","Env":["PATH=/bin","A=1","B=2"]})";

TEST(PlanContainer, OfABareImageHasDockersDefaults) {
  EXPECT_EQ(Planned("{}", {.command = {"sh"}}),
            absl::StrCat("sh\n", kPath, " HOSTNAME=machine HOME=/\n",
                         "0:0 / machine"));
}

TEST(PlanContainer, TakesWhatTheImageSays) {
  EXPECT_EQ(Planned(kImage, {}),
            "/run|-x|serve\nPATH=/bin HOSTNAME=machine A=1 B=2 "
            "HOME=/home/app\n7:8 /srv machine");
}

TEST(PlanContainer, PutsTheCommandAfterTheEntrypoint) {
  EXPECT_EQ(Plan(kImage, {.command = {"a", "b"}})->command.argv,
            (std::vector<std::string>{"/run", "-x", "a", "b"}));
}

TEST(PlanContainer, ReplacesEntrypointAndCmd) {
  EXPECT_EQ(Plan(kImage, {.entrypoint = "sh"})->command.argv,
            std::vector<std::string>{"sh"});
  EXPECT_EQ(Plan(kImage, {.entrypoint = "", .command = {"ls"}})->command.argv,
            std::vector<std::string>{"ls"});
  EXPECT_EQ(Planned(kImage, {.entrypoint = ""}), "no command specified");
}

TEST(PlanContainer, FollowsTheOptions) {
  EXPECT_EQ(Planned(kImage, {.env = {"B=b", "A", "CALLERS", "C=", "HOME=/h"},
                             .hostname = "box",
                             .user = "1:2",
                             .workdir = "/w",
                             .terminal = true}),
            "/run|-x|serve\nPATH=/bin HOSTNAME=box TERM=xterm B=b "
            "CALLERS=value C= HOME=/h\n1:2 /w box");
}

TEST(PlanContainer, ReadsEnvironmentFiles) {
  const std::string path = absl::StrCat(testing::TempDir(), "/env");
  ASSERT_THAT(WriteFile(path, "# no\n\n  B=file\r\nCALLERS\nD=x y\nB=last"),
              absl_testing::IsOk());
  EXPECT_EQ(
      absl::StrJoin(
          Plan(kImage, {.env = {"D=z"}, .env_files = {path}})->command.env,
          " "),
      "PATH=/bin HOSTNAME=machine A=1 B=last CALLERS=value D=z "
      "HOME=/home/app");
}

TEST(PlanContainer, SaysWhatIsWrong) {
  EXPECT_EQ(Planned(kImage, {.env = {"=x"}}),
            "variable \"=x\": expected NAME=value or NAME");
  EXPECT_EQ(Planned(kImage, {.workdir = "w"}),
            "working directory \"w\": expected an absolute path");
  EXPECT_EQ(Planned(kImage, {.user = "nosuch"}),
            "unable to find user nosuch: no matching entries in passwd file");
}

// `path text`, one line per file of the container's own files.
std::string Files(const SandboxSpec& spec) {
  std::string text;
  for (const SandboxMount& mount : spec.view.mounts) {
    const auto& file = std::get<FileMount>(mount);
    absl::StrAppend(&text, file.target, " ", file.contents, "\n");
  }
  return text;
}

TEST(PlanContainer, BeginsWithTheHostsNamesOnItsNetwork) {
  EXPECT_EQ(Files(*Plan(kImage, {})),
            "/etc/hosts HOSTS\n/etc/resolv.conf RESOLV\n"
            "/etc/hostname machine\n\n");
}

TEST(PlanContainer, HasNoNamesWithoutANetwork) {
  EXPECT_EQ(Files(*Plan(kImage, {.network = SandboxNetwork::kNone})),
            "/etc/hosts 127.0.0.1\tlocalhost container\n"
            "::1\tlocalhost ip6-localhost ip6-loopback\n\n"
            "/etc/resolv.conf \n/etc/hostname container\n\n");
}

}  // namespace
}  // namespace rules_dockerfile
