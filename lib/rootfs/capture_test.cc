#include "lib/rootfs/capture.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rootfs_testing.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

const CaptureOptions kRecorded = {.owners = OwnerStore::kRecorded, .source = 5};

std::string Capture(absl::string_view lower, const TestDirectory& upper) {
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(ParseTreeSpec(lower).tree, upper.fd(), kRecorded);
  if (!captured.ok()) return std::string(captured.status().message());
  return ComparableDump(captured->tree);
}

std::string DumpOf(absl::string_view spec) {
  return ComparableDump(ParseTreeSpec(spec).tree);
}

void SetXattr(const TestDirectory& directory, const char* path,
              const char* name, const char* value) {
  const int fd = openat(directory.fd(), path, O_RDONLY);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(fsetxattr(fd, name, value, std::strlen(value), 0), 0);
  close(fd);
}

// The time of the directory that gets it is not touched.
void Whiteout(const TestDirectory& directory, const char* parent,
              const char* name) {
  const int fd = openat(directory.fd(), parent, O_RDONLY | O_DIRECTORY);
  ASSERT_GE(fd, 0);
  struct stat before;
  ASSERT_EQ(fstat(fd, &before), 0);
  ASSERT_EQ(mknodat(fd, name, S_IFCHR, makedev(0, 0)), 0);
  const timespec times[] = {before.st_mtim, before.st_mtim};
  ASSERT_EQ(futimens(fd, times), 0);
  close(fd);
}

TEST(CaptureUpper, MergesReplacesAndDeletes) {
  const TestDirectory upper;
  ExtractSpec(R"(
      merged/ mode=0700
      merged/new = n
      file_for_directory = f
      directory_for_file/x = d
  )",
              upper);
  Whiteout(upper, ".", "gone");
  Whiteout(upper, "merged", "gone");
  EXPECT_EQ(Capture(R"(
      gone/below = x
      merged/gone = x
      merged/kept = x uid=9
      file_for_directory/x = x
      directory_for_file = x
      untouched = x
  )",
                    upper),
            DumpOf(R"(
      merged/ mode=0700
      merged/new = n
      merged/kept = x uid=9
      file_for_directory = f
      directory_for_file/x = d
      untouched = x
  )"));
}

TEST(CaptureUpper, OpaqueDirectoryHidesTheLowerOne) {
  const TestDirectory upper;
  ExtractSpec("d/new = n", upper);
  SetXattr(upper, "d", "user.overlay.opaque", "y");
  EXPECT_EQ(Capture("d/old/x = o\ne = x", upper), DumpOf("d/new = n\ne = x"));
}

TEST(CaptureUpper, OnlyTheValueYIsOpaque) {
  const TestDirectory upper;
  ExtractSpec("d/new = n", upper);
  SetXattr(upper, "d", "user.overlay.opaque", "x");
  EXPECT_EQ(Capture("d/old = o", upper), DumpOf("d/old = o\nd/new = n"));
}

TEST(CaptureUpper, RefusesRedirects) {
  const TestDirectory upper;
  ExtractSpec("d/", upper);
  SetXattr(upper, "d", "user.overlay.redirect", "/e");
  EXPECT_EQ(Capture("", upper),
            "\"d\" is redirected: mount the overlay without it");
}

TEST(CaptureUpper, TakesMarksOfAnotherOverlayForXattrs) {
  const TestDirectory upper;
  ExtractSpec("d/new = n", upper);
  SetXattr(upper, "d", "user.overlay.opaque", "y");
  SetXattr(upper, "d", "user.overlay.redirect", "/e");
  CaptureOptions options = kRecorded;
  options.overlay_xattrs = "trusted.overlay.";
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(ParseTreeSpec("d/old = o").tree, upper.fd(), options);
  ASSERT_THAT(captured, IsOk());
  EXPECT_EQ(ComparableDump(captured->tree), DumpOf("d/old = o\nd/new = n"));
}

