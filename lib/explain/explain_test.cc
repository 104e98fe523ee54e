#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/explain/align_steps.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/explain_build.h"
#include "lib/explain/explain_testing.h"
#include "lib/explain/image_steps.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;

// The explanation of the second of two builds.
std::string Explained(const ImageSteps& image_before, const ExecutionLog& first,
                      const ImageSteps& image, const ExecutionLog& second) {
  const ImageRecord before = RecordBuild({}, image_before, first, "");
  return ExplainBuild(before, RecordBuild(before, image, second, ""), second);
}

TEST_F(ExplainTest, NamesTheFileAndTheInstructionThatWroteAnInput) {
  EXPECT_EQ(
      Explained(image_,
                Log({Ran(copy_, {{"app/src/a", "1111111111111111"}}, "22"),
                     Ran(run_, {{tar_, "22"}}, "33")}),
                image_,
                Log({Ran(copy_, {{"app/src/a", "4444444444444444"}}, "55"),
                     Ran(run_, {{tar_, "55"}}, "66")})),
      "//app:image: 2 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  ran: app/src/a changed (sha256 111111111111 → 444444444444)\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: because of app/Dockerfile:2 COPY src /src:\n      app/src/a "
      "changed "
      "(sha256 111111111111 → 444444444444)\n");
}

TEST_F(ExplainTest, HasCachedInstructionsAndHitsOfACache) {
  LoggedSpawn hit = Ran(run_, {{tar_, "22"}, {"b", "2"}}, "66");
  hit.cache_hit = true;
  hit.runner = "disk cache hit";
  EXPECT_EQ(Explained(image_,
                      Log({Ran(copy_, {}, "22"),
                           Ran(run_, {{tar_, "22"}, {"c", ""}}, "33")}),
                      image_, Log({hit})),
            "//app:image: 0 of 2 instructions ran, 1 came from a cache\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make\n"
            "  disk cache hit: b was added\n"
            "    c was removed\n");
}

TEST_F(ExplainTest, NamesALockedDownloadByItsDigest) {
  const std::string blobs = "external/r~~dockerfiles~app_1_lock/blobs/";
  const std::string before = "2295824bc324" + std::string(52, '0');
  const std::string after = "43ae3066f295" + std::string(52, '0');
  EXPECT_EQ(Explained(image_, Log({Ran(run_, {{blobs + before, "1"}}, "33")}),
                      image_, Log({Ran(run_, {{blobs + after, "2"}}, "44")})),
            "//app:image: 1 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make\n"
            "  ran: locked download 2295824bc324 was removed\n"
            "    locked download 43ae3066f295 was added\n");
}

TEST_F(ExplainTest, KnowsAnInstructionWhoseTextChanged) {
  const ImageStep edited = Instruction(4, "RUN make all\n", "run.2");
  const ImageStep added = Instruction(5, "RUN more\n", "run.3");
  EXPECT_EQ(Explained(image_, Log({Ran(copy_, {}, "22"), Ran(run_, {}, "33")}),
                      Image({copy_, env_, edited, added}),
                      Log({Ran(edited, {}, "33"),
                           Ran(added, {{edited.outputs[0], "33"}}, "44")})),
            "//app:image: 2 of 3 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make all\n"
            "  ran: the instruction changed: it was RUN make\n"
            "app/Dockerfile:5 RUN more\n"
            "  ran: first time: the instruction is new\n");
}

TEST_F(ExplainTest, KnowsAnInstructionThatIsGone) {
  EXPECT_EQ(
      Explained(image_,
                Log({Ran(copy_, {}, "22"), Ran(run_, {{tar_, "22"}}, "33")}),
                Image({run_}), Log({Ran(run_, {}, "44")})),
      "//app:image: 1 of 1 instruction ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: COPY src /src was removed\n");
}

TEST_F(ExplainTest, NamesTheInstructionsThatSetTheEnvironment) {
  const ImageStep one =
      State("one", {{2, "ENV A=1\n"}, {3, "ARG X\n"}, {3, "ENV B=1\n"}});
  const ImageStep two =
      State("two", {{2, "ENV A=1\n"}, {3, "ENV B=2\n"}, {4, "USER app\n"}});
  EXPECT_EQ(
      Explained(
          Image({one, run_}),
          Log({Ran(one, {}, "11"), Ran(run_, {{one.outputs[0], "11"}}, "33")}),
          Image({two, run_}),
          Log({Ran(two, {}, "22"), Ran(run_, {{two.outputs[0], "22"}}, "33")})),
      "//app:image: 1 of 1 instruction ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: app/Dockerfile:3 ENV B=2 changed: it was ENV B=1\n"
      "    app/Dockerfile:4 USER app is new\n"
      "    ARG X was removed\n"
      "    its layer is the same as before\n");
}

