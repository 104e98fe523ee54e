#include "lib/layer/mtree.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

std::string DigestOfDigits(char digit) {
  return absl::StrCat("sha256:", std::string(64, digit));
}

TEST(Mtree, HasALineForEachPath) {
  const LayerIndex lower = {
      .entries = {
          {.path = "a.b",
           .mode = 04755,
           .uid = 33,
           .gid = 44,
           .mtime = 1000,
           .size = 4,
           .digest = DigestOfDigits('1')},
          {.path = "a", .type = LayerEntryType::kDirectory, .mode = 01777},
          {.path = "a/gone", .mode = 0644, .digest = DigestOfDigits('0')},
          {.path = "a/link",
           .type = LayerEntryType::kSymlink,
           .mode = 0777,
           .link_target = "../x y"},
          {.path = "hard",
           .type = LayerEntryType::kHardLink,
           .mode = 04755,
           .link_target = "a.b"},
          {.path = "null",
           .type = LayerEntryType::kCharDevice,
           .mode = 0666,
           .mtime = -86400,
           .device_major = 1,
           .device_minor = 3},
          {.path = "p",
           .type = LayerEntryType::kFifo,
           .mode = 0600,
           .mtime = 5,
           .mtime_nanos = 70}}};
  const LayerIndex upper = {
      .entries = {{.path = "a/gone", .type = LayerEntryType::kWhiteout}}};
  FileTree tree;
  ASSERT_THAT(tree.AddLayer(lower, 0), absl_testing::IsOk());
  ASSERT_THAT(tree.AddLayer(upper, 1), absl_testing::IsOk());
  const std::string digits(64, '1');
  EXPECT_EQ(
      MtreeText(tree),
      absl::StrCat(
          "#mtree\n"
          ". type=dir mode=0755 uid=0 gid=0 time=0.000000000\n"
          "./a type=dir mode=1777 uid=0 gid=0 time=0.000000000\n"
          "./a/link type=link mode=0777 uid=0 gid=0 time=0.000000000 "
          "link=../x\\040y\n"
          "./a.b type=file mode=4755 uid=33 gid=44 time=1000.000000000 size=4 "
          "sha256digest=",
          digits,
          " nlink=2\n"
          "./hard type=file mode=4755 uid=33 gid=44 time=1000.000000000 size=4 "
          "sha256digest=",
          digits,
          " nlink=2\n"
          "./null type=char mode=0666 uid=0 gid=0 time=-86400.000000000 "
          "device=native,1,3\n"
          "./p type=fifo mode=0600 uid=0 gid=0 time=5.000000070\n"));
}

TEST(Mtree, QuotesNames) {
  FileTree tree;
  FileNode file = {.type = LayerEntryType::kFile,
                   .digest = DigestOfDigits('0')};
  for (const char* name : {"# =\\", "*?[", "\xc3\xa4\n", "a+b~c_d-e"}) {
    ASSERT_THAT(tree.Put(name, file), absl_testing::IsOk());
  }
  const std::string names = MtreeText(tree);
  EXPECT_NE(names.find("./\\043\\040\\075\\134 type"), std::string::npos);
  EXPECT_NE(names.find("./\\052\\077\\133 type"), std::string::npos);
  EXPECT_NE(names.find("./\\303\\244\\012 type"), std::string::npos);
  EXPECT_NE(names.find("./a+b~c_d-e type"), std::string::npos);
}

}  // namespace
}  // namespace rules_dockerfile
