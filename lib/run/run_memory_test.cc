#include "lib/run/run_memory.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

TEST(RunMemory, IsThreeQuartersOfTheHostByDefault) {
  EXPECT_EQ(DefaultRunMemory("MemFree:  1 kB\nMemTotal:  4194304 kB\n"),
            int64_t{3} << 30);
  EXPECT_EQ(DefaultRunMemory(""), 0);
  EXPECT_GT(DefaultRunMemory(), 0);
}

TEST(UsableMemory, IsTheLeastThatACgroupAllows) {
  const std::string mount = absl::StrCat(testing::TempDir(), "/cgroup");
  std::filesystem::create_directories(absl::StrCat(mount, "/a/b"));
  ASSERT_THAT(WriteFile(absl::StrCat(mount, "/memory.max"), "max\n"), IsOk());
  ASSERT_THAT(WriteFile(absl::StrCat(mount, "/a/memory.max"), "1048576\n"),
              IsOk());
  ASSERT_THAT(WriteFile(absl::StrCat(mount, "/a/b/memory.max"), "2097152\n"),
              IsOk());
  constexpr char kMeminfo[] = "MemTotal:  4194304 kB\n";
  EXPECT_EQ(UsableMemory(kMeminfo, "1:cpu:/x\n0::/a/b\n", mount), 1 << 20);
  EXPECT_EQ(UsableMemory("", "0::/a/b\n", mount), 1 << 20);
  EXPECT_EQ(UsableMemory(kMeminfo, "0::/\n", mount), int64_t{4} << 30);
  EXPECT_EQ(UsableMemory(kMeminfo, "", mount), int64_t{4} << 30);
  ASSERT_THAT(WriteFile(absl::StrCat(mount, "/memory.max"), "4096\n"), IsOk());
  EXPECT_EQ(UsableMemory(kMeminfo, "0::/\n", mount), 4096);
  EXPECT_EQ(UsableMemory(kMeminfo, "0::/a/b\n", mount), 4096);
}

TEST(RunMemory, ReportsTheExceededLimitAndHowToRaiseIt) {
  EXPECT_EQ(OutOfMemoryNote(int64_t{3} << 30),
            "RUN ran out of memory: the limit is 3.0 GiB\n"
            "hint: --@rules_dockerfile//rules/settings:run_memory=MIB");
  EXPECT_EQ(OutOfMemoryNote(int64_t{103} << 20),
            "RUN ran out of memory: the limit is 103 MiB\n"
            "hint: --@rules_dockerfile//rules/settings:run_memory=MIB");
  EXPECT_EQ(TooManyProcessesNote(16384),
            "RUN ran too many processes: the limit is 16384");
}

}  // namespace
}  // namespace rules_dockerfile
