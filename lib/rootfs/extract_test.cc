#include "lib/rootfs/extract.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rootfs_testing.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kSpec[] = R"(
    etc/ mode=0750 uid=5 gid=6 mtime=100
    etc/shadow = secret mode=0600 gid=42 mtime=200.5
    etc/empty = mtime=3
    setuid = x mode=6755 uid=7 mtime=-5
    sticky/ mode=1777
    closed/ mode=0000
    closed/inside = y mode=0000
    link -> ../../etc/shadow uid=8 mtime=9
    hard => etc/shadow
    deep/er/hard => etc/shadow
    pipe | mode=0620 gid=9
)";

TEST(ExtractTree, KeepsEverythingWithRecordedOwners) {
  const TestLayer layer = LayerOf(ParseTreeSpec(kSpec));
  const TestDirectory directory;
  const mode_t umask_before = umask(0077);
  const absl::StatusOr<SpecialOwners> owners = ExtractTree(
      layer.tree, {layer.tar}, OwnerStore::kRecorded, directory.fd());
  umask(umask_before);
  ASSERT_THAT(owners.status(), IsOk());
  EXPECT_THAT(*owners, ElementsAre(Pair("link", RecordedOwner{.uid = 8}),
                                   Pair("pipe", RecordedOwner{.gid = 9})));

  if (geteuid() != 0) {  // only root can read closed/ back
    ASSERT_EQ(fchmodat(directory.fd(), "closed", 0700, 0), 0);
    GTEST_SKIP() << "skipped: reading back needs root";
  }
  CaptureOptions options = {.owners = OwnerStore::kRecorded};
  options.special_owner = [&](absl::string_view path) {
    const auto owner = owners->find(std::string(path));
    return owner == owners->end() ? std::nullopt : std::optional(owner->second);
  };
  const absl::StatusOr<CapturedTree> captured =
      CaptureDirectory(directory.fd(), options);
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_EQ(ComparableDump(captured->tree), ComparableDump(layer.tree));

  struct stat first, second, third;
  ASSERT_EQ(fstatat(directory.fd(), "etc/shadow", &first, 0), 0);
  ASSERT_EQ(fstatat(directory.fd(), "hard", &second, 0), 0);
  ASSERT_EQ(fstatat(directory.fd(), "deep/er/hard", &third, 0), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);
  EXPECT_EQ(first.st_ino, third.st_ino);
}

TEST(ExtractTree, SetsXattrsOfUsersButNotTheSandboxsOwn) {
  TestLayer layer =
      LayerOf(ParseTreeSpec("d/ user.b=2\nf = x mode=0400 user.a=1"));
  FileNode node = *layer.tree.Find("f");
  node.xattrs[kOwnerXattr] = "9:9:c:1:3";
  node.xattrs["user.overlay.opaque"] = "y";
  node.xattrs["trusted.t"] = "t";
  ASSERT_THAT(layer.tree.Put("f", node), IsOk());
  const TestDirectory directory;
  ASSERT_THAT(ExtractTree(layer.tree, {layer.tar}, OwnerStore::kRecorded,
                          directory.fd()),
              IsOk());
  const absl::StatusOr<CapturedTree> captured =
      CaptureDirectory(directory.fd(), {.owners = OwnerStore::kRecorded});
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_EQ(captured->tree.Find("f")->type, LayerEntryType::kFile);
  EXPECT_EQ(captured->tree.Find("f")->uid, 0);
  EXPECT_THAT(captured->tree.Find("f")->xattrs,
              ElementsAre(Pair("user.a", "1")));
  EXPECT_THAT(captured->tree.Find("d")->xattrs,
              ElementsAre(Pair("user.b", "2")));
}

TEST(ExtractTree, RecordsDevicesAsEmptyFiles) {
  const TestDirectory directory;
  EXPECT_THAT(ExtractSpec("null c 1:3 mode=0666\nsda b 8:0 gid=6", directory),
              IsEmpty());
  const absl::StatusOr<CapturedTree> captured =
      CaptureDirectory(directory.fd(), {.owners = OwnerStore::kRecorded});
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_EQ(ComparableDump(captured->tree),
            "null char 0666 0:0 0 1:3\n"
            "sda block 0755 0:6 0 8:0\n");
  const absl::StatusOr<CapturedTree> plain =
      CaptureDirectory(directory.fd(), {.owners = OwnerStore::kReal});
  ASSERT_THAT(plain.status(), IsOk());
  EXPECT_EQ(plain->tree.Find("null")->type, LayerEntryType::kFile);
}

