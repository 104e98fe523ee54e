#include "lib/sandbox/machine/shown_machine.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

std::string Text(const std::vector<ShownFile>& files, const char* path) {
  for (const auto& [name, text] : files) {
    if (name == path) return text;
  }
  return absl::StrCat("no ", path);
}

TEST(ShownMachine, HasSoManyProcessors) {
  const std::vector<ShownFile> files =
      ShownProcFiles(2, "aarch64", /*boot_time=*/77);
  constexpr char kRest[] =
      "BogoMIPS\t: 100.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x00\n"
      "CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0x000\n"
      "CPU revision\t: 0\n\n";
  EXPECT_EQ(Text(files, "/proc/cpuinfo"),
            absl::StrCat("processor\t: 0\n", kRest, "processor\t: 1\n", kRest));
  EXPECT_EQ(Text(files, "/proc/stat"),
            "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n"
            "cpu1 0 0 0 0 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime 77\n"
            "processes 1\nprocs_running 1\nprocs_blocked 0\n"
            "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
}

TEST(ShownMachine, NumbersTheProcessorsOfAnotherKind) {
  EXPECT_EQ(Text(ShownProcFiles(2, "s390x", 0), "/proc/cpuinfo"),
            "processor\t: 0\n\nprocessor\t: 1\n\n");
}

TEST(ShownMachine, HasMemoryThatGoesWithTheProcessors) {
  const std::string text =
      Text(ShownProcFiles(4, "x86_64", 0), "/proc/meminfo");
  EXPECT_EQ(text.substr(0, text.find("Buffers")),
            "MemTotal:        8388608 kB\nMemFree:         6291456 kB\n"
            "MemAvailable:    6291456 kB\n");
}

TEST(ShownMachine, ListsItsProcessors) {
  EXPECT_EQ(Text(ShownProcessorFiles(1), "online"), "0\n");
  EXPECT_EQ(Text(ShownProcessorFiles(64), "possible"), "0-63\n");
  EXPECT_EQ(Text(ShownProcessorFiles(4), "cpu2/topology/core_id"), "2\n");
  EXPECT_EQ(Text(ShownProcessorFiles(4), "cpu2/topology/core_cpus"), "4\n");
  EXPECT_EQ(Text(ShownProcessorFiles(6), "cpu0/topology/package_cpus"), "3f\n");
  EXPECT_EQ(Text(ShownProcessorFiles(34), "cpu33/topology/core_cpus"),
            "2,00000000\n");
  EXPECT_EQ(Text(ShownProcessorFiles(64), "cpu0/topology/core_siblings"),
            "ffffffff,ffffffff\n");
}

}  // namespace
}  // namespace rules_dockerfile
