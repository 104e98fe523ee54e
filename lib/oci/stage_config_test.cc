#include "lib/oci/stage_config.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/oci/image_config.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

constexpr char kEmptyLayer[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Step MakeStep(const std::string& created_by, const std::string& config,
              bool empty_layer = true) {
  return {.history =
              StepHistory{.created_by = created_by, .empty_layer = empty_layer},
          .config = nlohmann::ordered_json::parse(config)};
}

Platform Amd64() { return ParsePlatform("linux/amd64").value(); }

ImageConfig Base(const std::string& config) {
  ImageConfig base;
  base.platform = ParsePlatform("linux/arm64").value();
  base.created = "2024-01-02T03:04:05.6Z";
  base.config = nlohmann::ordered_json::parse(config);
  base.diff_ids = {kEmptyLayer};
  base.history = {{.created = "2024-01-02T03:04:05.6Z",
                   .created_by = "ADD rootfs / # buildkit"}};
  return base;
}

// The "config" object after `steps` on a base with `config`.
std::string ConfigAfter(const std::string& config, std::vector<Step> steps) {
  StageConfigOptions options;
  options.parent = Base(config);
  options.platform = Amd64();
  options.steps = std::move(steps);
  const absl::StatusOr<ImageConfig> image = StageConfig(options);
  if (!image.ok()) return std::string(image.status().message());
  const std::string text = ImageConfigToText(*image);
  return nlohmann::ordered_json::parse(text)["config"].dump();
}

TEST(StageConfig, OfScratchHasPathAndWorkingDir) {
  StageConfigOptions options;
  options.platform = Amd64();
  EXPECT_EQ(ImageConfigToText(StageConfig(options).value()), R"({
  "architecture": "amd64",
  "config": {
    "Env": [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    ],
    "WorkingDir": "/"
  },
  "created": "2026-01-01T00:00:00Z",
  "history": [],
  "os": "linux",
  "rootfs": {
    "type": "layers",
    "diff_ids": []
  }
}
)");
}

// `created` of an image on a base that was created at `time`.
std::string CreatedOn(const std::string& time, std::optional<int64_t> epoch) {
  StageConfigOptions options = {.epoch = epoch};
  options.parent = Base("{}");
  options.parent->created = time;
  options.platform = Amd64();
  options.steps = {MakeStep("ENV A=1", R"({"Env":["A=1"]})")};
  return StageConfig(options).value().created;
}

TEST(StageConfig, IsNoOlderThanItsBaseUnlessAnEpochIsSet) {
  EXPECT_EQ(CreatedOn("2026-05-04T03:02:01.9Z", std::nullopt),
            "2026-05-04T03:02:01Z");
  EXPECT_EQ(CreatedOn("2019-05-04T03:02:01Z", std::nullopt),
            "2026-01-01T00:00:00Z");
  EXPECT_EQ(CreatedOn("", std::nullopt), "2026-01-01T00:00:00Z");
  EXPECT_EQ(CreatedOn("2026-05-04T03:02:01Z", 7), "1970-01-01T00:00:07Z");
}