TEST(ExtractTree, KeepsNanoseconds) {
  TestLayer layer = LayerOf(ParseTreeSpec("f = x\nd/\nl -> x"));
  for (const char* path : {"f", "d", "l"}) {
    FileNode node = *layer.tree.Find(path);
    node.mtime = 1000000000;
    node.mtime_nanos = 123456789;
    ASSERT_THAT(layer.tree.Put(path, node), IsOk());
  }
  const TestDirectory directory;
  ASSERT_THAT(ExtractTree(layer.tree, {layer.tar}, OwnerStore::kRecorded,
                          directory.fd()),
              IsOk());
  for (const char* path : {"f", "d", "l"}) {
    struct stat info;
    ASSERT_EQ(fstatat(directory.fd(), path, &info, AT_SYMLINK_NOFOLLOW), 0);
    EXPECT_EQ(info.st_mtim.tv_sec, 1000000000) << path;
    EXPECT_EQ(info.st_mtim.tv_nsec, 123456789) << path;
  }
}

TEST(ExtractTree, KeepsRealOwnersAndCapabilities) {
  if (const std::string reason = WhyNoChown(); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  // A version 2 capability set: CAP_NET_RAW, effective.
  const TestLayer layer = LayerOf(ParseTreeSpec(absl::StrCat(
      kSpec, "ping = x mode=0755 uid=3 cap=", "0100000200200000000000000000",
      "000000000000\n", "null c 1:3 uid=3 gid=4\n")));
  const TestDirectory directory;
  EXPECT_THAT(
      ExtractTree(layer.tree, {layer.tar}, OwnerStore::kReal, directory.fd()),
      IsOkAndHolds(IsEmpty()));
  const absl::StatusOr<CapturedTree> captured =
      CaptureDirectory(directory.fd(), {.owners = OwnerStore::kReal});
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_EQ(ComparableDump(captured->tree), ComparableDump(layer.tree));
}

// What is created there gets its group and mode from the directory.
TEST(ExtractTree, SetsOwnersAndModesWhateverADirectoryPassesOn) {
  if (const std::string reason = WhyNoChown(); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  const TestLayer layer = LayerOf(ParseTreeSpec(kSpec));
  // For the owner and the group all, for others nothing:
  // linux/posix_acl_xattr.h
  constexpr absl::string_view kDefaultAcl(
      "\2\0\0\0\1\0\7\0\xff\xff\xff\xff\4\0\7\0\xff\xff\xff\xff"
      "\x20\0\0\0\xff\xff\xff\xff",
      28);
  for (const bool acl : {false, true}) {
    SCOPED_TRACE(acl);
    const TestDirectory directory;
    if (acl) {
      ASSERT_EQ(fsetxattr(directory.fd(), "system.posix_acl_default",
                          kDefaultAcl.data(), kDefaultAcl.size(), 0),
                0);
    } else {
      ASSERT_EQ(fchown(directory.fd(), 0, 5), 0);
      ASSERT_EQ(fchmod(directory.fd(), 02755), 0);
    }
    ASSERT_THAT(
        ExtractTree(layer.tree, {layer.tar}, OwnerStore::kReal, directory.fd()),
        IsOk());
    const absl::StatusOr<CapturedTree> captured =
        CaptureDirectory(directory.fd(), {.owners = OwnerStore::kReal});
    ASSERT_THAT(captured.status(), IsOk());
    EXPECT_EQ(ComparableDump(captured->tree), ComparableDump(layer.tree));
  }
}

TEST(ExtractTree, HoldsMoreLevelsThanOpenFiles) {
  std::string path = "d";
  for (int level = 1; level < 1100; ++level) path += "/d";
  const TestDirectory directory;
  ExtractSpec(absl::StrCat(path, "/f = x"), directory);
  const absl::StatusOr<CapturedTree> captured =
      CaptureDirectory(directory.fd(), {.owners = OwnerStore::kRecorded});
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_NE(captured->tree.Find(absl::StrCat(path, "/f")), nullptr);
}

TEST(ExtractTree, FollowsNoSymlinkThatWasThere) {
  const TestDirectory outside;
  const TestDirectory directory;
  ASSERT_EQ(symlinkat(outside.path().c_str(), directory.fd(), "d"), 0);
  const TestLayer layer = LayerOf(ParseTreeSpec("d/f = x"));
  EXPECT_THAT(ExtractTree(layer.tree, {layer.tar}, OwnerStore::kRecorded,
                          directory.fd()),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "cannot create \"d\": File exists"));
  EXPECT_NE(faccessat(outside.fd(), "f", F_OK, 0), 0);
}

TEST(ExtractTree, RefusesOwnersBeyond32Bits) {
  const TestDirectory directory;
  const TestLayer layer = LayerOf(ParseTreeSpec("f = x uid=4294967295"));
  EXPECT_THAT(ExtractTree(layer.tree, {layer.tar}, OwnerStore::kRecorded,
                          directory.fd()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot create \"f\": uids and gids must be in range "
                       "0-4294967294"));
}

TEST(ExtractTree, RefusesDataOutsideTheTar) {
  const TestDirectory directory;
  const TestLayer layer = LayerOf(ParseTreeSpec("f = 1234567890"));
  EXPECT_THAT(ExtractTree(layer.tree, {absl::string_view("short")},
                          OwnerStore::kRecorded, directory.fd()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the layer tar ends before byte 512 + 10, where its "
                       "index has a file"));
}

}  // namespace
}  // namespace rules_dockerfile
