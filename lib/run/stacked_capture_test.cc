#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/run/layer_store.h"
#include "lib/run/lower_layers.h"
#include "lib/run/mount_source.h"
#include "lib/run/run_layer.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

// Each RUN finds all layers but the last one in the store.
void ExpectFromAStore(SandboxMode mode, const StackCase& test) {
  if (!CanHaveSandbox(mode)) GTEST_SKIP() << "skipped: no such sandbox";
  const absl::StatusOr<LayerStore> store = LayerStore::Create(OwnersOf(mode));
  ASSERT_THAT(store, IsOk());
  TestRun run;
  run.Use(&*store);
  run.options.verbose = true;
  int below = 0;
  for (const auto& [commands, entries] : test.runs) {
    SCOPED_TRACE(commands);
    ASSERT_THAT(run.Run(mode, commands), IsOk());
    EXPECT_EQ(run.Entries(), entries);
    EXPECT_THAT(
        run.notes,
        ElementsAre(HasSubstr(absl::StrCat("kept layers: ", below, " of ",
                                           below + 1, " found, 1 added"))));
    run.Keep();
    ++below;
  }
}

TEST_P(StackedCaptureTest, FromAStoreWithEmulatedIds) {
  ExpectFromAStore(SandboxMode::kEmulated, GetParam());
}

TEST_P(StackedCaptureTest, FromAStoreWithMappedIds) {
  ExpectFromAStore(SandboxMode::kMapped, GetParam());
}

TEST_P(StackedCaptureTest, FromAStoreWithRealIds) {
  ExpectFromAStore(SandboxMode::kReal, GetParam());
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
          {"link /a /c", "c 0644, +c = a"},
          {"write /b 2", "b 0644"},
          {"rm /a", "-a"},
          {"link /c /a", "a 0644, +a = c"}}},
        // The overlay breaks the links of a lower file that it copies up, and
        // the step's own stay.
        {"NewNamesOfLowerFiles",
         {{"link /hard1 /a", "a 0644, +a = hard1"},
          {"link /f /b ; link /f /d/b ; symlink f /s",
           "b 0644, d/ 0755, d/b = b, s -> f, +b = f, +d/b = f"},
          {"rm /d/f ; link /f /d/f ; ids", "d/ 0755, d/f 0644, +d/f = f"},
          {"write /f other", "f 0644"},
          {"rm /b ; link /d/b /b", "+d/b = b"},
          {"link /s /s2", "s2 -> f, +s2 = s"}}},
        {"UserXattrsOverSeveralLayers",
         {{"setxattr user.a 1 /f ; setxattr user.b 2 /d ; "
           "setxattr user.c 3 /",
           "+ user.c=3, +d user.b=2, +f user.a=1"},
          {"ids", ""},
          {"chmod 600 /f ; write /d/new x",
           "d/ 0755, d/new 0644, f 0600, +d user.b=2, +f user.a=1"},
          {"setxattr user.d 4 /f ; removexattr user.b /d",
           "+d, +f user.a=1 user.d=4"},
          {"link /f /g", "g 0600, +g = f"},
          {"mv /f /h", "-f, h 0600, +h user.a=1 user.d=4"},
          {"chown 5:6 /g", "g 0600 5:6, +g user.a=1 user.d=4"},
          {"rm /g ; write /g x", "g 0644"},
          {"rm /d ; mkdir /d", "d/ 0755, -d/f, -d/new, -d/sub"}}},
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

TEST(StackedCapture, NextRunFindsLinksAndXattrs) {
  for (const SandboxMode mode :
       {SandboxMode::kEmulated, SandboxMode::kMapped, SandboxMode::kReal}) {
    if (!CanHaveSandbox(mode)) continue;
    SCOPED_TRACE(SandboxModeName(mode));
    TestRun run;
    ASSERT_THAT(run.Run(mode,
                        "link /f /a ; write /n new ; link /n /m ; "
                        "setxattr user.a 1 /f ; setxattr user.b 2 /d ; "
                        "setxattr user.c 3 /"),
                IsOk());
    run.Keep();
    EXPECT_EQ(run.Output("",
                         "same /f /a ; same /n /m ; same /f /n ; xattrs /f ; "
                         "xattrs /a ; xattrs /d ; xattrs / ; cat /a",
                         mode),
              "/f is /a, 2 names\n/n is /m, 2 names\n"
              "/f is not /n, 2 names\n/f user.a=1\n/a user.a=1\n"
              "/d user.b=2\n/ user.c=3\ntext");
  }
}

TEST(StackedCapture, MountOfAStageHasLinksAndXattrs) {
  TestRun run;
  ASSERT_THAT(run.Run(std::nullopt,
                      "mkdir /t ; link /f /t/a ; link /f /t/b ; "
                      "setxattr user.a 1 /t/a"),
              IsOk());
  run.Keep();
  run.options.mounts.from["stage"] = {
      .layers = {run.Path("base.tar"), run.Path("kept0.tar")},
      .indexes = {run.Path("base.index"), run.Path("kept0.index")}};
  EXPECT_EQ(run.Output("--mount=from=stage,source=/t,target=/mnt",
                       "same /mnt/a /mnt/b ; xattrs /mnt/b"),
            "/mnt/a is /mnt/b, 2 names\n/mnt/b user.a=1\n");
}

TEST(StackedCapture, ImageHasNothingBesideItsTars) {
  TestRun run;
  ASSERT_THAT(run.Run(std::nullopt, "link /f /a ; setxattr user.a 1 /f"),
              IsOk());
  const std::vector<std::string> layers = {run.Path("base.tar"),
                                           run.Path("layer.tar")};
  const std::vector<std::string> indexes = {run.Path("base.index"),
                                            run.Path("layer.index")};
  const LowerLayers build = ReadLowerLayers(layers, indexes).value();
  EXPECT_EQ(build.tree.Find("f")->xattrs.size(), 1);
  EXPECT_GE(build.tree.Find("a")->inode, 0);
  const LowerLayers image =
      ReadLowerLayers(layers, indexes, /*image_layers=*/2).value();
  EXPECT_EQ(image.tree.Find("f")->xattrs.size(), 0);
  EXPECT_EQ(image.tree.Find("a")->inode, -1);
}

// A value that is large, one of bytes that are not text, and one of none.
TEST(StackedCapture, KeepsXattrsOfAnyValue) {
  TestRun run;
  const std::string large(3000, 'x');
  ASSERT_THAT(run.Run(std::nullopt,
                      absl::StrCat("setxattr user.large ", large,
                                   " /f ; setxattr user.odd \\u00ff /d/f ; "
                                   "setxattr user.=, v /hard1")),
              IsOk());
  run.Keep();
  EXPECT_EQ(run.Output("", "xattrs /f ; xattrs /d/f ; xattrs /hard1"),
            absl::StrCat("/f user.large=", large,
                         "\n/d/f user.odd=\xc3\xbf\n/hard1 user.=,=v\n"));
}

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
