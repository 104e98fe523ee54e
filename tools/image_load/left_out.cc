#include "tools/image_load/left_out.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/digest/digest.h"
#include "lib/docker/client.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_config.h"
#include "lib/oci/manifest.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::vector<std::string>> DiffIdsOf(
    const ArchivedImage& image, const ImageManifest& manifest) {
  for (const std::string& config : image.contents.configs) {
    if (DigestOf(config) != manifest.config.digest) continue;
    ABSL_ASSIGN_OR_RETURN(const ImageConfig parsed, ParseImageConfig(config));
    return parsed.diff_ids;
  }
  return std::vector<std::string>();
}

// Calls `use` with each manifest and its diff_ids.
absl::Status ForEachManifest(
    const ArchivedImage& image,
    absl::FunctionRef<void(const ImageManifest& manifest,
                           const std::vector<std::string>& diff_ids)>
        use) {
  for (const std::string& text : image.contents.manifests) {
    ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
    ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> diff_ids,
                          DiffIdsOf(image, manifest));
    use(manifest, diff_ids);
  }
  return absl::OkStatus();
}

// How many layers, from the base, a known image begins with.
size_t KnownBeginning(const std::vector<std::string>& diff_ids,
                      const std::vector<std::vector<std::string>>& known) {
  size_t longest = 0;
  for (const std::vector<std::string>& other : known) {
    const auto end = std::ranges::mismatch(diff_ids, other).in1;
    longest = std::max(longest, static_cast<size_t>(end - diff_ids.begin()));
  }
  return longest;
}

absl::StatusOr<LayerSizes> LayersOfBeginnings(
    absl::Span<const ArchivedImage> images,
    const std::vector<std::vector<std::string>>& known) {
  LayerSizes left_out;
  std::set<std::string> needed;
  for (const ArchivedImage& image : images) {
    ABSL_RETURN_IF_ERROR(
        ForEachManifest(image, [&](const ImageManifest& manifest,
                                   const std::vector<std::string>& diff_ids) {
          const size_t beginning = KnownBeginning(diff_ids, known);
          for (size_t i = 0; i < manifest.layers.size(); ++i) {
            if (i < beginning) {
              left_out[manifest.layers[i].digest] = manifest.layers[i].size;
            } else {
              needed.insert(manifest.layers[i].digest);
            }
          }
        }));
  }
  std::erase_if(left_out, [&](const auto& layer) {
    return needed.contains(layer.first);
  });
  return left_out;
}

}  // namespace

absl::StatusOr<LayerSizes> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images, const KnownLayers& known) {
  if (known.store == LayerStore::kChains) {
    return LayersOfBeginnings(images, known.images);
  }
  std::set<std::string> known_ids;
  for (const std::vector<std::string>& layers : known.images) {
    known_ids.insert(layers.begin(), layers.end());
  }
  LayerSizes left_out;
  for (const ArchivedImage& image : images) {
    ABSL_RETURN_IF_ERROR(
        ForEachManifest(image, [&](const ImageManifest& manifest,
                                   const std::vector<std::string>& diff_ids) {
          const size_t count =
              std::min(manifest.layers.size(), diff_ids.size());
          for (size_t i = 0; i < count; ++i) {
            if (!known_ids.contains(diff_ids[i])) continue;
            left_out[manifest.layers[i].digest] = manifest.layers[i].size;
          }
        }));
  }
  return left_out;
}

absl::StatusOr<LayerSizes> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images,
    const std::set<std::string>& blobs) {
  LayerSizes left_out;
  for (const ArchivedImage& image : images) {
    ABSL_RETURN_IF_ERROR(ForEachManifest(
        image,
        [&](const ImageManifest& manifest, const std::vector<std::string>&) {
          for (const Descriptor& layer : manifest.layers) {
            if (blobs.contains(layer.digest)) {
              left_out[layer.digest] = layer.size;
            }
          }
        }));
  }
  return left_out;
}

absl::StatusOr<LayerSizes> LayersOf(absl::Span<const ArchivedImage> images) {
  LayerSizes layers;
  for (const ArchivedImage& image : images) {
    ABSL_RETURN_IF_ERROR(ForEachManifest(
        image,
        [&](const ImageManifest& manifest, const std::vector<std::string>&) {
          for (const Descriptor& layer : manifest.layers) {
            layers[layer.digest] = layer.size;
          }
        }));
  }
  return layers;
}

absl::StatusOr<std::vector<std::vector<std::string>>> DiffIds(
    const ArchivedImage& image) {
  std::vector<std::vector<std::string>> all;
  ABSL_RETURN_IF_ERROR(ForEachManifest(
      image,
      [&](const ImageManifest&, const std::vector<std::string>& diff_ids) {
        all.push_back(diff_ids);
      }));
  return all;
}

std::set<std::string> DigestsOf(const LayerSizes& layers) {
  std::set<std::string> digests;
  for (const auto& [digest, size] : layers) digests.insert(digest);
  return digests;
}

int64_t SizeOf(const LayerSizes& layers) {
  int64_t sum = 0;
  for (const auto& [digest, size] : layers) sum += size;
  return sum;
}

}  // namespace rules_dockerfile
