#include "lib/apt/extract.h"

#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/apt/package_testing.h"
#include "lib/base/file.h"
#include "lib/testing/golden.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

ExtractOptions Options() {
  ExtractOptions options;
  options.epoch = 1500000000;
  options.layer_out = absl::StrCat(testing::TempDir(), "/layer.tar");
  options.index_out = absl::StrCat(testing::TempDir(), "/layer.index");
  return options;
}

// Packages that dpkg-deb made of the same files.
class RealPackage : public testing::TestWithParam<const char*> {};

TEST_P(RealPackage, ReturnsTheSameLayerWhateverTheCompression) {
  ExtractOptions options = Options();
  options.debs = {absl::StrCat("lib/apt/testdata/hello_", GetParam(), ".deb")};
  ASSERT_THAT(ExtractDebs(options), IsOk());
  const auto index = ReadFile(options.index_out);
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_TRUE(MatchesGolden("lib/apt/testdata/hello.golden", *index));
}

INSTANTIATE_TEST_SUITE_P(ExtractDebs, RealPackage,
                         testing::Values("none", "gzip", "xz", "zstd"),
                         [](const auto& info) { return info.param; });

TEST(ExtractDebs, NamesThePackageInErrors) {
  ExtractOptions options = Options();
  options.debs = {absl::StrCat(testing::TempDir(), "/evil_1_all.deb")};
  ASSERT_THAT(
      WriteFile(options.debs[0],
                TestDeb("Package: evil\nVersion: 1\nArchitecture: all\n", {},
                        {TestFile("../passwd", "")})),
      IsOk());
  EXPECT_THAT(ExtractDebs(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "package \"evil_1_all.deb\": member \"../passwd\": path "
                       "leaves the root"));
}

// Remote executors set the executable bit of all inputs.
TEST(ExtractDebs, SetsTheModesOfFilesByTheirContent) {
  const std::string setting = absl::StrCat(testing::TempDir(), "/setting");
  const std::string script = absl::StrCat(testing::TempDir(), "/script");
  ASSERT_THAT(WriteFile(setting, "setting\n"), IsOk());
  ASSERT_THAT(WriteFile(script, "#!/bin/sh\n"), IsOk());
  ASSERT_EQ(chmod(setting.c_str(), 0755), 0);
  ASSERT_EQ(chmod(script.c_str(), 0644), 0);
  ExtractOptions options = Options();
  options.files = {absl::StrCat("setting=", setting),
                   absl::StrCat("script=", script)};
  ASSERT_THAT(ExtractDebs(options), IsOk());
  const auto index = ReadFile(options.index_out);
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_THAT(*index,
              HasSubstr(R"("path":"script","type":"file","mode":"0755")"));
  EXPECT_THAT(*index,
              HasSubstr(R"("path":"setting","type":"file","mode":"0644")"));
}

TEST(ExtractDebs, RefusesAFileWithoutASource) {
  ExtractOptions options = Options();
  options.files = {"etc/fstab"};
  EXPECT_THAT(ExtractDebs(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--file \"etc/fstab\": expected DEST=SRC"));
}

}  // namespace
}  // namespace rules_dockerfile
