#include "lib/dockerfile/stages/stages.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {
namespace {

std::string Text(const StageSource& source) {
  switch (source.kind) {
    case StageSource::Kind::kScratch:
      return "scratch";
    case StageSource::Kind::kStage:
      return absl::StrCat("stage ", source.stage);
    case StageSource::Kind::kImage:
      return source.name;
    case StageSource::Kind::kContext:
      return absl::StrCat("context ", source.name);
  }
  return "";
}

// The graph; or its error, or the first one of a stage that the target needs.
std::variant<StageGraph, Diagnostic> ResolveStages(
    const Dockerfile& dockerfile, const StageOptions& options) {
  auto resolved = ResolveStageGraph(dockerfile, options);
  const auto* graph = std::get_if<StageGraph>(&resolved);
  if (graph == nullptr) return resolved;
  for (const auto errors :
       {&ResolvedStage::name_errors, &ResolvedStage::instruction_errors}) {
    for (const ResolvedStage& stage : graph->stages) {
      if (!stage.reachable || (stage.*errors).empty()) continue;
      return (stage.*errors).front();
    }
  }
  return resolved;
}

// One stage per line: `name: base [platform] (sources)`, "-" if unreachable; or
// the error.
std::string Resolved(absl::string_view text, const StageOptions& options) {
  const auto parsed = ParseDockerfile(text);
  if (const auto* error = std::get_if<Diagnostic>(&parsed)) {
    return error->message;
  }
  const auto resolved = ResolveStages(std::get<Dockerfile>(parsed), options);
  std::string result;
  if (const auto* error = std::get_if<Diagnostic>(&resolved)) {
    for (const LineRange& range : error->ranges) {
      absl::StrAppend(&result, range.first, ": ");
    }
    return result + error->message;
  }
  for (const ResolvedStage& stage : std::get<StageGraph>(resolved).stages) {
    absl::StrAppend(&result, stage.reachable ? "" : "-", stage.name, ": ",
                    Text(stage.base));
    if (stage.platform) {
      absl::StrAppend(&result, " ", PlatformText(*stage.platform));
    }
    for (const StageSource& source : stage.sources) {
      absl::StrAppend(&result, " (", Text(source), ")");
    }
    absl::StrAppend(&result, "\n");
  }
  return result;
}

struct StagesCase {
  const char* name;
  std::string text;
  std::string want;
  StageOptions options = {};
};

class ResolveStagesTest : public testing::TestWithParam<StagesCase> {};

TEST_P(ResolveStagesTest, ReturnsTheGraphOrTheError) {
  EXPECT_EQ(Resolved(GetParam().text, GetParam().options), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, ResolveStagesTest,
    testing::ValuesIn(std::vector<StagesCase>{
        {"Single", "FROM debian", ": docker.io/library/debian:latest\n"},
        {"Chain", "FROM scratch AS A\nFROM a\n",
         "a: scratch\nstage-1: stage 0\n"},
        {"LoneSystemIsOfTheBuilder",
         "FROM --platform=linux debian\n",
         ": docker.io/library/debian:latest linux/s390x\n",
         {.scope = {.target_platform = {.architecture = "arm64"},
                    .build_platform = {.architecture = "s390x"}}}},
        {"EpochOfTheDockerfile",
         "ARG SOURCE_DATE_EPOCH=1700000000\nFROM scratch\n", ": scratch\n"},
        {"EpochOfTheContext", "ARG SOURCE_DATE_EPOCH=context\nFROM scratch\n",
         ": scratch\n"},
        {"EpochOfAStage",
         "ARG SOURCE_DATE_EPOCH=Src\nFROM scratch AS src\nFROM scratch\n",
         "-src: scratch\nstage-1: scratch\n"},
        {"EpochOfANamedContext",
         "ARG SOURCE_DATE_EPOCH=c\nFROM scratch\n",
         ": scratch\n",
         {.named_contexts = {"c"}}},
        {"EpochOfNothing", "ARG SOURCE_DATE_EPOCH\nFROM scratch\n",
         ": scratch\n"},
        {"EpochOfNoStage",
         "ARG N=now\nARG SOURCE_DATE_EPOCH=$N\nFROM scratch\n",
         "2: invalid SOURCE_DATE_EPOCH: now"},
        {"EpochOfABuildArgument",
         "ARG SOURCE_DATE_EPOCH=1\nFROM scratch\n",
         "invalid SOURCE_DATE_EPOCH: now",
         {.scope = {.build_args = {{"SOURCE_DATE_EPOCH", "now"}}}}},
        {"GitQuery", "FROM scratch\nADD https://h/r.git?mtime=now /\n",
         "2: invalid mtime value: \"now\""},
        {"GitQueryOfAVariable",
         "FROM scratch\nADD https://h/r.git?mtime=$m /\n", ": scratch\n"},
        {"FromIsCaseSensitive", "FROM scratch AS Foo\nFROM Foo\n",
         "2: failed to parse stage name \"Foo\": invalid reference format: "
         "repository name (library/Foo) must be lowercase (did you mean foo?)"},
        {"CopyIsNot", "FROM x AS foo\nFROM y\nCOPY --from=FOO a b\n",
         "foo: docker.io/library/x:latest\n"
         "stage-1: docker.io/library/y:latest (stage 0)\n"},
        {"OwnNameIsAnImage", "FROM a AS a\n",
         "a: docker.io/library/a:latest\n"},
        {"LaterDuplicateWins", "FROM x AS a\nFROM y AS a\nFROM a\n",
         "-a: docker.io/library/x:latest\na: docker.io/library/y:latest\n"
         "stage-2: stage 1\n"},
        {"Index", "FROM x\nFROM y\nCOPY --from=0 a b\n",
         "stage-0: docker.io/library/x:latest\n"
         "stage-1: docker.io/library/y:latest (stage 0)\n"},
        {"IndexOutOfRange", "FROM x\nCOPY --from=1 a b\n",
         "2: invalid stage index 1"},
        {"CopyFromImage", "FROM x\nCOPY --from=nginx:1 a b\n",
         ": docker.io/library/x:latest (docker.io/library/nginx:1)\n"},
        {"CopyFromVariable", "FROM x\nCOPY --from=$y a b\n",
         "2: variable expansion is not supported for --from, define a new "
         "stage with FROM using ARG from global scope as a workaround"},
        {"MountBelowWorkdir",
         "FROM x\nRUN --mount=target=. --mount=type=cache,target=../a y\n",
         ": docker.io/library/x:latest\n"},
        {"MountKnowsNoIndex",
         "FROM x\nFROM y\nRUN --mount=from=0,target=/m z\n",
         "-stage-0: docker.io/library/x:latest\n"
         "stage-1: docker.io/library/y:latest (docker.io/library/0:latest)\n"},
        {"Mounts", "FROM x AS a\nFROM y\nRUN --mount=from=a,target=/z w\n",
         "a: docker.io/library/x:latest\n"
         "stage-1: docker.io/library/y:latest (stage 0)\n"},
        {"Unreachable", "FROM Bad:x AS a\nRUN []\nFROM y\n",
         "-a: Bad:x\nstage-1: docker.io/library/y:latest\n"},
        {"GlobalArgs", "ARG V=1\nARG N=x:$V\nFROM $N\n",
         ": docker.io/library/x:1\n"},
        {"Platform", "FROM --platform=$BUILDPLATFORM x\n",
         ": docker.io/library/x:latest linux/amd64\n"},
        {"OnbuildOfTheParent",
         "FROM x AS p\nONBUILD COPY --from=q a b\nFROM y AS q\nFROM p\n",
         "p: docker.io/library/x:latest\nq: docker.io/library/y:latest\n"
         "stage-2: stage 0 (stage 1)\n"},
    }),
    [](const testing::TestParamInfo<StagesCase>& info) {
      return std::string(info.param.name);
    });

INSTANTIATE_TEST_SUITE_P(
    Errors, ResolveStagesTest,
    testing::ValuesIn(std::vector<StagesCase>{
        {"BlankBase", "FROM $NOPE\n",
         "1: base name ($NOPE) should not be blank"},
        {"Platform", "FROM --platform=x/y/z/w a\n",
         "1: failed to parse platform x/y/z/w: \"x/y/z/w\": cannot parse "
         "platform specifier: invalid argument"},
        {"BlankPlatform", "FROM --platform=$TARGETPLATFROM a\n",
         "1: empty platform value from expression $TARGETPLATFROM (did you "
         "mean TARGETPLATFORM?)"},
        {"Self", "FROM x AS a\nCOPY --from=a b c\n",
         "2: circular dependency detected on stage: a"},
        {"Cycle",
         "FROM x AS a\nCOPY --from=b c d\nFROM x AS b\nCOPY --from=a c d\n",
         "2: 4: circular dependency detected on stage: a"},
        {"CycleOfStageWithoutName", "FROM x\nCOPY --from=0 c d\n",
         "2: circular dependency detected on stage: stage-0"},
        {"Forward", "FROM x AS a\nCOPY --from=b c d\nFROM x AS b\nFROM a\n",
         "2: cannot copy from stage \"b\", it needs to be defined before "
         "current stage \"a\""},
        {"ForwardMount",
         "FROM x AS a\nRUN --mount=from=b,target=/c d\nFROM x AS b\nFROM a\n",
         "2: cannot mount from stage \"b\" to \"/c\", stage needs to be "
         "defined before current command"},
        {"EmptyExecForm", "FROM x\nRUN []\n", "2: arguments are required"},
        {"CopyUrl", "FROM x\nCOPY https://e.org/a b\n",
         "2: source can't be a URL for COPY"},
        {"MountKey", "FROM x\nRUN --mount=typ=cache,target=/x y\n",
         "2: unexpected key 'typ' in 'typ=cache' (did you mean type?)"},
        {"MountRoot", "FROM x\nRUN --mount=type=tmpfs,target=/ y\n",
         "2: invalid mount target \"/\""},
        {"Quote", "FROM x\nUSER 'a\n",
         "2: failed to process \"'a\": unexpected end of statement while "
         "looking for matching single-quote"},
        {"ChecksumOfFile",
         "FROM x\nADD --checksum=sha256:" + std::string(64, 'a') + " a b\n",
         "2: checksum requires HTTP(S) or Git sources"},
        {"ChecksumWithoutAlgorithm",
         "FROM x\nADD --checksum=abc https://e.org/a b\n",
         "2: invalid checksum digest format"},
        {"ChecksumOfUnknownAlgorithm",
         "FROM x\nADD --checksum=md5:abc https://e.org/a b\n",
         "2: unsupported digest algorithm"},
        {"ChecksumTooShort",
         "FROM x\nADD --checksum=sha256:abc https://e.org/a b\n",
         "2: invalid checksum digest length"},
        {"ChecksumOfOtherDigits",
         "FROM x\nADD --checksum=sha256:" + std::string(64, 'x') +
             " https://e.org/a b\n",
         "2: invalid checksum digest format"},
        {"Chmod", "FROM x\nCOPY --chmod=99999 a b\n",
         "2: invalid chmod parameter: '99999'. it should be octal string and "
         "between 0 and 07777"},
    }),
    [](const testing::TestParamInfo<StagesCase>& info) {
      return std::string(info.param.name);
    });

TEST(ResolveStages, TakesTheTarget) {
  const std::string text = "FROM x AS base\nFROM y AS other\n";
  EXPECT_EQ(Resolved(text, {.scope = {.target = "BASE"}}),
            "base: docker.io/library/x:latest\n"
            "-other: docker.io/library/y:latest\n");
  EXPECT_EQ(Resolved(text, {.scope = {.target = "bse"}}),
            "target stage \"bse\" could not be found (did you mean base?)");
  EXPECT_EQ(Resolved(text, {.scope = {.target = "0"}}),
            "target stage \"0\" could not be found");
}

TEST(ResolveStages, TakesBuildArguments) {
  EXPECT_EQ(
      Resolved("ARG V=1\nFROM x:$V\n", {.scope = {.build_args = {{"V", "2"}}}}),
      ": docker.io/library/x:2\n");
}

TEST(ResolveStages, ReplacesStagesAndImagesByNamedContexts) {
  EXPECT_EQ(Resolved("FROM Bad! AS a\nRUN []\nFROM docker.io/library/x\n"
                     "COPY --from=a b c\n",
                     {.named_contexts = {"a", "x"}}),
            "a: context a\nstage-1: context x (stage 0)\n");
}

TEST(ResolveStages, SurvivesLongChains) {
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&text, "FROM x AS s", i, "\nCOPY --from=s", i + 1,
                    " a b\n");
  }
  text += "FROM x AS s20000\nCOPY --from=s0 a b\n";
  EXPECT_NE(Resolved(text, {}).find("circular dependency"), std::string::npos);
}

}  // namespace
}  // namespace rules_dockerfile
