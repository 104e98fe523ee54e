#include "lib/oci/make_manifest.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/oci/image_testing.h"

namespace rules_dockerfile {
namespace {

std::vector<LayerDescriptor> LayersOf(const TestImage& image) {
  std::vector<LayerDescriptor> layers;
  for (const Descriptor& blob : image.layer_descriptors) {
    layers.push_back({.blob = blob, .diff_id = blob.digest});
  }
  return layers;
}

TEST(MakeManifest, DescribesConfigAndLayers) {
  const TestImage image = MakeTestImage("linux/arm/v7", {"a", "b"});
  const DescribedDocument document =
      MakeManifest(image.config, LayersOf(image), {}).value();
  EXPECT_EQ(document.text, image.manifest);
  EXPECT_EQ(document.descriptor, image.descriptor);
}

TEST(MakeManifest, SetsOciMediaTypesOfDockersLayers) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  std::vector<LayerDescriptor> layers = LayersOf(image);
  layers[0].blob.media_type = "application/vnd.docker.image.rootfs.diff.tar";
  EXPECT_EQ(MakeManifest(image.config, layers, {})->text, image.manifest);
}

TEST(MakeManifest, RefusesLayersThatAreNotTheConfigs) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b"});
  std::vector<LayerDescriptor> layers = LayersOf(image);
  std::swap(layers[0], layers[1]);
  EXPECT_EQ(MakeManifest(image.config, layers, {}).status(),
            absl::InvalidArgumentError(absl::StrCat(
                "layer 1 has diff_id \"", DigestOf(image.layers[1]),
                "\": the config has \"", DigestOf(image.layers[0]), "\"")));
  layers.pop_back();
  EXPECT_EQ(MakeManifest(image.config, layers, {}).status(),
            absl::InvalidArgumentError("1 layers, but the config has 2"));
}

TEST(MakeIndex, ListsManifestsByPlatform) {
  const TestImage amd = MakeTestImage("linux/amd64", {"a"});
  const TestImage arm = MakeTestImage("linux/arm64", {"a"});
  const DescribedDocument index =
      MakeIndex({amd.descriptor, arm.descriptor}, {}).value();
  EXPECT_EQ(index.text, TestLayout({amd, arm})["index.json"]);
  EXPECT_EQ(index.descriptor.digest, DigestOf(index.text));
  EXPECT_EQ(
      MakeIndex({amd.descriptor, amd.descriptor}, {}).status(),
      absl::InvalidArgumentError("two manifests for platform \"linux/amd64\""));
}

}  // namespace
}  // namespace rules_dockerfile
