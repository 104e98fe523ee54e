// Writes the OCI config of a stage: docs/design/0001_artifacts.md.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/json/json.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/stage_config.h"
#include "lib/plan/step.h"
#include "lib/platform/platform.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/stamp.h"

ABSL_FLAG(std::string, parent_config, "",
          "config of the base image or the parent stage; none for scratch");
ABSL_FLAG(std::string, platform, "", "target platform: os/arch[/variant]");
ABSL_FLAG(bool, force_platform, false,
          "the image gets --platform even if its parent has another one");
ABSL_FLAG(std::optional<int64_t>, epoch, std::nullopt,
          "SOURCE_DATE_EPOCH: time of creation, in seconds; without it, "
          "2026-01-01 or the time of the base if that is later");
ABSL_FLAG(std::string, config_out, "", "config to write");
ABSL_FLAG(bool, labels_only, false,
          "write --parent_config, changed only by --label");
RULES_DOCKERFILE_REPEATED_FLAG(step, "step of an instruction, in order");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of one of the stage's own layers");
RULES_DOCKERFILE_REPEATED_FLAG(label, "label KEY=VALUE, over all others");
RULES_DOCKERFILE_REPEATED_FLAG(
    status_file, "file of the workspace status: replaces {KEY} in labels");

namespace rules_dockerfile {
namespace {

// The parent's config with more labels.
absl::StatusOr<ImageConfig> LabelledConfig(
    const std::map<std::string, std::string>& labels) {
  ABSL_ASSIGN_OR_RETURN(const std::string parent,
                        RequiredFlag(FLAGS_parent_config));
  ABSL_ASSIGN_OR_RETURN(ImageConfig config,
                        ReadParsed(parent, ParseImageConfig));
  if (labels.empty()) return config;
  Json& all = config.config["Labels"];
  if (!all.is_object()) all = Json::object();
  for (const auto& [key, value] : labels) all[key] = value;
  return config;
}

absl::Status WriteConfig() {
  ABSL_ASSIGN_OR_RETURN(const std::string config_out,
                        RequiredFlag(FLAGS_config_out));
  StageConfigOptions options;
  ABSL_ASSIGN_OR_RETURN(
      options.labels,
      StampedKeyValues(FLAGS_label_values(), FLAGS_status_file_values()));
  if (absl::GetFlag(FLAGS_labels_only)) {
    ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                          LabelledConfig(options.labels));
    return WriteFile(config_out, ImageConfigToText(config));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string platform,
                        RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(options.platform, ParsePlatform(platform));
  options.force_platform = absl::GetFlag(FLAGS_force_platform);
  options.epoch = absl::GetFlag(FLAGS_epoch);
  if (const std::string parent = absl::GetFlag(FLAGS_parent_config);
      !parent.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.parent, ReadParsed(parent, ParseImageConfig));
  }
  for (const std::string& path : FLAGS_step_values()) {
    ABSL_ASSIGN_OR_RETURN(Step step, ReadParsed(path, ParseStep));
    options.steps.push_back(std::move(step));
  }
  for (const std::string& path : FLAGS_descriptor_values()) {
    ABSL_ASSIGN_OR_RETURN(const LayerDescriptor layer,
                          ReadParsed(path, ParseLayerDescriptor));
    options.diff_ids.push_back(layer.diff_id);
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, StageConfig(options));
  return WriteFile(config_out, ImageConfigToText(config));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "config_write", "Writes the OCI config of a stage.", argc, argv,
      rules_dockerfile::WriteConfig);
}
