#include "lib/container/container_exit.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "lib/oci/image_config.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

struct EndCase {
  const char* name;
  SandboxResult result;
  ContainerExit end;
};

class ContainerExitTest : public testing::TestWithParam<EndCase> {};

TEST_P(ContainerExitTest, IsAsDockerReportsIt) {
  ImageConfig image;
  image.platform = {.os = "linux", .architecture = "arm64"};
  const ContainerExit end = ContainerExitOf(GetParam().result, image, "x86_64");
  EXPECT_EQ(end.exit_code, GetParam().end.exit_code);
  EXPECT_EQ(end.start_error, GetParam().end.start_error);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ContainerExitTest,
    testing::ValuesIn<EndCase>({
        {"Success", {}, {}},
        {"ExitCode", {.exit_code = 3}, {.exit_code = 3}},
        {"Signal", {.signal = 9}, {.exit_code = 137}},
        {"NotThere",
         {.start_error = "no", .not_found = true},
         {.exit_code = 127, .start_error = "no"}},
        {"NotExecuted",
         {.start_error = "permission denied"},
         {.exit_code = 126, .start_error = "permission denied"}},
        {"OtherProcessor",
         {.start_error = "exec /bin/sh: exec format error"},
         {.exit_code = 126,
          .start_error =
              "exec /bin/sh: exec format error\nthe image is for "
              "linux/arm64, the host is x86_64: its programs require an "
              "emulator, a statically linked qemu-aarch64\nhint: add "
              "apt.emulators() and register_toolchains(\"@emulators//:all\") "
              "to MODULE.bazel, or set "
              "--@rules_dockerfile//rules/settings:emulators"}},
    }),
    [](const auto& info) { return info.param.name; });

TEST(LimitNote, ReportsWhichLimitEndedTheContainer) {
  const SandboxLimits limits = {.memory = int64_t{512} << 20, .processes = 400};
  EXPECT_EQ(LimitNote(limits, ExceededLimit::kNone), "");
  EXPECT_EQ(LimitNote(limits, ExceededLimit::kMemory),
            "the container ran out of memory: the limit is 512 MiB");
  EXPECT_EQ(LimitNote(limits, ExceededLimit::kProcesses),
            "the container ran too many processes: the limit is 400");
}

}  // namespace
}  // namespace rules_dockerfile
