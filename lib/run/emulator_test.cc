#include "lib/run/emulator.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

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

}  // namespace
}  // namespace rules_dockerfile
