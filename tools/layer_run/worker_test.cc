#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/run/run_layer_testing.h"
#include "lib/worker/test_worker.h"

// layer_run as a worker of Bazel.

namespace rules_dockerfile {
namespace {

using ::testing::HasSubstr;

class LayerRunWorkerTest : public testing::Test {
 protected:
  LayerRunWorkerTest() {
    run_.Write("instruction", "RUN [\"/bin/probe\", \"ids\"]\n");
  }

  // What the worker answers to a RUN on the base. The digests are those that
  // Bazel would send for its files.
  Json Answer(const std::vector<std::pair<std::string, std::string>>& digests,
              const std::vector<std::string>& flags = {}) {
    Json request = {{"requestId", 1}, {"arguments", flags}};
    for (const char* file :
         {"instruction", "state", "layer_out", "index_out", "step_out"}) {
      request["arguments"].push_back(
          absl::StrCat("--", file, "=", run_.Path(file)));
    }
    request["arguments"].push_back(
        absl::StrCat("--layer=", run_.Path("base.tar")));
    request["arguments"].push_back(
        absl::StrCat("--index=", run_.Path("base.index")));
    request["arguments"].push_back("--verbose");
    for (const auto& [name, digest] : digests) {
      request["inputs"].push_back(
          {{"path", run_.Path(name.c_str())}, {"digest", digest}});
    }
    EXPECT_TRUE(worker_.Send(request));
    return worker_.Receive();
  }

  void ExpectNote(const Json& answer, absl::string_view note) {
    EXPECT_EQ(answer["exitCode"], 0);
    EXPECT_THAT(answer["output"].get<std::string>(),
                HasSubstr(absl::StrCat("overlay", note, "\n")));
  }

  TestRun run_;
  TestWorker worker_{std::filesystem::absolute(getenv("LAYER_RUN")),
                     run_.Path("errors")};
};

TEST_F(LayerRunWorkerTest, KeepsLayersFromRequestToRequest) {
  ExpectNote(Answer({{"base.tar", "MQ=="}, {"base.index", "Mg=="}}),
             ", kept layers: 0 of 1 found, 1 added");
  ExpectNote(Answer({{"base.tar", "MQ=="}, {"base.index", "Mg=="}}),
             ", kept layers: 1 of 1 found, 0 added");
  ExpectNote(Answer({{"base.tar", "MQ=="}, {"base.index", "Mw=="}}),
             ", kept layers: 0 of 1 found, 1 added");
}

// It does so when it has nothing else to do.
TEST_F(LayerRunWorkerTest, ReadsTheIndexOfALayerForLaterRequests) {
  const std::string index = ReadFile(run_.Path("base.index")).value();
  const std::vector<std::pair<std::string, std::string>> digests = {
      {"base.tar", "MQ=="},
      {"base.index", std::string(DigestHex(DigestOf(index)))}};
  Json answer;
  do {
    run_.Write("base.index", index);
    ASSERT_EQ(Answer(digests)["exitCode"], 0);
    run_.Write("base.index", "forged");
    answer = Answer(digests);
    ASSERT_NE(answer, nullptr);
  } while (answer["output"] ==
           "layer_run: layer index line 1: expected a JSON object\n");
  ExpectNote(answer,
             ", kept layers: 1 of 1 found, 0 added, indexes of 1 known");
}

TEST_F(LayerRunWorkerTest, KeepsNoLayerOfWhichItHasNoDigest) {
  for (int i = 0; i < 2; ++i) {
    ExpectNote(Answer({{"base.tar", "MQ=="}}),
               ", kept layers: 0 of 1 found, 0 added");
  }
}

TEST_F(LayerRunWorkerTest, KeepsAsMuchAsItMay) {
  const std::vector<std::pair<std::string, std::string>> digests = {
      {"base.tar", "MQ=="}, {"base.index", "Mg=="}};
  // More bytes than a number can say.
  ExpectNote(Answer(digests, {"--layer_store=99999999999999"}),
             ", kept layers: 0 of 1 found, 1 added");
  ExpectNote(Answer(digests), ", kept layers: 1 of 1 found, 0 added");
  // What an earlier request kept goes.
  ExpectNote(Answer(digests, {"--layer_store=0"}), "");
  ExpectNote(Answer(digests), ", kept layers: 0 of 1 found, 1 added");
}

}  // namespace
}  // namespace rules_dockerfile
