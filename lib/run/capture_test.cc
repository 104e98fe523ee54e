#include <unistd.h>

#include <cstdint>
#include <ostream>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer_testing.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct CaptureCase {
  const char* name;
  const char* commands;
  const char* entries;
};

void PrintTo(const CaptureCase& test, std::ostream* out) { *out << test.name; }

class CaptureTest : public testing::TestWithParam<CaptureCase> {
 protected:
  void Expect(SandboxMode mode, bool overlay = true) {
    TestRun run;
    run.options.overlay = overlay;
    ASSERT_THAT(run.Run(mode, GetParam().commands), IsOk());
    EXPECT_EQ(run.Entries(), GetParam().entries);
  }
};

TEST_P(CaptureTest, WithEmulatedIds) { Expect(SandboxMode::kEmulated); }

TEST_P(CaptureTest, WithoutAnOverlay) {
  Expect(SandboxMode::kEmulated, /*overlay=*/false);
}

TEST_P(CaptureTest, OnDisk) {
  TestRun run;
  run.options.scratch = {};  // no memory
  ASSERT_THAT(run.Run(SandboxMode::kEmulated, GetParam().commands), IsOk());
  EXPECT_EQ(run.Entries(), GetParam().entries);
  EXPECT_NE(access(run.Path("layer.tar.root").c_str(), F_OK), 0);
}

// From layers that the RUN adds to a store, and from those that it finds there.
void ExpectFromAStore(SandboxMode mode, const CaptureCase& test) {
  const absl::StatusOr<LayerStore> store = LayerStore::Create(OwnersOf(mode));
  ASSERT_THAT(store, IsOk());
  for (const char* found : {"kept layers: 0 of 1 found, 1 added",
                            "kept layers: 1 of 1 found, 0 added"}) {
    TestRun run;
    run.Use(&*store);
    run.options.verbose = true;
    ASSERT_THAT(run.Run(mode, test.commands), IsOk());
    EXPECT_EQ(run.Entries(), test.entries);
    EXPECT_THAT(run.notes, ElementsAre(HasSubstr(found)));
  }
}

TEST_P(CaptureTest, FromAStoreWithEmulatedIds) {
  ExpectFromAStore(SandboxMode::kEmulated, GetParam());
}

// some users have no such ids from newuidmap(1).
bool CanMap(absl::string_view entries) {
  const int64_t wanted = absl::StrContains(entries, "3000000") ? 3000001 : 1;
  return CanHaveSandbox(SandboxMode::kMapped) &&
         ReadSandboxFacts().own_ids >= wanted;
}

TEST_P(CaptureTest, WithMappedIds) {
  if (!CanMap(GetParam().entries)) GTEST_SKIP() << "skipped: no ids to map";
  Expect(SandboxMode::kMapped);
}

TEST_P(CaptureTest, FromAStoreWithMappedIds) {
  if (!CanMap(GetParam().entries)) GTEST_SKIP() << "skipped: no ids to map";
  ExpectFromAStore(SandboxMode::kMapped, GetParam());
}

TEST_P(CaptureTest, WithMappedIdsWithoutAnOverlayOnDisk) {
  if (!CanMap(GetParam().entries)) GTEST_SKIP() << "skipped: no ids to map";
  TestRun run;
  run.options.overlay = false;
  run.options.scratch = {};
  ASSERT_THAT(run.Run(SandboxMode::kMapped, GetParam().commands), IsOk());
  EXPECT_EQ(run.Entries(), GetParam().entries);
  EXPECT_NE(access(run.Path("layer.tar.root").c_str(), F_OK), 0);
}

TEST_P(CaptureTest, ByChroot) {
  if (!CanHaveSandbox(SandboxMode::kChroot)) {
    GTEST_SKIP() << "skipped: not root with all ids";
  }
  TestRun run;
  run.options.network = SandboxNetwork::kHost;
  ASSERT_THAT(run.Run(SandboxMode::kChroot, GetParam().commands), IsOk());
  EXPECT_EQ(run.Entries(), GetParam().entries);
  EXPECT_NE(access(run.Path("layer.tar.root").c_str(), F_OK), 0);
}

TEST_P(CaptureTest, WithRealIds) {
  if (!CanHaveSandbox(SandboxMode::kReal)) {
    GTEST_SKIP() << "skipped: not root";
  }
  Expect(SandboxMode::kReal);
}

