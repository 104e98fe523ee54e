// Writes an OCI image manifest: docs/design/0001_artifacts.md.
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/make_manifest.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/stamp.h"

ABSL_FLAG(std::string, config, "", "image config");
ABSL_FLAG(std::string, manifest_out, "", "manifest to write");
ABSL_FLAG(std::string, descriptor_out, "",
          "descriptor of the manifest to write");
ABSL_FLAG(std::string, digest_out, "",
          "file to write the manifest's digest to");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor, "descriptor of a layer, base first");
RULES_DOCKERFILE_REPEATED_FLAG(annotation, "annotation KEY=VALUE");
RULES_DOCKERFILE_REPEATED_FLAG(
    status_file, "file of the workspace status: replaces {KEY} in annotations");

namespace rules_dockerfile {
namespace {

absl::Status WriteManifest() {
  ABSL_ASSIGN_OR_RETURN(const std::string config_path,
                        RequiredFlag(FLAGS_config));
  ABSL_ASSIGN_OR_RETURN(const std::string manifest_out,
                        RequiredFlag(FLAGS_manifest_out));
  ABSL_ASSIGN_OR_RETURN(const std::string config, ReadFile(config_path));
  std::vector<LayerDescriptor> layers;
  for (const std::string& path : FLAGS_descriptor_values()) {
    ABSL_ASSIGN_OR_RETURN(LayerDescriptor layer,
                          ReadParsed(path, ParseLayerDescriptor));
    layers.push_back(std::move(layer));
  }
  ABSL_ASSIGN_OR_RETURN(
      const auto annotations,
      StampedKeyValues(FLAGS_annotation_values(), FLAGS_status_file_values()));
  ABSL_ASSIGN_OR_RETURN(const DescribedDocument manifest,
                        MakeManifest(config, layers, annotations));
  if (const std::string path = absl::GetFlag(FLAGS_descriptor_out);
      !path.empty()) {
    ABSL_RETURN_IF_ERROR(
        WriteFile(path, DescriptorToText(manifest.descriptor)));
  }
  if (const std::string path = absl::GetFlag(FLAGS_digest_out); !path.empty()) {
    ABSL_RETURN_IF_ERROR(
        WriteFile(path, absl::StrCat(manifest.descriptor.digest, "\n")));
  }
  return WriteFile(manifest_out, manifest.text);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool("manifest_write",
                                         "Writes an OCI image manifest.", argc,
                                         argv, rules_dockerfile::WriteManifest);
}
