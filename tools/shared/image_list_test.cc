#include "tools/shared/image_list.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

void Write(const std::string& name, absl::string_view text) {
  ASSERT_EQ(WriteFile(absl::StrCat(testing::TempDir(), "/", name), text),
            absl::OkStatus());
}

absl::StatusOr<ImageList> Read(absl::string_view text) {
  Write("list", text);
  return ReadImageList(absl::StrCat(testing::TempDir(), "/list"),
                       testing::TempDir());
}

TEST(ImageList, ReadsAnImage) {
  const LayerDescriptor layer = {
      .blob = {.media_type = std::string(kOciLayerMediaType),
               .digest = DigestOf("blob"),
               .size = 4},
      .diff_id = DigestOf("tar")};
  Write("manifest", "the manifest");
  Write("config", "the config");
  Write("index", "the index");
  Write("descriptor", LayerDescriptorToText(layer));
  Write("tags", "v2\n\n  v-{STABLE_X}\r\n");
  Write("status", "STABLE_X 1a2b\n");
  const ImageList list =
      Read(
          "manifest=manifest\nconfig=config\nindex=index\n"
          "descriptor=descriptor\nblob=a=b\n"
          "repository=h.x/{STABLE_X}\ntag=v1\n"
          "tags_file=tags\nstatus_file=status\n"
          "name=app:{x}\nbase=debian:12\nmirror=a.io=http://h\n")
          .value();
  EXPECT_EQ(list.contents.manifests, std::vector<std::string>{"the manifest"});
  EXPECT_EQ(list.contents.configs, std::vector<std::string>{"the config"});
  EXPECT_EQ(list.contents.index, "the index");
  ASSERT_EQ(list.contents.layers.size(), 1);
  EXPECT_EQ(list.contents.layers[0].path,
            absl::StrCat(testing::TempDir(), "/a=b"));
  EXPECT_EQ(list.contents.layers[0].descriptor, layer.blob);
  EXPECT_EQ(list.repositories, std::vector<std::string>{"h.x/1a2b"});
  EXPECT_EQ(list.tags, (std::vector<std::string>{"v1", "v2", "v-1a2b"}));
  EXPECT_EQ(list.names, std::vector<std::string>{"app:{x}"});
  EXPECT_EQ(list.bases, std::vector<std::string>{"debian:12"});
  EXPECT_EQ(list.mirrors, std::vector<std::string>{"a.io=http://h"});
}

TEST(ImageList, RequiresStampingForAPlaceholder) {
  EXPECT_EQ(
      Read("tag=v-{STABLE_X}\n").status(),
      absl::InvalidArgumentError("\"v-{STABLE_X}\" requires stamping\nhint: "
                                 "use bazel run --stamp, or set stamp = 1"));
}

TEST(ImageList, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Read("layout=x\n").status(),
            absl::InvalidArgumentError(absl::StrCat(
                "\"", testing::TempDir(), "/list\": unknown key \"layout\"")));
  EXPECT_EQ(Read("blob=x\n").status(),
            absl::InvalidArgumentError("1 blobs, but 0 descriptors"));
}

}  // namespace
}  // namespace rules_dockerfile
