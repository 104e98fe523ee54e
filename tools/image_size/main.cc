// Tests the size of an image.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/image_test/image_size.h"
#include "lib/image_test/test_report.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"

ABSL_FLAG(std::string, name, "", "name of the image, for messages");
ABSL_FLAG(std::string, config, "", "config of the image");
RULES_DOCKERFILE_REPEATED_FLAG(index, "index of each layer, base first");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor, "descriptor of each layer");
RULES_DOCKERFILE_REPEATED_FLAG(made_by,
                               "INDEX=TEXT: the instruction that made a layer");
ABSL_FLAG(std::string, max, "", "largest size, such as 12MB");
ABSL_FLAG(bool, compressed, false,
          "whether --max is for the compressed layers, not for the files");
ABSL_FLAG(std::string, max_wasted, "",
          "most bytes in files that later layers replace or remove");
ABSL_FLAG(std::optional<int64_t>, max_layers, std::nullopt,
          "largest number of layers");

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::optional<int64_t>> Limit(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return ParseSizeLimit(text);
}

std::map<std::string, std::string> MadeByFlags() {
  std::map<std::string, std::string> made_by;
  for (const std::string& flag : FLAGS_made_by_values()) {
    const size_t equals = flag.find('=');
    if (equals == std::string::npos) continue;
    made_by[flag.substr(0, equals)] = flag.substr(equals + 1);
  }
  return made_by;
}

// What the config says of each layer.
absl::StatusOr<std::vector<std::string>> LayerHistory() {
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_config));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, ParseImageConfig(text));
  std::vector<std::string> history;
  for (const HistoryEntry& entry : WithCompleteHistory(config).history) {
    if (!entry.empty_layer) history.push_back(entry.created_by);
  }
  return history;
}

// The layers of the flags. `indexes` holds the texts of their indexes.
absl::StatusOr<std::vector<SizedLayer>> ReadLayers(
    std::deque<MappedFile>& indexes) {
  const std::vector<std::string> paths = FLAGS_index_values();
  const std::vector<std::string> descriptors = FLAGS_descriptor_values();
  if (paths.size() != descriptors.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a --descriptor for each of ", paths.size(),
                     " --index, got ", descriptors.size()));
  }
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> history, LayerHistory());
  std::map<std::string, std::string> made_by = MadeByFlags();
  std::vector<SizedLayer> layers;
  for (size_t i = 0; i < paths.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(MappedFile index, MappedFile::Open(paths[i]));
    indexes.push_back(std::move(index));
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(descriptors[i]));
    ABSL_ASSIGN_OR_RETURN(const LayerDescriptor descriptor,
                          ParseLayerDescriptor(text));
    std::string& name = made_by[paths[i]];
    if (name.empty() && i < history.size() && !history[i].empty()) {
      name = absl::StrCat("layer ", i, ": ", history[i]);
    }
    layers.push_back({.made_by = name,
                      .index = indexes.back().contents(),
                      .compressed_size = descriptor.blob.size});
  }
  return layers;
}

absl::Status Test() {
  std::deque<MappedFile> indexes;
  ABSL_ASSIGN_OR_RETURN(const std::vector<SizedLayer> layers,
                        ReadLayers(indexes));
  SizeLimits limits = {.max_layers = absl::GetFlag(FLAGS_max_layers),
                       .compressed = absl::GetFlag(FLAGS_compressed)};
  ABSL_ASSIGN_OR_RETURN(limits.max, Limit(absl::GetFlag(FLAGS_max)));
  ABSL_ASSIGN_OR_RETURN(limits.max_wasted,
                        Limit(absl::GetFlag(FLAGS_max_wasted)));
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<TestResult> results,
      CheckImageSize(absl::GetFlag(FLAGS_name), layers, limits));
  const char* const xml = std::getenv("XML_OUTPUT_FILE");
  if (xml != nullptr) {
    ABSL_RETURN_IF_ERROR(WriteFile(xml, ResultsXml(results)));
  }
  std::fputs(PrintableText(ResultsText(results)).c_str(), stdout);
  std::fflush(stdout);
  if (AllPassed(results)) return absl::OkStatus();
  return absl::FailedPreconditionError("the image fails its tests");
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool("image_size", "Tests the size of an image.",
                                   argc, argv, rules_dockerfile::Test);
}
