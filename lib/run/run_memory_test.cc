#include "lib/run/run_memory.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(RunMemory, IsThreeQuartersOfTheHostByDefault) {
  EXPECT_EQ(DefaultRunMemory("MemFree:  1 kB\nMemTotal:  4194304 kB\n"),
            int64_t{3} << 30);
  EXPECT_EQ(DefaultRunMemory(""), 0);
  EXPECT_GT(DefaultRunMemory(), 0);
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
