// Writes the OCI config and manifest of an image:
// docs/design/0001_artifacts.md.
#include <cstdint>
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
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/json/json.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/make_manifest.h"
#include "lib/oci/stage_config.h"
#include "lib/plan/environment.h"
#include "lib/plan/evaluate_stage.h"
#include "lib/platform/platform.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/stamp.h"

ABSL_FLAG(std::string, config, "",
          "config of the image; without it, the config of a stage is written");
ABSL_FLAG(std::string, parent_config, "",
          "config of the base image or the parent stage; none for scratch");
ABSL_FLAG(std::string, state, "", "build state after the parent stage");
RULES_DOCKERFILE_REPEATED_FLAG(onbuild,
                               "ONBUILD trigger that the base image must have");
ABSL_FLAG(std::string, platform, "", "target platform: os/arch[/variant]");
ABSL_FLAG(bool, force_platform, false,
          "the image gets --platform even if its parent has another one");
ABSL_FLAG(std::optional<int64_t>, epoch, std::nullopt,
          "SOURCE_DATE_EPOCH: time of creation, in seconds; without it, "
          "2026-01-01 or the time of the base if that is later");
RULES_DOCKERFILE_REPEATED_FLAG(
    instruction,
    "instruction of the stage, in order: NAME.instruction with its text, or "
    "the step of one that has a layer");
RULES_DOCKERFILE_REPEATED_FLAG(
    workdir_layer,
    "one of --instruction that is a WORKDIR with a layer, even if it is \"/\"");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg, "NAME=VALUE of a build argument");
RULES_DOCKERFILE_REPEATED_FLAG(global_arg,
                               "NAME=VALUE of an ARG before the first FROM");
ABSL_FLAG(bool, labels_only, false,
          "write --parent_config, changed only by --label");
RULES_DOCKERFILE_REPEATED_FLAG(label, "label KEY=VALUE, over all others");
RULES_DOCKERFILE_REPEATED_FLAG(parent_descriptor,
                               "descriptor of a layer below, base first");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of one of the stage's own layers");
RULES_DOCKERFILE_REPEATED_FLAG(annotation,
                               "annotation KEY=VALUE of the manifest");
RULES_DOCKERFILE_REPEATED_FLAG(status_file,
                               "file of the workspace status: replaces {KEY} "
                               "in labels and annotations");
ABSL_FLAG(std::string, config_out, "", "config to write");
ABSL_FLAG(std::string, manifest_out, "", "manifest to write");
ABSL_FLAG(std::string, descriptor_out, "",
          "descriptor of the manifest to write");
ABSL_FLAG(std::string, digest_out, "",
          "file to write the manifest's digest to");

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::vector<LayerDescriptor>> ReadDescriptors(
    const std::vector<std::string>& paths) {
  std::vector<LayerDescriptor> layers;
  for (const std::string& path : paths) {
    ABSL_ASSIGN_OR_RETURN(LayerDescriptor layer,
                          ReadParsed(path, ParseLayerDescriptor));
    layers.push_back(std::move(layer));
  }
  return layers;
}

// The parent's config with more labels.
absl::StatusOr<ImageConfig> LabelledConfig(
    const std::string& parent,
    const std::map<std::string, std::string>& labels) {
  ABSL_ASSIGN_OR_RETURN(ImageConfig config,
                        ReadParsed(parent, ParseImageConfig));
  if (labels.empty()) return config;
  Json& all = config.config["Labels"];
  if (!all.is_object()) all = Json::object();
  for (const auto& [key, value] : labels) all[key] = value;
  return config;
}

absl::StatusOr<StageConfigOptions> StageOptions(
    const std::string& parent, const std::vector<LayerDescriptor>& own) {
  StageConfigOptions options = {
      .force_platform = absl::GetFlag(FLAGS_force_platform),
      .epoch = absl::GetFlag(FLAGS_epoch)};
  ABSL_ASSIGN_OR_RETURN(const std::string platform,
                        RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(options.platform, ParsePlatform(platform));
  if (!parent.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.parent, ReadParsed(parent, ParseImageConfig));
  }
  const StageStart start = {.state = absl::GetFlag(FLAGS_state),
                            .config = parent,
                            .onbuild = FLAGS_onbuild_values(),
                            .platform = platform};
  ABSL_ASSIGN_OR_RETURN(
      StageEvaluation stage,
      EvaluateStage(start,
                    {.files = FLAGS_instruction_values(),
                     .workdir_layers = FLAGS_workdir_layer_values()},
                    {.build_args = ValuesByName(FLAGS_build_arg_values()),
                     .global_args = ValuesByName(FLAGS_global_arg_values())}));
  options.steps = std::move(stage.steps);
  for (const LayerDescriptor& layer : own) {
    options.diff_ids.push_back(layer.diff_id);
  }
  return options;
}

// The text of the config that the flags describe.
absl::StatusOr<std::string> ConfigText(
    const std::vector<LayerDescriptor>& own) {
  if (const std::string config = absl::GetFlag(FLAGS_config); !config.empty()) {
    return ReadFile(config);
  }
  ABSL_ASSIGN_OR_RETURN(
      const auto labels,
      StampedKeyValues(FLAGS_label_values(), FLAGS_status_file_values()));
  const std::string parent = absl::GetFlag(FLAGS_parent_config);
  if (absl::GetFlag(FLAGS_labels_only)) {
    ABSL_RETURN_IF_ERROR(RequiredFlag(FLAGS_parent_config).status());
    ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                          LabelledConfig(parent, labels));
    return ImageConfigToText(config);
  }
  ABSL_ASSIGN_OR_RETURN(StageConfigOptions options, StageOptions(parent, own));
  options.labels = labels;
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, StageConfig(options));
  return ImageConfigToText(config);
}

// Writes the file if the flag names one.
absl::Status WriteIfWanted(const absl::Flag<std::string>& flag,
                           absl::string_view contents) {
  const std::string path = absl::GetFlag(flag);
  return path.empty() ? absl::OkStatus() : WriteFile(path, contents);
}

absl::Status WriteImage() {
  ABSL_ASSIGN_OR_RETURN(const std::string manifest_out,
                        RequiredFlag(FLAGS_manifest_out));
  ABSL_ASSIGN_OR_RETURN(std::vector<LayerDescriptor> layers,
                        ReadDescriptors(FLAGS_parent_descriptor_values()));
  ABSL_ASSIGN_OR_RETURN(const std::vector<LayerDescriptor> own,
                        ReadDescriptors(FLAGS_descriptor_values()));
  layers.insert(layers.end(), own.begin(), own.end());
  ABSL_ASSIGN_OR_RETURN(const std::string config, ConfigText(own));
  ABSL_ASSIGN_OR_RETURN(
      const auto annotations,
      StampedKeyValues(FLAGS_annotation_values(), FLAGS_status_file_values()));
  ABSL_ASSIGN_OR_RETURN(const DescribedDocument manifest,
                        MakeManifest(config, layers, annotations));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(FLAGS_config_out, config));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(FLAGS_descriptor_out,
                                     DescriptorToText(manifest.descriptor)));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(
      FLAGS_digest_out, absl::StrCat(manifest.descriptor.digest, "\n")));
  return WriteFile(manifest_out, manifest.text);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "image_write", "Writes the OCI config and manifest of an image.", argc,
      argv, rules_dockerfile::WriteImage);
}
