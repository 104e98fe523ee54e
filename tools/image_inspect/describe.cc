#include "tools/image_inspect/describe.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/decompressor.h"
#include "lib/json/json.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

// Counts bytes.
class SizeSink : public ByteSink {
 public:
  absl::Status Append(absl::string_view bytes) override {
    size_ += static_cast<int64_t>(bytes.size());
    return absl::OkStatus();
  }
  int64_t size() const { return size_; }

 private:
  int64_t size_ = 0;
};

std::string Line(absl::string_view name, absl::string_view value) {
  if (value.empty()) return "";
  return absl::StrCat(name, " ", value, "\n");
}

// The elements of a list or set one per line, other values in JSON.
std::string ConfigLines(const std::string& field, const Json& value) {
  std::string lines;
  if (value.is_string()) {
    return Line(absl::StrCat("config.", field), value.get<std::string>());
  }
  const bool is_command =
      field == "Cmd" || field == "Entrypoint" || field == "Shell";
  if (value.is_array() && !is_command) {
    for (const Json& element : value) {
      lines += element.is_string()
                   ? ConfigLines(field, element)
                   : Line(absl::StrCat("config.", field), element.dump());
    }
    return lines;
  }
  if (field == "ExposedPorts" || field == "Volumes" || field == "Labels") {
    for (const auto& item : value.items()) {
      lines += Line(
          absl::StrCat("config.", field),
          item.value().is_string()
              ? absl::StrCat(item.key(), "=", item.value().get<std::string>())
              : item.key());
    }
    return lines;
  }
  return Line(absl::StrCat("config.", field), value.dump());
}

absl::StatusOr<std::string> LayerLines(const SourceLayer& layer) {
  SizeSink sink;
  ABSL_RETURN_IF_ERROR(Decompress(layer.blob, &sink));
  std::string lines =
      absl::StrCat("  diff_id ", layer.diff_id, " ", sink.size(), " bytes\n");
  if (layer.descriptor.has_value()) {
    absl::StrAppend(&lines, "  blob ", layer.descriptor->digest, " ",
                    layer.blob.size(), " bytes ", layer.descriptor->media_type,
                    "\n");
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::string> DescribeImage(const SourceImage& image) {
  const ImageConfig config = WithCompleteHistory(image.config);
  std::string text = absl::StrCat(
      Line("manifest", image.manifest_digest),
      Line("image", image.config_digest),
      Line("platform", PlatformText(config.platform)),
      Line("created", config.created), Line("author", config.author));
  for (const std::string& tag : image.tags) text += Line("tag", tag);
  for (const auto& item : config.config.items()) {
    text += ConfigLines(item.key(), item.value());
  }
  size_t layer = 0;
  for (const HistoryEntry& entry : config.history) {
    absl::StrAppend(&text, "history ",
                    entry.created_by.empty() ? entry.comment : entry.created_by,
                    "\n");
    if (entry.empty_layer) continue;
    ABSL_ASSIGN_OR_RETURN(const std::string lines,
                          LayerLines(image.layers[layer++]));
    text += lines;
  }
  return text;
}

absl::StatusOr<FileTree> FilesOfImage(const SourceImage& image) {
  FileTree tree;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    StringSink tar;
    ABSL_RETURN_IF_ERROR(Decompress(image.layers[i].blob, &tar));
    ABSL_ASSIGN_OR_RETURN(const LayerIndex index, IndexLayer(tar.contents()));
    ABSL_RETURN_IF_ERROR(tree.AddLayer(index, static_cast<int>(i)));
  }
  return tree;
}

}  // namespace rules_dockerfile
