#include "lib/apt/package_tree.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/apt/deb_package.h"
#include "lib/apt/package_testing.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

DebPackage Package(const std::string& name,
                   const std::vector<TestMember>& data) {
  DebPackage package;
  package.control.fields = {
      {"Package", name}, {"Version", "1"}, {"Architecture", "all"}};
  package.data_tar = TestTar(data);
  return package;
}

// The data of the file at `path`; fails the test if there is none.
std::string Data(const PackageTree& tree, const std::string& path) {
  const FileNode* node = tree.files().Find(path);
  if (node == nullptr || node->type != LayerEntryType::kFile) {
    ADD_FAILURE() << path << " is not a file";
    return "";
  }
  StringSink sink;
  EXPECT_THAT(tree.ReadData(*node, &sink), IsOk());
  return sink.contents();
}

TEST(PackageTree, LinksWhatPackagesHaveIntoUsr) {
  TestMember lib = TestDirectory("./lib");
  lib.entry.mtime = 5;
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(Package(
                  "libc6", {TestDirectory("."), lib, TestFile("./lib/x", "")})),
              IsOk());
  EXPECT_THAT(tree.Finish(), IsOk());
  EXPECT_THAT(tree.files().Children(""), ElementsAre("lib", "usr", "var"));
  EXPECT_EQ(tree.files().Find("lib")->link_target, "usr/lib");
  EXPECT_EQ(tree.files().Find("usr/lib")->mtime, 5);
  EXPECT_EQ(Data(tree, "usr/lib/x"), "");
}

TEST(PackageTree, TakesTheLinksIntoUsrFromAPackageThatHasThem) {
  TestMember bin = TestSymlink("./bin", "usr/bin");
  bin.entry.mtime = 5;
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(Package("base-files", {bin})), IsOk());
  EXPECT_EQ(tree.files().Find("bin")->mtime, 5);
  EXPECT_THAT(tree.AddPackage(Package("evil", {TestSymlink("./lib", "/x")})),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "member \"./lib\": a file of another type exists"));
}

TEST(PackageTree, ExtractsThroughLinksToDirectories) {
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(
                  Package("bash", {TestDirectory("."), TestDirectory("./bin"),
                                   TestFile("./bin/bash", "ELF"),
                                   TestSymlink("./bin/rbash", "bash")})),
              IsOk());
  EXPECT_EQ(tree.files().Find("bin")->type, LayerEntryType::kSymlink);
  EXPECT_EQ(Data(tree, "usr/bin/bash"), "ELF");
  EXPECT_EQ(tree.files().Find("usr/bin/rbash")->link_target, "bash");
}

TEST(PackageTree, KeepsADirectoryAsTheFirstPackageHasIt) {
  TestMember tmp = TestDirectory("./tmp");
  tmp.entry.mode = 01777;
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(Package("base-files", {tmp})), IsOk());
  EXPECT_THAT(tree.AddPackage(Package("other", {TestDirectory("./tmp")})),
              IsOk());
  EXPECT_EQ(tree.files().Find("tmp")->mode, 01777u);
}

TEST(PackageTree, LinksHardLinksToTheirFile) {
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(
      tree.AddPackage(Package(
          "perl-base", {TestFile("./usr/bin/perl", "ELF"),
                        TestHardLink("./usr/bin/perl5", "./usr/bin/perl")})),
      IsOk());
  EXPECT_EQ(Data(tree, "usr/bin/perl5"), "ELF");
  EXPECT_GE(tree.files().Find("usr/bin/perl")->inode, 0);
  EXPECT_EQ(tree.files().Find("usr/bin/perl")->inode,
            tree.files().Find("usr/bin/perl5")->inode);
}