TEST_F(ExplainTest, NamesFlagsToolsAndEnvironment) {
  ImageRecord before = RecordBuild({}, image_, Log({Ran(run_, {}, "33")}), "");
  ImageRecord after = before;
  StepRecord& old_record = before.records[run_.outputs[0]];
  StepRecord& record = after.records[run_.outputs[0]];
  old_record.flags = {"--build_arg=V=1", "--network=none",
                      "--layer=bazel-out/x"};
  old_record.tools = {{"tools/layer_run", "1"}};
  old_record.failed = true;
  record.flags = {"--build_arg=V=2", "--add_host=a=b", "--layer=bazel-out/y",
                  "--network=none"};
  record.tools = {{"tools/layer_run", "2"}};
  record.environment = {{"LANG", "C"}};
  record.platform = {{"pool", "big"}};
  record.outputs.clear();
  EXPECT_EQ(ExplainBuild(before, after, Log({Ran(run_, {}, "33")})),
            "//app:image: 1 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make\n"
            "  ran: it failed the last time\n"
            "    flag --add_host=a changed (none → b)\n"
            "    build argument V changed (1 → 2)\n"
            "    the tool tools/layer_run changed\n"
            "    the environment of the action changed: LANG (none → C)\n"
            "    the execution properties changed: pool (none → big)\n");
}

// They may have a password.
TEST_F(ExplainTest, NeitherShowsNorKeepsTheValuesOfProxies) {
  const std::string root = absl::StrCat(testing::TempDir(), "/proxies");
  std::filesystem::create_directories(absl::StrCat(root, "/bazel-out"));
  const auto build = [&](const std::string& value) {
    const std::string text = absl::StrCat(
        "--build_arg=HTTP_PROXY=http://me:", value, "=x@h\n",
        "--global_arg=a_Proxy=", value, "\n\\--build_arg=b_proxy=", value,
        "\\n\n", "--https_proxy=", value, "\n--build_arg=V=_proxy=1\n");
    const std::string path = "bazel-out/proxy.params";
    ABSL_CHECK_OK(WriteFile(absl::StrCat(root, "/", path), text));
    LoggedSpawn spawn =
        Ran(run_, {{path, std::string(DigestHex(DigestOf(text)))}}, "33");
    spawn.environment = {{"no_proxy", value}};
    return RecordBuild({}, image_, Log({spawn}), root);
  };
  BuildHistory history = {
      .log = "sha256:1", .before = build("secret1"), .after = build("secret2")};
  EXPECT_EQ(
      ExplainBuild(history.before, history.after, Log({Ran(run_, {}, "33")})),
      "//app:image: 1 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  cached\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: build argument HTTP_PROXY changed\n"
      "    build argument a_Proxy changed\n"
      "    flag --https_proxy changed\n"
      "    flag \\--build_arg=b_proxy changed\n"
      "    the environment of the action changed: no_proxy\n"
      "    its layer is the same as before\n");
  EXPECT_FALSE(absl::StrContains(BuildHistoryToText(history), "secret"));
  EXPECT_TRUE(absl::StrContains(BuildHistoryToText(history), "V=_proxy=1"));
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(history));

  // What an earlier version has kept.
  history.after.records.begin()->second.environment = {{"no_proxy", "secret2"}};
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(BuildHistory{.log = "sha256:1",
                                        .before = build("secret1"),
                                        .after = build("secret2")}));
}

TEST_F(ExplainTest, SaysThatItKnowsNoReason) {
  LoggedSpawn failed = Ran(run_, {{"bazel-out/x.params", "2"}}, "");
  failed.exit_code = 2;
  EXPECT_EQ(Explained(image_,
                      Log({Ran(copy_, {}, "22"),
                           Ran(run_, {{"bazel-out/x.params", "1"}}, "33")}),
                      image_, Log({Ran(copy_, {}, "22"), failed})),
            "//app:image: 2 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  ran: nothing that it reads changed: its result was no longer "
            "there\n"
            "    its layer is the same as before\n"
            "app/Dockerfile:4 RUN make\n"
            "  failed with exit code 2: its flags changed\n");
}

