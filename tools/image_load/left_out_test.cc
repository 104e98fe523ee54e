#include "tools/image_load/left_out.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/docker/client.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_testing.h"

namespace rules_dockerfile {
namespace {

ArchivedImage Archived(const TestImage& image) {
  return {
      .contents = {.manifests = {image.manifest}, .configs = {image.config}}};
}

std::vector<std::string> DiffIdsOf(const TestImage& image) {
  return ParseImageConfig(image.config)->diff_ids;
}

KnownLayers Chains(std::vector<std::vector<std::string>> images) {
  return {.store = LayerStore::kChains, .images = std::move(images)};
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
  EXPECT_EQ(LayersToLeaveOut(images, Chains({})).value(), Layers(image, {}));
  EXPECT_EQ(LayersToLeaveOut(images, Chains({DiffIdsOf(image)})).value(),
            Layers(image, {0, 1, 2}));
  EXPECT_EQ(
      LayersToLeaveOut(
          images, Chains({{},
                          DiffIdsOf(MakeTestImage("linux/amd64", {"a", "x"})),
                          DiffIdsOf(MakeTestImage("linux/amd64", {"a", "b"})),
                          DiffIdsOf(MakeTestImage("linux/amd64", {"b", "c"}))}))
          .value(),
      Layers(image, {0, 1}));
}

TEST(LayersToLeaveOut, KeepsWhatAnotherImageHasAboveOtherLayers) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b"});
  const TestImage other = MakeTestImage("linux/amd64", {"x", "a"});
  EXPECT_EQ(LayersToLeaveOut({Archived(image), Archived(other)},
                             Chains({DiffIdsOf(image)}))
                .value(),
            Layers(image, {1}));
}

TEST(LayersToLeaveOut, TakesEachKnownLayerWhereTheyAreKnownByBlobs) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b", "c"});
  const std::vector<ArchivedImage> images = {Archived(image)};
  const std::vector<std::vector<std::string>> known = {
      DiffIdsOf(MakeTestImage("linux/amd64", {"c", "x"})),
      DiffIdsOf(MakeTestImage("linux/amd64", {"y", "a"}))};
  for (const LayerStore store : {LayerStore::kBlobs, LayerStore::kContent}) {
    EXPECT_EQ(
        LayersToLeaveOut(images, {.store = store, .images = known}).value(),
        Layers(image, {0, 2}));
  }
  EXPECT_EQ(LayersToLeaveOut(images, std::set<std::string>(
                                         {image.layer_descriptors[1].digest,
                                          image.descriptor.digest}))
                .value(),
            Layers(image, {1}));
}

}  // namespace
}  // namespace rules_dockerfile