TEST(PackageTree, WritesTheDatabaseWithPathsAndConffiles) {
  DebPackage hello =
      Package("hello", {TestDirectory("."), TestDirectory("./etc/"),
                        TestFile("./etc/hello", "abc")});
  hello.control_files["conffiles"] = {
      .contents = "remove-on-upgrade /etc/old\n/etc/hello\n"};
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(hello), IsOk());
  EXPECT_THAT(tree.Finish(), IsOk());
  EXPECT_EQ(Data(tree, "var/lib/dpkg/info/hello.list"),
            "/.\n/etc\n/etc/hello\n");
  EXPECT_EQ(Data(tree, "var/lib/dpkg/status"),
            "Package: hello\n"
            "Status: install ok unpacked\n"
            "Version: 1\n"
            "Architecture: all\n"
            "Conffiles:\n"
            " /etc/hello 900150983cd24fb0d6963f7d28e17f72\n"
            "\n");
  EXPECT_EQ(tree.files().Find("var/lib/dpkg/status")->mtime, 7);
}

TEST(PackageTree, RefusesAConffileThatIsNotThere) {
  DebPackage hello = Package("hello", {});
  hello.control_files["conffiles"] = {.contents = "/etc/hello\n"};
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(hello), IsOk());
  EXPECT_THAT(tree.Finish(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "conffile \"/etc/hello\" is not in the package"));
}

TEST(PackageTree, AddsFilesOfNoPackage) {
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddFile("sbin/policy-rc.d", 0755, "#!/bin/sh\n"), IsOk());
  EXPECT_EQ(Data(tree, "usr/sbin/policy-rc.d"), "#!/bin/sh\n");
  EXPECT_EQ(tree.files().Find("usr/sbin/policy-rc.d")->mode, 0755u);
}

// Links may point anywhere: they are followed inside the tree.
TEST(PackageTree, FollowsHostileLinksInsideTheTreeOnly) {
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(
                  Package("evil", {TestSymlink("./escape", "../../../outside"),
                                   TestFile("./escape/passwd", "x")})),
              IsOk());
  EXPECT_EQ(Data(tree, "outside/passwd"), "x");
}

struct BadMemberCase {
  const char* name;
  std::vector<TestMember> data;
  absl::StatusCode code;
  const char* error;
};

class BadMember : public testing::TestWithParam<BadMemberCase> {};

TEST_P(BadMember, IsRefused) {
  PackageTree tree(/*mtime=*/7);
  EXPECT_THAT(tree.AddPackage(Package("first", {TestFile("etc/taken", "")})),
              IsOk());
  EXPECT_THAT(tree.AddPackage(Package("evil", GetParam().data)),
              StatusIs(GetParam().code, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    PackageTree, BadMember,
    testing::Values(
        BadMemberCase{"LeavesTheRoot",
                      {TestFile("./../../etc/passwd", "")},
                      absl::StatusCode::kInvalidArgument,
                      "member \"./../../etc/passwd\": path leaves the root"},
        BadMemberCase{"ClimbsInside",
                      {TestFile("./a/../b", "")},
                      absl::StatusCode::kInvalidArgument,
                      "member \"./a/../b\": path leaves the root"},
        BadMemberCase{"HardLinkLeavesTheRoot",
                      {TestHardLink("./passwd", "../../etc/passwd")},
                      absl::StatusCode::kInvalidArgument,
                      "member \"./passwd\": path leaves the root"},
        BadMemberCase{
            "HardLinkToNothing",
            {TestHardLink("./a", "./b")},
            absl::StatusCode::kInvalidArgument,
            "member \"./a\": hard link to \"./b\", which is not a file"},
        BadMemberCase{"FileOfAnotherPackage",
                      {TestFile("./etc/taken", "")},
                      absl::StatusCode::kAlreadyExists,
                      "member \"./etc/taken\": file is in package \"first\" "
                      "too"},
        BadMemberCase{"FileOverADirectory",
                      {TestFile("./etc", "")},
                      absl::StatusCode::kAlreadyExists,
                      "member \"./etc\": a file of another type exists"},
        BadMemberCase{"DirectoryOverAFile",
                      {TestDirectory("./etc/taken")},
                      absl::StatusCode::kAlreadyExists,
                      "member \"./etc/taken\": a file of another type exists"},
        BadMemberCase{"BelowAFile",
                      {TestFile("./etc/taken/x", "")},
                      absl::StatusCode::kInvalidArgument,
                      "member \"./etc/taken/x\": \"etc/taken\" is not a "
                      "directory"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
