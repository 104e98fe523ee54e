#include "lib/container/volume.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;
using Volumes = std::vector<std::string>;

// `source target[ ro]`, one mount per line.
std::string Mounts(const Volumes& volumes) {
  const absl::StatusOr<std::vector<BindMount>> mounts =
      VolumeMounts(volumes, "/home/me");
  if (!mounts.ok()) return std::string(mounts.status().message());
  std::string text;
  for (const BindMount& mount : *mounts) {
    absl::StrAppend(&text, mount.source, " ", mount.target,
                    mount.read_only ? " ro\n" : "\n");
  }
  return text;
}

TEST(VolumeMounts, AreOfHostPaths) {
  EXPECT_EQ(Mounts({"/a:/b", "/c//d/:/e/:ro", "/f:/g:rw,Z"}),
            "/a /b\n/c/d /e ro\n/f /g\n");
}

TEST(VolumeMounts, AreBelowTheWorkingDirectory) {
  EXPECT_EQ(Mounts({".:/a", "./x:/b", "../y:/c"}),
            "/home/me /a\n/home/me/x /b\n/home/y /c\n");
}

TEST(VolumeMounts, PutParentsFirst) {
  EXPECT_EQ(Mounts({"/1:/a/b/c", "/2:/a", "/3:/a/b"}),
            "/2 /a\n/3 /a/b\n/1 /a/b/c\n");
}

TEST(VolumeMounts, LeaveOutDirectoriesOfTheContainer) {
  EXPECT_EQ(Mounts({"/data"}), "");
}

struct WrongVolume {
  const char* name;
  Volumes volumes;
  const char* error;
};

class VolumeErrorTest : public testing::TestWithParam<WrongVolume> {};

TEST_P(VolumeErrorTest, SaysWhatIsWrong) {
  EXPECT_THAT(VolumeMounts(GetParam().volumes, "/").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, VolumeErrorTest,
    testing::ValuesIn<WrongVolume>({
        {"Named",
         {"data:/d"},
         "volume \"data:/d\": named volumes are not supported: expected a host "
         "path that begins with \"/\" or \".\""},
        {"RelativeTarget",
         {"/a:b"},
         "volume \"/a:b\": the path in the container must be absolute and not "
         "\"/\""},
        {"Root",
         {"/a:/../"},
         "volume \"/a:/../\": the path in the container must be absolute and "
         "not \"/\""},
        {"Option",
         {"/a:/b:nocopy"},
         "volume \"/a:/b:nocopy\": unknown option \"nocopy\": expected ro or "
         "rw"},
        {"Parts",
         {"/a:/b:ro:x"},
         "volume \"/a:/b:ro:x\": expected HOST:CONTAINER[:ro]"},
        {"Twice",
         {"/a:/b", "/c:/b/"},
         "volume \"/c:/b/\": another volume has the same target"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
