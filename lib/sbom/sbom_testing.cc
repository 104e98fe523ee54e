#include "lib/sbom/sbom_testing.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/layer_index.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {

void TestLayers::Add(
    const std::vector<std::pair<std::string, std::string>>& files) {
  StringSink sink;
  TarWriter writer(&sink);
  for (const auto& [name, data] : files) {
    absl::string_view path = name;
    TarEntry entry = {.mode = 0644};
    if (absl::ConsumeSuffix(&path, "*")) entry.mode = 0755;
    entry.path = std::string(path);
    if (const size_t arrow = path.find(" -> "); arrow != path.npos) {
      entry.type = TarEntryType::kSymlink;
      entry.link_target = std::string(path.substr(arrow + 4));
      entry.path = std::string(path.substr(0, arrow));
    } else if (const size_t link = path.find(" => "); link != path.npos) {
      entry.type = TarEntryType::kHardLink;
      entry.link_target = std::string(path.substr(link + 4));
      entry.path = std::string(path.substr(0, link));
    } else {
      entry.size = static_cast<int64_t>(data.size());
    }
    ABSL_CHECK_OK(writer.Add(entry, data));
  }
  ABSL_CHECK_OK(writer.Finish());
  tars_.push_back(std::move(sink).contents());
}

std::vector<ScannedLayer> TestLayers::layers() const {
  std::vector<ScannedLayer> layers;
  for (const std::string& tar : tars_) {
    absl::StatusOr<LayerIndex> index = IndexLayer(tar);
    ABSL_CHECK_OK(index);
    layers.push_back({.index = *std::move(index), .tar = tar});
  }
  return layers;
}

DescribedImage TestLayers::Image(
    const std::vector<std::string>& origins) const {
  DescribedImage image = {.name = "app/image",
                          .digest = DigestOf("manifest"),
                          .layers = layers(),
                          .origins = origins};
  image.config.platform = {.os = "linux", .architecture = "amd64"};
  image.config.created = "2026-01-02T03:04:05.678+01:00";
  for (size_t i = 0; i < tars_.size(); ++i) {
    image.config.diff_ids.push_back(DigestOf(tars_[i]));
    image.config.history.push_back({.created_by = absl::StrCat("RUN ", i)});
    image.config.history.push_back(
        {.created_by = "ENV A=1", .empty_layer = true});
    image.descriptors.push_back(
        {.blob = {.digest = DigestOf(absl::StrCat("blob ", i))},
         .diff_id = DigestOf(tars_[i])});
  }
  return image;
}

std::string TestFile(absl::string_view name) {
  absl::StatusOr<std::string> data =
      ReadFile(absl::StrCat("lib/sbom/testdata/", name));
  ABSL_CHECK_OK(data);
  return *std::move(data);
}

std::string LittleEndianBytes(uint64_t number, int width) {
  std::string bytes;
  for (; width > 0; --width, number >>= 8) {
    bytes.push_back(static_cast<char>(number & 0xff));
  }
  return bytes;
}

std::string DumpInventory(const Inventory& inventory) {
  std::string text;
  for (const Package& package : inventory.packages) {
    absl::StrAppend(&text, package.ecosystem, " ", package.name, " ",
                    package.version, " [",
                    absl::StrJoin(package.licenses, ", "),
                    "] layer=", package.layer, " ", package.location);
    if (!package.files.empty()) {
      absl::StrAppend(&text, " files=", package.files.size(),
                      " size=", package.size);
    }
    absl::StrAppend(&text, " ", package.purl, "\n");
  }
  for (const auto& [name, meaning] : inventory.license_refs) {
    absl::StrAppend(&text, name, ": ", meaning, "\n");
  }
  for (const std::string& note : inventory.notes) {
    absl::StrAppend(&text, "note: ", note, "\n");
  }
  return text;
}

}  // namespace rules_dockerfile
