#include "e2e/conformance/runner/expectation.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/file.h"
#include "lib/base/line_difference.h"
#include "lib/compression/decompressor.h"
#include "lib/layer/layer_index.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

// The history comment of entries from a Dockerfile.
constexpr char kDockerfileComment[] = "buildkit.dockerfile.v0";

// Returns `file 0644 0:0 5 mtime etc/hostname` and so on: all fields of an
// entry except the offset of its data.
std::string EntryLine(const LayerEntry& entry) {
  std::string line = absl::StrFormat(
      "  %s %04o %d:%d %d %s", LayerEntryTypeName(entry.type), entry.mode,
      entry.uid, entry.gid, entry.mtime, entry.path);
  if (!entry.link_target.empty()) {
    absl::StrAppend(&line, " -> ", entry.link_target);
  }
  if (entry.device_major != 0 || entry.device_minor != 0) {
    absl::StrAppend(&line, " ", entry.device_major, ":", entry.device_minor);
  }
  if (!entry.digest.empty()) {
    absl::StrAppend(&line, " ", entry.size, " ", entry.digest);
  }
  for (const auto& [name, value] : entry.xattrs) {
    absl::StrAppend(&line, " ", name, "=", absl::BytesToHexString(value));
  }
  return line + "\n";
}

// Returns the image's config without the history of its base, and the layers
// from the Dockerfile, each after its history entry.
absl::StatusOr<std::string> ImageText(const SourceImage& image) {
  ImageConfig config = image.config;
  config.history.clear();
  config.diff_ids.clear();
  std::string layers;
  size_t next = 0;
  for (const HistoryEntry& entry : image.config.history) {
    const bool has_layer = !entry.empty_layer && next < image.layers.size();
    const size_t layer = has_layer ? next++ : 0;
    if (entry.comment != kDockerfileComment) continue;
    config.history.push_back(entry);
    if (!has_layer) continue;
    config.diff_ids.push_back(image.config.diff_ids[layer]);
    ABSL_ASSIGN_OR_RETURN(const std::string tar,
                          DecompressToString(image.layers[layer].blob));
    ABSL_ASSIGN_OR_RETURN(const LayerIndex index, IndexLayer(tar));
    absl::StrAppend(&layers, "layer: ", absl::CEscape(entry.created_by), "\n");
    for (const LayerEntry& e : index.entries) layers += EntryLine(e);
  }
  return absl::StrCat(ImageConfigToText(config), "\n", layers);
}

}  // namespace

absl::StatusOr<std::string> ResultText(const std::string& result) {
  if (!std::filesystem::is_directory(result)) return ReadFile(result);
  const std::unique_ptr<FileSet> files = DirectoryFiles(result);
  // If there is only one image, its platform is ignored.
  ABSL_ASSIGN_OR_RETURN(const Platform platform, ParsePlatform("linux/amd64"));
  ABSL_ASSIGN_OR_RETURN(const SourceImage image, ReadImage(*files, platform));
  return ImageText(image);
}

absl::StatusOr<std::string> CompareExpectation(const std::string& result,
                                               const std::string& expected) {
  ABSL_ASSIGN_OR_RETURN(const std::string got_text, ResultText(result));
  ABSL_ASSIGN_OR_RETURN(const std::string want_text, ReadFile(expected));
  const std::optional<LineDifference> difference =
      FirstLineDifference(want_text, got_text);
  if (!difference.has_value()) return "";
  return absl::StrCat("expected.txt:", difference->line, ": expected \"",
                      difference->want, "\", got \"", difference->got, "\"");
}

absl::Status WriteExpectation(const std::string& result,
                              const std::string& expected) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ResultText(result));
  return WriteFile(expected, text);
}

}  // namespace rules_dockerfile
