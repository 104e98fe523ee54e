// Writes what packages an image has: inventory, SPDX, CycloneDX.
#include <cstddef>
#include <deque>
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
#include "lib/layer/layer_index.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/sbom/describe_image.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sbom_document.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, name, "", "name of the image");
ABSL_FLAG(std::string, manifest_descriptor, "", "descriptor of the manifest");
ABSL_FLAG(std::string, config, "", "image config");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor, "descriptor of each layer");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "tar of each layer, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "index of each layer");
RULES_DOCKERFILE_REPEATED_FLAG(
    origin, "DOCKERFILE:LINE of the instruction of each of the last layers");
ABSL_FLAG(bool, file_digests, false,
          "list the files of the image with their digests");
ABSL_FLAG(std::string, inventory_out, "", "inventory to write");
ABSL_FLAG(std::string, spdx_out, "", "document of SPDX 2.3 to write");
ABSL_FLAG(std::string, cyclonedx_out, "", "document of CycloneDX 1.6 to write");

namespace rules_dockerfile {
namespace {

absl::StatusOr<DescribedImage> ReadImage(std::deque<MappedFile>& tars) {
  DescribedImage image = {.name = absl::GetFlag(FLAGS_name),
                          .origins = FLAGS_origin_values()};
  ABSL_ASSIGN_OR_RETURN(const std::string descriptor_path,
                        RequiredFlag(FLAGS_manifest_descriptor));
  ABSL_ASSIGN_OR_RETURN(const std::string descriptor,
                        ReadFile(descriptor_path));
  ABSL_ASSIGN_OR_RETURN(const Descriptor manifest, ParseDescriptor(descriptor));
  image.digest = manifest.digest;
  ABSL_ASSIGN_OR_RETURN(const std::string config_path,
                        RequiredFlag(FLAGS_config));
  ABSL_ASSIGN_OR_RETURN(const std::string config, ReadFile(config_path));
  ABSL_ASSIGN_OR_RETURN(image.config, ParseImageConfig(config));
  for (const std::string& path : FLAGS_descriptor_values()) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    ABSL_ASSIGN_OR_RETURN(LayerDescriptor layer, ParseLayerDescriptor(text));
    image.descriptors.push_back(std::move(layer));
  }
  const std::vector<std::string>& indexes = FLAGS_index_values();
  const std::vector<std::string>& layers = FLAGS_layer_values();
  if (indexes.size() != layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an index for each of ", layers.size(),
                     " layers, got ", indexes.size()));
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(MappedFile tar, MappedFile::Open(layers[i]));
    tars.push_back(std::move(tar));
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(indexes[i]));
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
    index.snapshot.clear();  // the image does not have it
    image.layers.push_back(
        {.index = std::move(index), .tar = tars.back().contents()});
  }
  return image;
}

absl::Status WriteIfNamed(const std::string& path, const std::string& text) {
  return path.empty() ? absl::OkStatus() : WriteFile(path, text);
}

absl::Status WriteSbom() {
  std::deque<MappedFile> tars;
  ABSL_ASSIGN_OR_RETURN(const DescribedImage image, ReadImage(tars));
  ABSL_ASSIGN_OR_RETURN(const Inventory inventory, DescribeImage(image));
  std::vector<SbomFile> files;
  if (absl::GetFlag(FLAGS_file_digests)) {
    ABSL_ASSIGN_OR_RETURN(files, DigestFiles(image.layers));
  }
  ABSL_RETURN_IF_ERROR(WriteIfNamed(absl::GetFlag(FLAGS_inventory_out),
                                    InventoryToText(inventory)));
  ABSL_RETURN_IF_ERROR(WriteIfNamed(absl::GetFlag(FLAGS_spdx_out),
                                    SpdxDocument(inventory, files)));
  return WriteIfNamed(absl::GetFlag(FLAGS_cyclonedx_out),
                      CycloneDxDocument(inventory, files));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "sbom_write",
      "Lists the packages of an image, with the layer and the line of the "
      "Dockerfile that brought each: as an inventory, and as SPDX and "
      "CycloneDX documents.",
      argc, argv, rules_dockerfile::WriteSbom);
}
