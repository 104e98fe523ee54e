#include "lib/run/emulator.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/run/run_layer_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

TEST(MachineOfPlatform, IsWhatQemuCallsIt) {
  EXPECT_EQ(MachineOfPlatform("linux/amd64"), "x86_64");
  EXPECT_EQ(MachineOfPlatform("linux/arm64"), "aarch64");
  EXPECT_EQ(MachineOfPlatform("linux/arm/v7"), "arm");
  EXPECT_EQ(MachineOfPlatform("linux/386"), "i386");
  EXPECT_EQ(MachineOfPlatform("linux/riscv64"), "riscv64");
}

TEST(ChooseEmulator, TakesTheOneOfTheArchitecture) {
  const std::vector<std::string> programs = {"/q/qemu-arm-static",
                                             "/q/qemu-aarch64"};
  EXPECT_EQ(ChooseEmulator("linux/arm64", "x86_64", programs)->program,
            "/q/qemu-aarch64");
  EXPECT_EQ(ChooseEmulator("linux/arm/v7", "x86_64", programs)->program,
            "/q/qemu-arm-static");
  EXPECT_FALSE(ChooseEmulator("linux/s390x", "x86_64", programs).has_value());
}

TEST(ChooseEmulator, TakesNoneForTheHost) {
  EXPECT_FALSE(
      ChooseEmulator("linux/amd64", "x86_64", {"/q/qemu-x86_64"}).has_value());
  EXPECT_FALSE(
      ChooseEmulator("linux/386", "x86_64", {"/q/qemu-i386"}).has_value());
}

// The probe acts as QEMU: it prints what it is asked to.
TEST(RunLayer, RunsProgramsOfAForeignArchitectureWithAnEmulator) {
  TestRun run;
  const std::string emulator = run.Path("qemu-s390x-static");
  ASSERT_EQ(
      symlink(absl::StrCat(std::getenv("PWD"), "/lib/sandbox/testing/probe")
                  .c_str(),
              emulator.c_str()),
      0);
  run.options.emulators = {emulator};
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/s390x", "shell": [], "user": "", )"
                     R"("workdir": "/"})");
  testing::internal::CaptureStdout();
  const absl::Status status =
      run.Run(std::nullopt,
              "RUN [\"foreign\", \"pid\", \";\", \"write\", "
              "\"/new\", \"text\"]\n");
  const std::string output = testing::internal::GetCapturedStdout();
  if (status.code() == absl::StatusCode::kUnimplemented) {
    GTEST_SKIP() << "skipped: " << status.message();
  }
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(output, "pid 1\n");
  EXPECT_EQ(run.Entries(), "new 0644");
}

TEST(RunLayer, ReportsThatForeignProgramsRequireAnEmulator) {
  TestRun run;
  run.Write("state", R"({"args": [], "env": ["PATH=/bin"], )"
                     R"("platform": "linux/s390x", "shell": [], "user": "", )"
                     R"("workdir": "/"})");
  const absl::Status status = run.Run(std::nullopt, "RUN [\"/bin/foreign\"]\n");
  if (access("/proc/sys/fs/binfmt_misc/qemu-s390x", F_OK) == 0) {
    GTEST_SKIP() << "skipped: the whole system has an emulator";
  }
  EXPECT_THAT(
      status,
      StatusIs(absl::StatusCode::kAborted,
               absl::StrCat(
                   "process \"/bin/foreign\" did not complete successfully: "
                   "exec: \"/bin/foreign\": exec format error\nthe image "
                   "is for linux/s390x, the host is ",
                   ThisMachine(),
                   ": its programs require an emulator, a statically linked "
                   "qemu-s390x\nhint: add apt.emulators() and "
                   "register_toolchains(\"@emulators//:all\") to MODULE.bazel, "
                   "or set --@rules_dockerfile//rules/settings:emulators")));
}

}  // namespace
}  // namespace rules_dockerfile
