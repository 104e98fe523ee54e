#include "tools/image_load/left_out.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/digest/digest.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_config.h"
#include "lib/oci/manifest.h"

namespace rules_dockerfile {
namespace {

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

}  // namespace

absl::StatusOr<std::map<std::string, int64_t>> LayersToLeaveOut(
    absl::Span<const ArchivedImage> images,
    const std::vector<std::vector<std::string>>& known) {
  std::map<std::string, int64_t> left_out;
  std::set<std::string> needed;
  for (const ArchivedImage& image : images) {
    for (const std::string& text : image.contents.manifests) {
      ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
      std::vector<std::string> diff_ids;
      for (const std::string& config : image.contents.configs) {
        if (DigestOf(config) != manifest.config.digest) continue;
        ABSL_ASSIGN_OR_RETURN(const ImageConfig parsed,
                              ParseImageConfig(config));
        diff_ids = parsed.diff_ids;
      }
      const size_t beginning = KnownBeginning(diff_ids, known);
      for (size_t i = 0; i < manifest.layers.size(); ++i) {
        if (i < beginning) {
          left_out[manifest.layers[i].digest] = manifest.layers[i].size;
        } else {
          needed.insert(manifest.layers[i].digest);
        }
      }
    }
  }
  std::erase_if(left_out, [&](const auto& layer) {
    return needed.contains(layer.first);
  });
  return left_out;
}

}  // namespace rules_dockerfile