TEST_P(CaptureTest, FromAStoreWithRealIds) {
  if (!CanHaveSandbox(SandboxMode::kReal)) {
    GTEST_SKIP() << "skipped: not root";
  }
  ExpectFromAStore(SandboxMode::kReal, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, CaptureTest,
    testing::ValuesIn(std::vector<CaptureCase>{
        {"Nothing", "ids", ""},
        {"NewFile", "write /new text", "new 0644"},
        {"NewDirectory", "mkdir /a ; write /a/b c", "a/ 0755, a/b 0644"},
        {"SameTouch", "touch 1000 /f", ""},
        {"OtherTouch", "touch 999 /f", "f 0644"},
        {"TouchOfNanoseconds", "touch 1000.5 /f", "f 0644"},
        {"TouchOfADirectory", "touch 999 /d", ""},
        {"SameChmod", "chmod 644 /f", ""},
        {"ChmodAndBack", "chmod 600 /f ; chmod 644 /f", ""},
        {"Chmod", "chmod 600 /f", "f 0600"},
        {"ChmodOfADirectory", "chmod 700 /d", "d/ 0700"},
        {"ChmodOfTheRoot", "chmod 700 /", ""},
        {"SameChown", "chown 0:0 /f ; chown 1000:1000 /owned/f", ""},
        {"ChownAndBack", "chown 5:5 /f ; chown 0:0 /f", ""},
        {"Chown", "chown 5:6 /f", "f 0644 5:6"},
        {"ChownOfALowerLink", "chown 5:6 /link", "link -> f 5:6"},
        {"SameChownOfALowerLink", "chown 33:33 /link", ""},
        {"RewriteTheSame", "write /f text ; touch 1000 /f", ""},
        {"EditOfTheSameSizeAndTime", "write /f TEXT ; touch 1000 /f", "f 0644"},
        {"OpenToAppend", "append /f", ""},
        {"MoveAndBack", "mv /f /g ; mv /g /f", ""},
        {"Move", "mv /f /g", "-f, g 0644"},
        {"MoveOfAForeignLink", "mv /link /l", "l -> f 33:33, -link"},
        {"MoveOfAForeignFile", "mv /owned/f /mine",
         "mine 0600 1000:1000, owned/ 0755 1000:1000, -owned/f"},
        {"MoveOfANewDirectory", "mkdir /a ; write /a/b c ; mv /a /z",
         "z/ 0755, z/b 0644"},
        {"MoveOntoALowerFile", "write /n x ; mv /n /f", "f 0644"},
        {"MoveOfOneLowerFileOntoAnother", "mv /f /d/f",
         "d/ 0755, d/f 0644, -f"},
        {"ExchangedNames", "mv /f /t ; mv /d/f /f ; mv /t /d/f",
         "d/ 0755, d/f 0644, f 0644"},
        {"DeleteAgain", "rm /d/f ; write /d/f x ; rm /d/f", "d/ 0755, -d/f"},
        {"NewDirectoryInItsPlaceTwice",
         "rm /d ; mkdir /d ; write /d/x y ; rm /d ; mkdir /d ; write /d/sub x",
         "d/ 0755, -d/f, d/sub 0644"},
        {"CreateAndDelete", "write /x y ; rm /x ; mkdir /y ; rm /y", ""},
        {"Delete", "rm /f", "-f"},
        {"DeleteADirectory", "rm /d", "-d"},
        {"DeleteInADirectory", "rm /d/f", "d/ 0755, -d/f"},
        {"NewDirectoryInItsPlace", "rm /d ; mkdir /d ; write /d/new x",
         "d/ 0755, -d/f, d/new 0644, -d/sub"},
        {"SameFileInItsPlace",
         "rm /d ; mkdir /d ; mkdir /d/sub ; write /d/sub/x x ; "
         "touch 1000 /d/sub/x",
         "d/ 0755, -d/f"},
        {"FileToDirectory", "rm /f ; mkdir /f ; write /f/x y",
         "f/ 0755, f/x 0644"},
        {"DirectoryToFile", "rm /d ; write /d text", "d 0644"},
        {"DirectoryToLink", "rm /d ; symlink f /d", "d -> f"},
        {"LinkToALowerFile", "link /f /f2", "f2 0644, +f2 = f"},
        {"HardLinks", "write /a text ; link /a /b", "a 0644, b = a"},
        {"WriteToAHardLink", "write /hard1 other", "hard1 0644"},
        {"UserXattr", "setxattr user.x y /f", "+f user.x=y"},
        // The sandbox's own marks cannot be forged.
        {"OwnerRecord",
         "write /n x ; chown 5:6 /n ; "
         "setxattr user.rules_dockerfile.owner 0:0 /n ; "
         "removexattr user.rules_dockerfile.owner /n",
         "n 0644 5:6"},
        {"DeviceRecord",
         "write /n x ; setxattr user.rules_dockerfile.owner 0:0:c:1:3 /n",
         "n 0644"},
        {"OverlayMarks",
         "setxattr user.overlay.opaque y /d ; "
         "setxattr user.overlay.redirect /owned /d",
         ""},
        {"Capability", "setcap /f", "f 0644 capability"},
        {"CapabilityOfANewFile", "cp /f /g ; setcap /g", "g 0644 capability"},
        {"ChownDropsTheCapability", "cp /f /g ; setcap /g ; chown 1:1 /g",
         "g 0644 1:1"},
        {"LargeId", "write /g x ; chown 3000000:2999999 /g",
         "g 0644 3000000:2999999"},
        {"Devices", "mknod c /c 1 3 ; mknod b /b 7 0 ; chown 5:6 /b",
         "b 7,0 0644 5:6, c 1,3 0644"},
        {"Fifo", "mknod p /p ; chown 5:6 /p", "p| 0644 5:6"},
        {"Socket", "socket /s", ""},
        {"MovedDevice", "mknod c /c 1 3 ; mv /c /c2", "c2 1,3 0644"},
        {"NoPartOfTheSystem",
         "write /dev/shm/x y ; write /dev/x y ; write /run/x y ; "
         "write /tmp/x y",
         "run/ 0755, run/x 0644, tmp/ 1777, tmp/x 0644"},
        {"NoPartOfEtcHosts", "write /etc/hosts x", ""},
        {"DirectoryOfAForeignUser", "user 1000:1000 ; write /owned/new x",
         "owned/ 0755 1000:1000, owned/new 0644 1000:1000"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
