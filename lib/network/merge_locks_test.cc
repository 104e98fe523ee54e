#include "lib/network/merge_locks.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/network/locked_image.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

LockedRequest Get(const std::string& url, const std::string& sha256) {
  return {.method = "GET",
          .url = url,
          .body_sha256 = "",
          .status = 200,
          .sha256 = sha256,
          .size = 1,
          .body = "",
          .headers = {}};
}

LockedRun MakeRun(const std::string& stage, const std::string& platform,
                  const std::string& instruction,
                  std::vector<LockedRequest> requests) {
  return {.stage = stage,
          .platform = platform,
          .instruction = instruction,
          .recorded = 1,
          .requests = std::move(requests)};
}

LockedFile MakeFile(const std::string& stage, const std::string& url,
                    const std::string& sha256) {
  return {.stage = stage,
          .platform = "amd64",
          .url = url,
          .sha256 = sha256,
          .size = 1,
          .modified = 0};
}

// "stage platform instruction: url=sha256 …" of each run.
std::vector<std::string> Lines(const NetworkLock& lock) {
  std::vector<std::string> lines;
  for (const LockedRun& run : lock.runs) {
    std::string line =
        run.stage + " " + run.platform + " " + run.instruction + ":";
    for (const LockedRequest& request : run.requests) {
      line += " " + request.url + "=" + request.sha256;
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(MergeNetworkLocks, ReplacesTheRecordedStagesOfThePlatform) {
  const NetworkLock old = {
      .files = {},
      .runs = {MakeRun("build", "amd64", "RUN a", {Get("u", "old")}),
               MakeRun("build", "amd64", "RUN gone", {Get("u", "old")}),
               MakeRun("build", "arm64", "RUN a", {Get("u", "arm")}),
               MakeRun("other", "amd64", "RUN b", {Get("u", "other")}),
               MakeRun("removed", "amd64", "RUN c", {Get("u", "old")})}};
  const NetworkLock recorded = {
      .files = {},
      .runs = {MakeRun("build", "amd64", "RUN a", {Get("u", "new")})}};
  EXPECT_THAT(
      Lines(MergeNetworkLocks(old, recorded,
                              {.stages = {"other", "build"},
                               .recorded = {"build"},
                               .platform = "amd64"})),
      ElementsAre("other amd64 RUN b: u=other", "build amd64 RUN a: u=new",
                  "build arm64 RUN a: u=arm"));
}

TEST(MergeNetworkLocks, KeepsImagesAndRegistries) {
  const NetworkLock old = {
      .registries = {{.registry = "h", .realm = "https://h/t", .service = "s"}},
      .images = {{.image = "h/a:1@sha256:0",
                  .platform = "amd64",
                  .manifest = {},
                  .config = {},
                  .layers = {},
                  .onbuild = {}}},
      .files = {},
      .runs = {}};
  EXPECT_EQ(
      MergeNetworkLocks(
          old, {}, {.stages = {"0"}, .recorded = {"0"}, .platform = "amd64"}),
      old);
}

TEST(MergeNetworkLocks, UnitesRunsOfOneText) {
  const NetworkLock recorded = {
      .files = {},
      .runs = {MakeRun("0", "amd64", "RUN a", {Get("b", "1"), Get("c", "1")}),
               MakeRun("0", "amd64", "RUN silent", {}),
               MakeRun("0", "amd64", "RUN a", {Get("a", "2"), Get("b", "2")})}};
  EXPECT_THAT(Lines(MergeNetworkLocks(
                  {}, recorded,
                  {.stages = {"0"}, .recorded = {"0"}, .platform = "amd64"})),
              ElementsAre("0 amd64 RUN a: a=2 b=1 c=1"));
}

TEST(MergeNetworkLocks, DoesTheSameWithFiles) {
  const NetworkLock old = {
      .files = {MakeFile("0", "u", "old"), MakeFile("1", "v", "other")},
      .runs = {}};
  const NetworkLock recorded = {.files = {MakeFile("0", "u", "new")},
                                .runs = {}};
  EXPECT_THAT(
      MergeNetworkLocks(
          old, recorded,
          {.stages = {"0", "1"}, .recorded = {"0"}, .platform = "amd64"})
          .files,
      ElementsAre(MakeFile("0", "u", "new"), MakeFile("1", "v", "other")));
}

}  // namespace
}  // namespace rules_dockerfile
