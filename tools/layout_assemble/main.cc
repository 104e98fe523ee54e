// Assembles an OCI layout or an archive: docs/design/0001_artifacts.md.
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/layout_writer.h"
#include "lib/reference/reference.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/image_list.h"

ABSL_FLAG(std::string, index, "", "image index over several manifests");
ABSL_FLAG(std::string, layout_out, "", "directory to write an OCI layout to");
ABSL_FLAG(std::string, ref_name, "", "tag of the image in the layout");
ABSL_FLAG(std::string, archive_out, "",
          "tar archive to write, for `docker load` and OCI tools");
RULES_DOCKERFILE_REPEATED_FLAG(manifest, "image manifest");
RULES_DOCKERFILE_REPEATED_FLAG(config, "config of a manifest");
RULES_DOCKERFILE_REPEATED_FLAG(blob, "layer blob");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of a blob, in the order of --blob");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "name of the image in the archive");
RULES_DOCKERFILE_REPEATED_FLAG(
    attestation,
    "IMAGE:KIND:FILE: what attests the --manifest at the position, from 0; of "
    "the kind provenance, sbom_cyclonedx or sbom_spdx");
ABSL_FLAG(std::string, attestation_format, "referrers",
          "how the layout has them: referrers, or index, as BuildKit");

namespace rules_dockerfile {
namespace {

absl::Status Assemble() {
  const std::string layout_out = absl::GetFlag(FLAGS_layout_out);
  const std::string archive_out = absl::GetFlag(FLAGS_archive_out);
  if (layout_out.empty() == archive_out.empty()) {
    return absl::InvalidArgumentError(
        "expected one of --layout_out and --archive_out");
  }
  ABSL_ASSIGN_OR_RETURN(
      const LayoutContents contents,
      ReadLayoutFiles(
          {.manifests = FLAGS_manifest_values(),
           .configs = FLAGS_config_values(),
           .descriptors = FLAGS_descriptor_values(),
           .blobs = FLAGS_blob_values(),
           .index = absl::GetFlag(FLAGS_index),
           .attestations = FLAGS_attestation_values(),
           .attestation_format = absl::GetFlag(FLAGS_attestation_format)}));
  if (!layout_out.empty()) {
    return WriteLayout(contents, absl::GetFlag(FLAGS_ref_name), layout_out);
  }
  std::vector<ImageReference> tags;
  for (const std::string& text : FLAGS_tag_values()) {
    ABSL_ASSIGN_OR_RETURN(ImageReference reference, ParseImageReference(text));
    tags.push_back(WithDefaultTag(std::move(reference)));
  }
  return WriteImageArchive({.contents = contents, .tags = tags}, archive_out);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layout_assemble",
      "Assembles an OCI layout, or an archive for docker load.", argc, argv,
      rules_dockerfile::Assemble);
}
