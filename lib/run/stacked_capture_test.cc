#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/layer_index.h"
#include "lib/run/run_layer.h"
#include "lib/run/test_run.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

// RUNs, each on the layers of those before it, and what is in the layer of
// each.
struct StackCase {
  const char* name;
  std::vector<std::pair<const char*, const char*>> runs;
};

void PrintTo(const StackCase& test, std::ostream* out) { *out << test.name; }

class StackedCaptureTest : public testing::TestWithParam<StackCase> {
 protected:
  static void Expect(TestRun& run, SandboxMode mode) {
    if (!CanHaveSandbox(mode)) GTEST_SKIP() << "skipped: no such sandbox";
    for (const auto& [commands, entries] : GetParam().runs) {
      SCOPED_TRACE(commands);
      ASSERT_THAT(run.Run(mode, commands), IsOk());
      EXPECT_EQ(run.Entries(), entries);
      run.Keep();
    }
  }
};

TEST_P(StackedCaptureTest, WithEmulatedIds) {
  TestRun run;
  Expect(run, SandboxMode::kEmulated);
}

TEST_P(StackedCaptureTest, WithoutAnOverlayOnDisk) {
  TestRun run;
  run.options.overlay = false;
  run.options.scratch = {};
  Expect(run, SandboxMode::kEmulated);
}

TEST_P(StackedCaptureTest, WithMappedIds) {
  TestRun run;
  Expect(run, SandboxMode::kMapped);
}

TEST_P(StackedCaptureTest, WithRealIds) {
  TestRun run;
  Expect(run, SandboxMode::kReal);
}

TEST_P(StackedCaptureTest, WithRealIdsWithoutAnOverlay) {
  TestRun run;
  run.options.overlay = false;
  Expect(run, SandboxMode::kReal);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, StackedCaptureTest,
    testing::ValuesIn(std::vector<StackCase>{
        {"NewDirectoryInThePlaceOfThreeLayers",
         {{"write /d/one 1", "d/ 0755, d/one 0644"},
          {"write /d/two 2", "d/ 0755, d/two 0644"},
          {"rm /d ; mkdir /d ; write /d/two 3",
           "d/ 0755, -d/f, -d/one, -d/sub, d/two 0644"},
          {"rm /d", "-d"},
          {"mkdir /d", "d/ 0755"}}},
        {"MoveOfADirectoryOfSeveralLayers",
         {{"write /d/one 1", "d/ 0755, d/one 0644"},
          {"write /d/sub/two 2", "d/ 0755, d/sub/ 0755, d/sub/two 0644"},
          {"rm /d/f", "d/ 0755, -d/f"},
          {"mvtree /d /e",
           "-d, e/ 0755, e/one 0644, e/sub/ 0755, e/sub/two 0644, "
           "e/sub/x 0644"}}},
        {"DeleteAgainWhatWasMadeAgain",
         {{"rm /d/f", "d/ 0755, -d/f"},
          {"write /d/f again", "d/ 0755, d/f 0644"},
          {"rm /d/f", "d/ 0755, -d/f"},
          {"ids", ""},
          {"mkdir /d/f", "d/ 0755, d/f/ 0755"}}},
        {"HardLinksOverSeveralLayers",
         {{"write /a 1 ; link /a /b", "a 0644, b = a"},
          {"link /a /c", "c 0644"},
          {"write /b 2", "b 0644"},
          {"rm /a", "-a"},
          {"link /c /a", "a 0644"}}},
        {"WriteDropsTheCapabilityOfALowerFile",
         {{"cp /f /g ; setcap /g", "g 0644 capability"},
          {"touch 7 /g", "g 0644 capability"},
          {"write /g other", "g 0644"}}},
        {"LinkInThePlaceOfADirectoryOfSeveralLayers",
         {{"write /d/one 1", "d/ 0755, d/one 0644"},
          {"rm /d ; symlink owned /d", "d -> owned"},
          {"write /d/two 2", "owned/ 0755 1000:1000, owned/two 0644"},
          {"rm /d ; mkdir /d ; write /d/one 1", "d/ 0755, d/one 0644"}}},
        // A layer has whole seconds.
        {"TimesOfLowerFiles",
         {{"touch -86400 /f ; touch 4133980800 /d/f ; touch 999.5 /hard1",
           "d/ 0755, d/f 0644, f 0644, hard1 0644"},
          {"touch -86400 /f ; touch 999 /hard1", ""},
          {"touch 999.5 /hard1", "hard1 0644"}}},
        {"AccessControlList",
         {{"acl access /f 0", "f 0674"},
          {"acl access /f 1000", ""},
          {"chmod 644 /f ; acl access /d/f 1000", "d/ 0755, d/f 0674, f 0644"},
          {"acl default /d 1000 ; write /d/new x ; mkdir /d/more",
           "d/ 0755, d/more/ 0654, d/new 0644"}}},
    }),
    [](const auto& info) { return info.param.name; });

// The times in a layer that a RUN made.
std::string Times(const TestRun& run) {
  const LayerIndex index =
      ParseLayerIndex(ReadFile(run.Path("layer.index")).value()).value();
  std::string text;
  for (const LayerEntry& entry : index.entries) {
    absl::StrAppend(&text, entry.path, " ", entry.mtime, "\n");
  }
  return text;
}

TEST(StackedCapture, KeepsTimesBefore1970AndAfter2100) {
  for (const SandboxMode mode : {SandboxMode::kEmulated, SandboxMode::kReal}) {
    if (!CanHaveSandbox(mode)) continue;
    TestRun run;
    run.options.epoch = 4133980801;
    // To a fake one, what is later than now is of the RUN itself.
    run.options.clock = RunClock::kReal;
    ASSERT_THAT(run.Run(mode,
                        "touch -86400 /f ; touch 4133980800 /hard1 ; "
                        "touch 4133980900 /owned/f"),
                IsOk());
    EXPECT_EQ(Times(run),
              "f -86400\nhard1 4133980800\nowned 1000\n"
              "owned/f 4133980801\n");
  }
}

}  // namespace
}  // namespace rules_dockerfile
