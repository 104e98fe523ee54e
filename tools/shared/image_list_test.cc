#include "tools/shared/image_list.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_testing.h"
#include "lib/oci/layout_plan.h"
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

TEST(ImageList, HasASigner) {
  const ImageList list =
      Read("signer=app/signer\nsigner_env=A=b{c}\nsigner_env=D\n")
          .value_or(ImageList());
  EXPECT_EQ(list.signer, absl::StrCat(testing::TempDir(), "/app/signer"));
  EXPECT_EQ(list.signer_env, (std::vector<std::string>{"A=b{c}", "D"}));
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

TEST(ImageList, AddsAttestations) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  Write("manifest", image.manifest);
  Write("config", image.config);
  Write("spdx", "{}");
  const std::string list =
      "manifest=manifest\nconfig=config\nattestation=0:sbom_spdx:spdx\n";
  const LayoutContents referrers = Read(list)->contents;
  ASSERT_EQ(referrers.artifacts.size(), 1);
  EXPECT_EQ(referrers.artifacts[0].subject->digest, image.descriptor.digest);
  EXPECT_FALSE(referrers.index.has_value());
  const LayoutContents index =
      Read(list + "attestation_format=index\n")->contents;
  ASSERT_EQ(index.artifacts.size(), 1);
  EXPECT_EQ(index.artifacts[0].subject, std::nullopt);
  EXPECT_TRUE(index.index.has_value());
  for (const char* attestation :
       {"sbom_spdx", "x:sbom_spdx:spdx", "0:x:spdx"}) {
    const absl::Status status =
        Read(absl::StrCat(list, "attestation=", attestation, "\n")).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(),
                testing::EndsWith("expected IMAGE:KIND:FILE"));
  }
}

}  // namespace
}  // namespace rules_dockerfile
