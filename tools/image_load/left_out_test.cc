#include "tools/image_load/left_out.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_testing.h"

namespace rules_dockerfile {
namespace {

ArchivedImage Archived(const TestImage& image) {
  return {
      .contents = {.manifests = {image.manifest}, .configs = {image.config}}};
}

std::vector<std::string> DiffIds(const TestImage& image) {
  return ParseImageConfig(image.config)->diff_ids;
}

// The digests of some of the image's layers, with their sizes.
std::map<std::string, int64_t> Layers(const TestImage& image,
                                      const std::vector<int>& numbers) {
  std::map<std::string, int64_t> layers;
  for (const int i : numbers) {
    layers[image.layer_descriptors[i].digest] = image.layer_descriptors[i].size;
  }
  return layers;
}

TEST(LayersToLeaveOut, TakesTheLongestBeginningOfAKnownImage) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b", "c"});
  const std::vector<ArchivedImage> images = {Archived(image)};
  EXPECT_EQ(LayersToLeaveOut(images, {}).value(), Layers(image, {}));
  EXPECT_EQ(LayersToLeaveOut(images, {DiffIds(image)}).value(),
            Layers(image, {0, 1, 2}));
  EXPECT_EQ(LayersToLeaveOut(
                images, {{},
                         DiffIds(MakeTestImage("linux/amd64", {"a", "x", "c"})),
                         DiffIds(MakeTestImage("linux/amd64", {"a", "b", "y"})),
                         DiffIds(MakeTestImage("linux/amd64", {"b", "c"}))})
                .value(),
            Layers(image, {0, 1}));
}

TEST(LayersToLeaveOut, KeepsWhatAnotherImageHasAboveOtherLayers) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b"});
  const TestImage other = MakeTestImage("linux/amd64", {"x", "a"});
  EXPECT_EQ(
      LayersToLeaveOut({Archived(image), Archived(other)}, {DiffIds(image)})
          .value(),
      Layers(image, {1}));
}

}  // namespace
}  // namespace rules_dockerfile