TEST(CaptureUpper, RefusesMoreBytesThanTheLayerCanHave) {
  const TestDirectory upper;
  ExtractSpec("a = 12\nb = 345", upper);
  CaptureOptions options = kRecorded;
  options.most_bytes = 5;
  EXPECT_THAT(CaptureUpper(FileTree(), upper.fd(), options), IsOk());
  options.most_bytes = 4;
  EXPECT_THAT(
      CaptureUpper(FileTree(), upper.fd(), options),
      StatusIs(absl::StatusCode::kResourceExhausted,
               "\"b\": expected at most 2 bytes, which are free for the layer, "
               "got 3"));
}

TEST(CaptureUpper, LeavesSocketsOut) {
  const TestDirectory upper;
  // A relative name: the full path may be too long for a socket.
  const int here = open(".", O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(fchdir(upper.fd()), 0);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
            0);
  ASSERT_EQ(fchdir(here), 0);
  close(fd);
  close(here);
  EXPECT_EQ(Capture("socket = old\na = x", upper), DumpOf("a = x"));
}

TEST(CaptureUpper, ReadsTheDataOfItsFiles) {
  const TestDirectory upper;
  ExtractSpec("a/b = hello\nc = world", upper);
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(FileTree(), upper.fd(), kRecorded);
  ASSERT_THAT(captured.status(), IsOk());
  const FileNode* node = captured->tree.Find("a/b");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->source, 5);
  StringSink sink;
  EXPECT_THAT(captured->read_upper(*node, &sink), IsOk());
  EXPECT_EQ(sink.contents(), "hello");
}

TEST(CaptureUpper, AsksForTheOwnersOfSpecialFiles) {
  const TestDirectory upper;
  ExtractSpec("l -> x\np |\nq |", upper);
  CaptureOptions options = kRecorded;
  options.special_owner =
      [](absl::string_view path) -> std::optional<RecordedOwner> {
    if (path == "q") return std::nullopt;
    return RecordedOwner{.uid = static_cast<int64_t>(path[0])};
  };
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(FileTree(), upper.fd(), options);
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_EQ(ComparableDump(captured->tree),
            DumpOf("l -> x uid=108\np | uid=112\nq |"));
}

TEST(CaptureUpper, FindsHardLinks) {
  const TestDirectory upper;
  ExtractSpec("a = x\nd/b => a\nc = x", upper);
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(FileTree(), upper.fd(), kRecorded);
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_GE(captured->tree.Find("a")->inode, 0);
  EXPECT_EQ(captured->tree.Find("a")->inode, captured->tree.Find("d/b")->inode);
  EXPECT_EQ(captured->tree.Find("c")->inode, -1);
}

TEST(CaptureUpper, KeepsXattrsOfUsersButNotTheOverlaysAndTheSandboxs) {
  const TestDirectory upper;
  ExtractSpec("d/\nf = x", upper);
  const std::string large(3000, 'x');
  SetXattr(upper, "f", "user.a", large.c_str());
  SetXattr(upper, "f", "user.\xff", "no UTF-8");
  SetXattr(upper, "f", kOwnerXattr, "5:6");
  SetXattr(upper, "d", "user.b", "2");
  SetXattr(upper, "d", "user.overlay.impure", "y");
  const absl::StatusOr<CapturedTree> captured =
      CaptureUpper(FileTree(), upper.fd(), kRecorded);
  ASSERT_THAT(captured.status(), IsOk());
  EXPECT_THAT(captured->tree.Find("f")->xattrs,
              testing::ElementsAre(testing::Pair("user.a", large)));
  EXPECT_THAT(captured->tree.Find("d")->xattrs,
              testing::ElementsAre(testing::Pair("user.b", "2")));
}

TEST(CaptureUpper, RefusesMalformedOwnerRecords) {
  const TestDirectory upper;
  ExtractSpec("f = x", upper);
  SetXattr(upper, "f", kOwnerXattr, "root");
  EXPECT_EQ(Capture("", upper),
            "\"f\" has the malformed owner record \"root\"");
}

TEST(CaptureUpper, RefusesDirectoriesRecordedAsDevices) {
  const TestDirectory upper;
  ExtractSpec("d/", upper);
  SetXattr(upper, "d", kOwnerXattr, "0:0:c:1:3");
  EXPECT_EQ(Capture("", upper),
            "\"d\" has the malformed owner record \"0:0:c:1:3\"");
}

}  // namespace
}  // namespace rules_dockerfile
