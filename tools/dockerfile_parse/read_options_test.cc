#include "tools/dockerfile_parse/read_options.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/dockerfile/lint/lint_options.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

// Writes a file, and returns its path.
std::string File(absl::string_view name, absl::string_view contents) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  EXPECT_TRUE(WriteFile(path, contents).ok());
  return path;
}

ParseFlagValues Flags() {
  return {.dockerfile = File("Dockerfile", "FROM a\n"),
          .lint = "warn",
          .platform = "linux/arm64"};
}

TEST(ReadParseCommandOptions, ReadsTheFilesThatFlagsName) {
  ParseFlagValues flags = Flags();
  flags.filename = "app/Dockerfile";
  flags.dump = true;
  flags.outline = File("outline", "{}");
  flags.target = "build";
  flags.build_platform = "linux/s390x";
  flags.build_args = {"A=1", "B=x=y", "A=2"};
  flags.named_contexts = {"ctx"};
  flags.base_configs = {absl::StrCat(
      "debian=",
      File("config",
           R"({"os":"linux","architecture":"arm64","rootfs":{"type":"layers",)"
           R"("diff_ids":[]},"config":{"Env":["H=1"],"Shell":["sh"],)"
           R"("OnBuild":["RUN a"]}})"))};
  flags.unknown_bases = true;
  flags.needed_stages_only = true;
  flags.ignore_file = File("ignore", "*.o\n");
  flags.error = "no";
  const absl::StatusOr<ParseCommandOptions> read =
      ReadParseCommandOptions(flags);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->filename, "app/Dockerfile");
  EXPECT_EQ(read->text, "FROM a\n");
  EXPECT_TRUE(read->dump);
  EXPECT_FALSE(read->outline_json);
  EXPECT_EQ(read->outline, "{}");
  EXPECT_EQ(read->lint_mode, LintMode::kWarn);
  EXPECT_EQ(read->error, "no");
  const Platform platform = {.os = "linux", .architecture = "arm64"};
  EXPECT_EQ(read->stages.scope.target, "build");
  EXPECT_EQ(read->stages.scope.target_platform, platform);
  EXPECT_EQ(PlatformText(read->stages.scope.build_platform), "linux/s390x");
  EXPECT_EQ(read->stages.scope.build_args,
            (std::map<std::string, std::string>{{"A", "2"}, {"B", "x=y"}}));
  EXPECT_EQ(read->stages.named_contexts, std::vector<std::string>{"ctx"});
  EXPECT_EQ(read->lint.bases,
            (std::map<std::string, LintBase>{{"docker.io/library/debian:latest",
                                              {.environment = {"H=1"},
                                               .shell = {"sh"},
                                               .triggers = {"RUN a"},
                                               .platform = platform}}}));
  EXPECT_TRUE(read->lint.unknown_bases);
  EXPECT_TRUE(read->lint.needed_stages_only);
  ASSERT_TRUE(read->lint.ignore.has_value());
  EXPECT_TRUE(read->lint.ignore->Ignores("a.o"));
}

TEST(ReadParseCommandOptions, BuildsOnTheTargetPlatformByDefault) {
  const absl::StatusOr<ParseCommandOptions> read =
      ReadParseCommandOptions(Flags());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(PlatformText(read->stages.scope.build_platform), "linux/arm64");
}

TEST(ReadParseCommandOptions, UsesThePathAsNameByDefault) {
  const ParseFlagValues flags = Flags();
  EXPECT_EQ(ReadParseCommandOptions(flags)->filename, flags.dockerfile);
}

struct BadFlagCase {
  const char* name;
  void (*change)(ParseFlagValues&);
  std::string error;
};

class BadFlagTest : public testing::TestWithParam<BadFlagCase> {};

TEST_P(BadFlagTest, IsNamed) {
  ParseFlagValues flags = Flags();
  GetParam().change(flags);
  const absl::Status status = ReadParseCommandOptions(flags).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadFlagTest,
    testing::Values(
        BadFlagCase{"Lint", [](ParseFlagValues& f) { f.lint = "yes"; },
                    "--lint=yes: expected off, warn or error"},
        BadFlagCase{"BuildArg",
                    [](ParseFlagValues& f) { f.build_args = {"A"}; },
                    "--build_arg=A: expected NAME=VALUE"},
        BadFlagCase{"BuildArgWithoutName",
                    [](ParseFlagValues& f) { f.build_args = {"=1"}; },
                    "--build_arg==1: expected NAME=VALUE"},
        BadFlagCase{"BaseConfig",
                    [](ParseFlagValues& f) { f.base_configs = {"debian"}; },
                    "--base_config=debian: expected NAME=VALUE"},
        BadFlagCase{"Platform", [](ParseFlagValues& f) { f.platform = "nope"; },
                    "\"nope\": unknown operating system or architecture: "
                    "invalid argument"},
        BadFlagCase{
            "IgnoreFile",
            [](ParseFlagValues& f) { f.ignore_file = File("ignore", "!\n"); },
            "illegal exclusion pattern: \"!\""}),
    [](const testing::TestParamInfo<BadFlagCase>& info) {
      return std::string(info.param.name);
    });

TEST(ReadParseCommandOptions, RequiresTheDockerfile) {
  ParseFlagValues flags = Flags();
  flags.dockerfile = testing::TempDir() + "/missing";
  EXPECT_EQ(ReadParseCommandOptions(flags).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rules_dockerfile
