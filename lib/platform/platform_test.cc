#include "lib/platform/platform.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct PlatformCase {
  const char* name;
  std::string text;
  std::string want;  // the normal form, or the error
};

class PlatformTable : public testing::TestWithParam<PlatformCase> {};

TEST_P(PlatformTable, IsNormalised) {
  const absl::StatusOr<Platform> platform = ParsePlatform(GetParam().text);
  EXPECT_EQ(
      platform.ok() ? PlatformText(*platform) : platform.status().message(),
      GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PlatformTable,
    testing::ValuesIn(std::vector<PlatformCase>{
        {"Plain", "linux/amd64", "linux/amd64"},
        {"UpperCase", "Linux/AMD64", "linux/amd64"},
        {"ArchitectureAlone", "arm64", "linux/arm64"},
        {"AliasAlone", "aarch64", "linux/arm64"},
        {"X8664", "linux/x86_64", "linux/amd64"},
        {"Amd64V1", "linux/amd64/v1", "linux/amd64"},
        {"Amd64V3", "linux/amd64/v3", "linux/amd64/v3"},
        {"Arm64V8", "linux/arm64/v8", "linux/arm64"},
        {"ArmDefault", "linux/arm", "linux/arm/v7"},
        {"ArmDigit", "linux/arm/6", "linux/arm/v6"},
        {"Armel", "linux/armel", "linux/arm/v6"},
        {"I386", "linux/i386", "linux/386"},
        {"Empty", "", "platform \"\": expected os/architecture[/variant]"},
        {"OsAlone", "linux",
         "platform \"linux\": expected os/architecture[/variant]"},
        {"EmptyPart", "linux/",
         "platform \"linux/\": expected os/architecture[/variant]"},
        {"FourParts", "a/b/c/d",
         "platform \"a/b/c/d\": expected os/architecture[/variant]"},
        {"Blank", "linux/amd 64",
         "platform \"linux/amd 64\": expected os/architecture[/variant]"},
    }),
    [](const testing::TestParamInfo<PlatformCase>& info) {
      return std::string(info.param.name);
    });

TEST(ParsePlatform, ReadsVersionAndFeaturesOfTheSystem) {
  const absl::StatusOr<Platform> platform =
      ParsePlatform("Windows(10.0%2B1+a+B)/amd64/v2");
  ASSERT_TRUE(platform.ok()) << platform.status();
  EXPECT_EQ(*platform, (Platform{.os = "windows",
                                 .architecture = "amd64",
                                 .variant = "v2",
                                 .os_version = "10.0+1",
                                 .os_features = {"B", "a"}}));
  EXPECT_EQ(
      ParsePlatform("linux(+f)/arm64").value(),
      (Platform{.os = "linux", .architecture = "arm64", .os_features = {"f"}}));
  for (const char* malformed :
       {"linux(/amd64", "linux(1)2/amd64", "linux(1+)/amd64", "linux(%)/amd64",
        "(1)/amd64", "arm64(1)x"}) {
    EXPECT_FALSE(ParsePlatform(malformed).ok()) << malformed;
  }
}

TEST(ParsePlatformSpecifier, ReadsAndNormalises) {
  for (
      const auto& [input, want] :
      std::vector<std::pair<std::string, std::string>>{
          {"linux/amd64", "linux/amd64"},
          {"linux/amd64/v1", "linux/amd64"},
          {"linux/amd64/v2", "linux/amd64/v2"},
          {"Linux/X86_64", "linux/amd64"},
          {"linux/aarch64", "linux/arm64"},
          {"linux/arm64/v8", "linux/arm64"},
          {"linux/arm", "linux/arm/v7"},
          {"linux/arm/6", "linux/arm/v6"},
          {"linux/armhf", "linux/arm/v7"},
          {"linux/armel", "linux/arm/v6"},
          {"linux/i386", "linux/386"},
          {"macos/arm64", "darwin/arm64"},
          {"arm64", "linux/arm64"},
          {"linux", "linux/amd64"},
          {"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
          {"windows(10.0+b+a)/x86_64", "windows(10.0+a+b)/amd64"},
          {"Linux(+Feature)/arm", "linux(+Feature)/arm/v7"},
          {"linux(a%2Bb%28+c%2f)/amd64", "linux(a%2Bb%28+c%2F)/amd64"},
          {"linux()/amd64", "linux/amd64"},
          {"windows(10.0+f)", "windows(10.0+f)/amd64"},
          {"linux(a%2)/amd64",
           "\"linux(a%2)/amd64\": invalid URL escape in OS option \"a%2\": "
           "invalid argument"},
          {"linux(a+)/amd64",
           "\"linux(a+)\" is an invalid OS component of \"linux(a+)/amd64\": "
           "OSAndVersion specifier component must match "
           "\"^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.%-]*)((?:\\\\+[A-Za-z0-9_.%"
           "-]+)*)\\\\))?$\": invalid argument"},
          {"unknown/cpu", "unknown/cpu"},
          {"a-system-of-a-long-name/a-processor-of-a-long-name/v1",
           "a-system-of-a-long-name/a-processor-of-a-long-name/v1"},
          {"unknown",
           "\"unknown\": unknown operating system or architecture: invalid "
           "argument"},
          {"linux/*",
           "\"linux/*\": wildcards not yet supported: invalid argument"},
          {"a/b/c/d",
           "\"a/b/c/d\": cannot parse platform specifier: invalid argument"}}) {
    const absl::StatusOr<Platform> platform = ParsePlatformSpecifier(input);
    EXPECT_EQ(platform.ok() ? FullPlatformText(*platform)
                            : std::string(platform.status().message()),
              want)
        << input;
  }
}

std::string Best(const std::vector<std::string>& offered,
                 const std::string& wanted) {
  std::vector<Platform> platforms;
  for (const std::string& text : offered) {
    platforms.push_back(ParsePlatform(text).value());
  }
  const std::optional<size_t> best =
      BestPlatform(platforms, ParsePlatform(wanted).value());
  return best.has_value() ? offered[*best] : "none";
}

TEST(BestPlatform, PrefersTheVariantThenALowerOne) {
  const std::vector<std::string> all = {"linux/arm/v5", "linux/arm/v6",
                                        "linux/amd64", "linux/arm/v7",
                                        "linux/arm64"};
  EXPECT_EQ(Best(all, "linux/amd64"), "linux/amd64");
  EXPECT_EQ(Best(all, "linux/arm/v7"), "linux/arm/v7");
  EXPECT_EQ(Best({"linux/arm/v5", "linux/arm/v6"}, "linux/arm/v7"),
            "linux/arm/v6");
  EXPECT_EQ(Best({"linux/arm/v7"}, "linux/arm/v6"), "none");
  EXPECT_EQ(Best({"linux/amd64/v3"}, "linux/amd64"), "none");
  EXPECT_EQ(Best(all, "linux/s390x"), "none");
}

TEST(BestPlatform, FindsTheHighestVariantThatTheRequestedOneContains) {
  EXPECT_EQ(Best({"linux/amd64", "linux/amd64/v2", "linux/amd64/v4"},
                 "linux/amd64/v3"),
            "linux/amd64/v2");
  EXPECT_EQ(Best({"linux/amd64/v4", "linux/amd64"}, "linux/amd64/v3"),
            "linux/amd64");
  EXPECT_EQ(Best({"linux/arm64"}, "linux/arm64/v9"), "linux/arm64");
  EXPECT_EQ(Best({"linux/arm64/v8.6", "linux/arm64/v8.5"}, "linux/arm64/v9"),
            "linux/arm64/v8.5");
  EXPECT_EQ(Best({"linux/arm64/v9"}, "linux/arm64"), "none");
  EXPECT_EQ(Best({"linux/arm64/v8.1"}, "linux/arm64"), "none");
  EXPECT_EQ(Best({"linux/arm/v5"}, "linux/arm/v7"), "linux/arm/v5");
  EXPECT_EQ(Best({"linux/arm/v7"}, "linux/arm64"), "none");
  EXPECT_EQ(Best({"linux/riscv64/v1"}, "linux/riscv64/v2"), "none");
  EXPECT_EQ(Best({"linux/amd64/x"}, "linux/amd64/v2"), "none");
}

TEST(BestPlatform, ComparesTheOsVersionIfOneIsRequested) {
  const std::vector<Platform> offered = {
      {.os = "windows", .architecture = "amd64", .os_version = "10.0.1"},
      {.os = "windows", .architecture = "amd64", .os_version = "10.0.2"}};
  EXPECT_EQ(BestPlatform(offered, offered[1]), 1u);
  EXPECT_EQ(BestPlatform(offered, {.os = "windows", .architecture = "amd64"}),
            0u);
}

}  // namespace
}  // namespace rules_dockerfile