TEST(StageConfig, AppendsHistoryAndLayersToTheBase) {
  StageConfigOptions options;
  options.parent = Base(R"({"Env":["PATH=/bin"],"OnBuild":["RUN x"]})");
  options.platform = Amd64();
  options.epoch = 1700000000;
  options.diff_ids = {DigestOf("layer")};
  options.steps = {
      {.history = std::nullopt, .config = {{"OnBuild", nullptr}}},
      MakeStep("ENV A=1", R"({"Env":["A=1"]})"),
      MakeStep("RUN /bin/sh -c true # buildkit", "{}", /*empty_layer=*/false),
      MakeStep("MAINTAINER me", R"({"author":"me"})"),
  };
  options.labels = {{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(ImageConfigToText(StageConfig(options).value()), R"({
  "architecture": "arm64",
  "author": "me",
  "config": {
    "Env": [
      "PATH=/bin",
      "A=1"
    ],
    "Labels": {
      "a": "1",
      "b": "2"
    }
  },
  "created": "2023-11-14T22:13:20Z",
  "history": [
    {
      "created": "2024-01-02T03:04:05.6Z",
      "created_by": "ADD rootfs / # buildkit"
    },
    {
      "created": "2023-11-14T22:13:20Z",
      "created_by": "ENV A=1",
      "comment": "buildkit.dockerfile.v0",
      "empty_layer": true
    },
    {
      "created": "2023-11-14T22:13:20Z",
      "created_by": "RUN /bin/sh -c true # buildkit",
      "comment": "buildkit.dockerfile.v0"
    },
    {
      "created": "2023-11-14T22:13:20Z",
      "created_by": "MAINTAINER me",
      "comment": "buildkit.dockerfile.v0",
      "empty_layer": true
    }
  ],
  "os": "linux",
  "rootfs": {
    "type": "layers",
    "diff_ids": [
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "sha256:dac1d7cfa95021764849fd102524e141488c5e3a90f861dbb5a12d9ac8584f85"
    ]
  }
}
)");
}

TEST(StageConfig, KeepsTheTimeOfABaseWithoutOwnSteps) {
  StageConfigOptions options;
  options.parent = Base("{}");
  options.platform = Amd64();
  const ImageConfig image = StageConfig(options).value();
  EXPECT_EQ(image.created, "2024-01-02T03:04:05.6Z");
  EXPECT_EQ(PlatformText(image.platform), "linux/arm64");
}

TEST(StageConfig, TakesTheRequestedPlatformIfForced) {
  StageConfigOptions options;
  options.parent = Base("{}");
  options.platform = ParsePlatform("linux/arm/v6").value();
  options.force_platform = true;
  EXPECT_EQ(PlatformText(StageConfig(options)->platform), "linux/arm/v6");
}

struct MergeCase {
  const char* name;
  std::string base;
  std::vector<Step> steps;
  std::string want;
};

class StepMerge : public testing::TestWithParam<MergeCase> {};

TEST_P(StepMerge, ReturnsTheConfig) {
  EXPECT_EQ(ConfigAfter(GetParam().base, GetParam().steps), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StepMerge,
    testing::ValuesIn(std::vector<MergeCase>{
        {"EnvInPlace",
         R"({"Env":["A=1","PATH=/b","C"]})",
         {MakeStep("ENV A=2 D=4", R"({"Env":["A=2","D=4"]})")},
         R"({"Env":["A=2","PATH=/b","C","D=4"]})"},
        {"PathIsAddedIfMissing",
         R"({"Env":["PATHS=1"]})",
         {},
         R"({"Env":["PATHS=1","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]})"},
        {"MapsMerge",
         R"({"Env":["PATH=/b"],"ExposedPorts":{"80/tcp":{}},"Labels":{"a":"1","b":"1"}})",
         {MakeStep("LABEL b=2 c=3", R"({"Labels":{"c":"3","b":"2"}})"),
          MakeStep("EXPOSE 53/udp", R"({"ExposedPorts":{"53/udp":{}}})"),
          MakeStep("VOLUME /v", R"({"Volumes":{"/v":{}}})")},
         R"({"ExposedPorts":{"53/udp":{},"80/tcp":{}},"Env":["PATH=/b"],"Volumes":{"/v":{}},"Labels":{"a":"1","b":"2","c":"3"}})"},
        {"OnBuildIsClearedThenAppended",
         R"({"Env":["PATH=/b"],"OnBuild":["RUN old"]})",
         {MakeStep("", R"({"OnBuild":["RUN a"]})"),
          MakeStep("", R"({"OnBuild":["RUN b"]})")},
         R"({"Env":["PATH=/b"],"OnBuild":["RUN a","RUN b"]})"},
        {"EntrypointDropsTheBaseCmd",
         R"({"Env":["PATH=/b"],"Cmd":["sh"],"ArgsEscaped":true})",
         {MakeStep("ENTRYPOINT", R"({"Entrypoint":["x"]})")},
         R"({"Env":["PATH=/b"],"Entrypoint":["x"],"ArgsEscaped":true})"},
        {"EntrypointKeepsTheStagesCmd",
         R"({"Env":["PATH=/b"],"Cmd":["sh"]})",
         {MakeStep("CMD", R"({"Cmd":["y"]})"),
          MakeStep("ENTRYPOINT", R"({"Entrypoint":["x"]})")},
         R"({"Env":["PATH=/b"],"Entrypoint":["x"],"Cmd":["y"]})"},
        {"EmptyEntrypointClearsBoth",
         R"({"Env":["PATH=/b"],"Entrypoint":["x"],"Cmd":["sh"]})",
         {MakeStep("ENTRYPOINT []", R"({"Entrypoint":null})")},
         R"({"Env":["PATH=/b"]})"},
        {"NullRemoves",
         R"({"Env":["PATH=/b"],"User":"a"})",
         {MakeStep("USER", R"({"User":null})")},
         R"({"Env":["PATH=/b"]})"},
        {"HealthcheckIsReplaced",
         R"({"Env":["PATH=/b"],"Healthcheck":{"Test":["NONE"],"Retries":3}})",
         {MakeStep("HEALTHCHECK", R"({"Healthcheck":{"Test":["CMD","x"]}})")},
         R"({"Env":["PATH=/b"],"Healthcheck":{"Test":["CMD","x"]}})"},
        {"UnknownFieldsStay",
         R"({"StopTimeout":5,"Env":["PATH=/b"]})",
         {},
         R"({"Env":["PATH=/b"],"StopTimeout":5})"},
        {"WrongEnv",
         "{}",
         {MakeStep("ENV A", R"({"Env":"A"})")},
         "step 1 \"ENV A\": field \"Env\": expected an array, got a string"},
        {"WrongLabels",
         "{}",
         {MakeStep("ENV A=1", R"({"Env":["A=1"]})"),
          MakeStep("LABEL", R"({"Labels":[]})")},
         "step 2 \"LABEL\": field \"Labels\": expected an object, got an "
         "array"},
        {"LayerWithoutDescriptor",
         "{}",
         {MakeStep("RUN", "{}", /*empty_layer=*/false)},
         "1 step creates a layer, but 0 layers are given"},
    }),
    [](const testing::TestParamInfo<MergeCase>& info) {
      return std::string(info.param.name);
    });

TEST(CompleteHistory, AccountsForEachLayer) {
  ImageConfig config;
  config.created = "2024-01-02T03:04:05Z";
  config.diff_ids = {kEmptyLayer, kEmptyLayer};
  config.history = {{.created_by = "a", .empty_layer = true}};
  const HistoryEntry added = {.created = "2024-01-02T03:04:05Z",
                              .comment = "buildkit.exporter.image.v0"};
  EXPECT_EQ(WithCompleteHistory(config).history,
            (std::vector<HistoryEntry>{config.history[0], added, added}));

  config.diff_ids = {kEmptyLayer};
  config.history = {{.created_by = "a"}, {.created_by = "b"}};
  EXPECT_EQ(
      WithCompleteHistory(config).history,
      (std::vector<HistoryEntry>{{.created_by = "a"},
                                 {.created_by = "b", .empty_layer = true}}));
}

}  // namespace
}  // namespace rules_dockerfile
