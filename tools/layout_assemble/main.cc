// Assembles an OCI layout or an archive: docs/design/0001_artifacts.md.
#include <cstddef>
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
#include "lib/oci/layout_writer.h"
#include "lib/oci/reference.h"

ABSL_FLAG(std::string, index, "", "image index over several manifests");
ABSL_FLAG(std::string, layout_out, "", "directory to write an OCI layout to");
ABSL_FLAG(std::string, ref_name, "",
          "tag by which readers of the layout find the image");
ABSL_FLAG(std::string, archive_out, "",
          "tar archive to write, for `docker load` and OCI tools");
RULES_DOCKERFILE_REPEATED_FLAG(manifest, "image manifest");
RULES_DOCKERFILE_REPEATED_FLAG(config, "config of a manifest");
RULES_DOCKERFILE_REPEATED_FLAG(blob, "layer blob");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of a blob, in the order of --blob");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "name of the image in the archive");

namespace rules_dockerfile {
namespace {

absl::StatusOr<LayoutContents> ReadContents() {
  LayoutContents contents;
  for (const std::string& path : FLAGS_manifest_values()) {
    ABSL_ASSIGN_OR_RETURN(contents.manifests.emplace_back(), ReadFile(path));
  }
  for (const std::string& path : FLAGS_config_values()) {
    ABSL_ASSIGN_OR_RETURN(contents.configs.emplace_back(), ReadFile(path));
  }
  const std::vector<std::string>& blobs = FLAGS_blob_values();
  const std::vector<std::string>& descriptors = FLAGS_descriptor_values();
  if (blobs.size() != descriptors.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        blobs.size(), " blobs, but ", descriptors.size(), " descriptors"));
  }
  for (size_t i = 0; i < blobs.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const LayerDescriptor layer,
                          ReadParsed(descriptors[i], ParseLayerDescriptor));
    contents.layers.push_back({.path = blobs[i], .descriptor = layer.blob});
  }
  if (const std::string path = absl::GetFlag(FLAGS_index); !path.empty()) {
    ABSL_ASSIGN_OR_RETURN(contents.index, ReadFile(path));
  }
  return contents;
}

absl::Status Assemble() {
  const std::string layout_out = absl::GetFlag(FLAGS_layout_out);
  const std::string archive_out = absl::GetFlag(FLAGS_archive_out);
  if (layout_out.empty() == archive_out.empty()) {
    return absl::InvalidArgumentError(
        "want one of --layout_out and --archive_out");
  }
  ABSL_ASSIGN_OR_RETURN(const LayoutContents contents, ReadContents());
  if (!layout_out.empty()) {
    return WriteLayout(contents, absl::GetFlag(FLAGS_ref_name), layout_out);
  }
  std::vector<Reference> tags;
  for (const std::string& text : FLAGS_tag_values()) {
    ABSL_ASSIGN_OR_RETURN(Reference reference, ParseReference(text));
    tags.push_back(WithDefaultTag(std::move(reference)));
  }
  return WriteImageArchive(contents, tags, archive_out);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "layout_assemble",
      "Assembles an OCI layout, or an archive that docker load takes.", argc,
      argv, rules_dockerfile::Assemble);
}
