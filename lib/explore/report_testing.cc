#include "lib/explore/report_testing.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/digest/digest.h"
#include "lib/explore/image_report.h"
#include "lib/layer/layer_index.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

LayerIndex Layer(const std::vector<std::string>& words) {
  LayerIndex layer;
  int64_t offset = 512;
  for (const std::string& word : words) {
    LayerEntry entry = {.mode = 0644};
    std::vector<std::string> parts;
    if (word[0] == '-') {
      entry = {.path = word.substr(1), .type = LayerEntryType::kWhiteout};
    } else if (word[0] == '!') {
      entry = {.path = word.substr(1), .type = LayerEntryType::kOpaque};
    } else if (word.back() == '/') {
      entry.type = LayerEntryType::kDirectory;
      entry.path = word.substr(0, word.size() - 1);
      entry.mode = 0755;
    } else if (absl::StrContains(word, "->")) {
      parts = absl::StrSplit(word, "->");
      entry.type = LayerEntryType::kSymlink;
      entry.path = parts[0];
      entry.link_target = parts[1];
    } else if (absl::StrContains(word, "=>")) {
      parts = absl::StrSplit(word, "=>");
      entry.type = LayerEntryType::kHardLink;
      entry.path = parts[0];
      entry.link_target = parts[1];
    } else {
      parts = absl::StrSplit(word, '=');
      entry.path = parts[0];
      const std::vector<std::string> data = absl::StrSplit(parts[1], ':');
      entry.size = std::stoll(data[0]);
      entry.digest = DigestOf(absl::StrCat(
          data[0], data.size() > 1 ? data[1] : absl::StrCat(word, offset)));
      entry.offset = offset;
      offset += 1024;
    }
    layer.entries.push_back(std::move(entry));
  }
  return layer;
}

ReportInput InputOf(const Layers& layers) {
  ReportInput input = {.name = "app/image", .layers = layers};
  input.config.platform = ParsePlatform("linux/amd64").value();
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string digest = DigestOf(absl::StrCat(i));
    input.config.diff_ids.push_back(digest);
    input.config.history.push_back({.created_by = absl::StrCat("RUN ", i)});
    input.descriptors.push_back(
        {.blob = {.media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
                  .digest = digest,
                  .size = static_cast<int64_t>(100 * (i + 1))},
         .diff_id = digest});
  }
  return input;
}

ImageReport ReportOf(const Layers& layers) {
  return MakeImageReport(InputOf(layers)).value();
}

}  // namespace rules_dockerfile