TEST_F(ExplainTest, SaysThatNoEarlierBuildIsKnown) {
  EXPECT_EQ(Explained({}, {}, image_, Log({Ran(copy_, {}, "22")})),
            "//app:image: 1 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  ran: first time\n"
            "app/Dockerfile:4 RUN make\n"
            "  cached\n"
            "\n"
            "hint: no earlier build is known; run this after the next build, "
            "too\n");
}

TEST_F(ExplainTest, FollowsCausesThroughStagesAndToTheBase) {
  const ImageStep base = {.kind = StepKind::kBase,
                          .dockerfile = "app/Dockerfile",
                          .stage = "//app:image.stage",
                          .line = 1,
                          .text = "FROM base",
                          .outputs = {"bazel-out/k8/bin/app/base/layers"}};
  const std::string layer = "bazel-out/k8/bin/app/base/layers/0000";
  const ImageStep last = Instruction(9, "COPY --from=0 / /\n", "copy.9");
  const ImageStep config = {.kind = StepKind::kImage,
                            .dockerfile = "app/Dockerfile",
                            .stage = "//app:image",
                            .line = 8,
                            .text = "FROM scratch",
                            .outputs = {"bazel-out/k8/bin/app/config.json"},
                            .evaluates = {{10, "CMD a\n"}}};
  ImageStep edited = config;
  edited.evaluates = {{10, "CMD b\n"}};
  EXPECT_EQ(
      Explained(Image({base, run_, last, config}),
                Log({Ran(run_, {{layer, "1"}}, "2"),
                     Ran(last, {{run_.outputs[0], "2"}}, "3"),
                     Ran(config, {{last.outputs[1], "3"}}, "4")}),
                Image({base, run_, last, edited}),
                Log({Ran(run_, {{layer, "5"}}, "6"),
                     Ran(last, {{run_.outputs[0], "6"}}, "7"),
                     Ran(edited, {{last.outputs[1], "7"}}, "8")})),
      "//app:image: 2 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: because of app/Dockerfile:1 FROM base:\n      the image changed\n"
      "app/Dockerfile:9 COPY --from=0 / /\n"
      "  ran: because of app/Dockerfile:1 FROM base:\n      the image changed\n"
      "config of //app:image\n"
      "  ran: app/Dockerfile:10 CMD b changed: it was CMD a\n"
      "    because of app/Dockerfile:1 FROM base:\n      the image changed\n");
}

TEST_F(ExplainTest, EndsWhenAStateReadsItself) {
  const ImageStep state = State("one", {});
  EXPECT_EQ(Explained(Image({state, run_}),
                      Log({Ran(state, {{state.outputs[0], "1"}}, "1"),
                           Ran(run_, {{state.outputs[0], "1"}}, "2")}),
                      Image({state, run_}),
                      Log({Ran(state, {{state.outputs[0], "3"}}, "3"),
                           Ran(run_, {{state.outputs[0], "3"}}, "4")})),
            "//app:image: 1 of 1 instruction ran\n"
            "\n"
            "app/Dockerfile:4 RUN make\n"
            "  ran: the environment above it changed (app/Dockerfile:1 FROM "
            "base)\n");
}

TEST(AlignTexts, PairsEqualTextsAndThoseBetweenThem) {
  using Indices = std::vector<std::optional<size_t>>;
  EXPECT_EQ(AlignTexts({"A 1", "B 1", "C 1"}, {"A 1", "C 1"}), (Indices{0, 2}));
  EXPECT_EQ(AlignTexts({"A 1", "B 1", "C 1"}, {"A 2", "X 1", "B 2", "C 1"}),
            (Indices{0, std::nullopt, 1, 2}));
  EXPECT_EQ(AlignTexts({}, {"A 1"}), (Indices{std::nullopt}));
  EXPECT_EQ(AlignTexts({"A 1", "A 2"}, {"A 2", "A 3"}),
            (Indices{1, std::nullopt}));
}

TEST(ShortText, IsTheFirstLine) {
  EXPECT_EQ(ShortText("# escape=`\nRUN <<END\na\nEND\n"), "RUN <<END");
  EXPECT_EQ(ShortText(absl::StrCat("RUN ", std::string(76, 'a'))),
            absl::StrCat("RUN ", std::string(76, 'a')));
  EXPECT_EQ(ShortText(absl::StrCat("RUN ", std::string(75, 'a'), "äb")),
            absl::StrCat("RUN ", std::string(75, 'a'), "ä…"));
}

}  // namespace
}  // namespace rules_dockerfile
