#include "lib/image_test/file_check.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/image_test/structure_config.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

struct ModeCase {
  const char* text;
  LayerEntryType type;
  uint32_t mode;
};

class FileModeTest : public testing::TestWithParam<ModeCase> {};

TEST_P(FileModeTest, IsWrittenAsInGo) {
  EXPECT_EQ(FileModeText({.type = GetParam().type, .mode = GetParam().mode}),
            GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Cases, FileModeTest,
                         testing::ValuesIn<ModeCase>({
                             {"-rw-r--r--", LayerEntryType::kFile, 0644},
                             {"drwxr-x--x", LayerEntryType::kDirectory, 0751},
                             {"dtrwxrwxrwx", LayerEntryType::kDirectory, 01777},
                             {"urwxr-xr-x", LayerEntryType::kFile, 04755},
                             {"ugrwxr-xr-x", LayerEntryType::kFile, 06755},
                             {"Lrwxrwxrwx", LayerEntryType::kSymlink, 0777},
                             {"Dcrw-rw-rw-", LayerEntryType::kCharDevice, 0666},
                             {"Drw-rw----", LayerEntryType::kBlockDevice, 0660},
                             {"prw-r--r--", LayerEntryType::kFifo, 0644},
                             {"----------", LayerEntryType::kFile, 0},
                         }));

TEST(CheckLicenses, ReadsWhatDebianHas) {
  const std::string tar = "License: AGPLGPL";
  FileTree tree;
  for (const char* path :
       {"usr", "usr/share", "usr/share/doc", "usr/share/doc/a",
        "usr/share/doc/b", "usr/share/doc/none"}) {
    ASSERT_TRUE(tree.Put(path, {}).ok());
  }
  ASSERT_TRUE(
      tree.Put("usr/share/doc/a/copyright", {.type = LayerEntryType::kFile,
                                             .size = 13,
                                             .source = 0,
                                             .offset = 0})
          .ok());
  ASSERT_TRUE(
      tree.Put("usr/share/doc/b/copyright", {.type = LayerEntryType::kFile,
                                             .size = 3,
                                             .source = 0,
                                             .offset = 13})
          .ok());
  EXPECT_EQ(absl::StrJoin(CheckLicenses({.debian = true}, {tree, {tar}}), "\n"),
            "\"/usr/share/doc/a/copyright\" names the licence AGPL");
  EXPECT_EQ(
      absl::StrJoin(CheckLicenses({.debian = true}, {FileTree(), {}}), "\n"),
      "\"/usr/share/doc\" does not exist");
}

}  // namespace
}  // namespace rules_dockerfile
