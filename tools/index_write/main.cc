// Writes an OCI image index: docs/design/0001_artifacts.md.
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

ABSL_FLAG(std::string, index_out, "", "index to write");
ABSL_FLAG(std::string, descriptor_out, "", "descriptor of the index to write");
ABSL_FLAG(std::string, digest_out, "", "file to write the index's digest to");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of a manifest, in order");
RULES_DOCKERFILE_REPEATED_FLAG(annotation, "annotation KEY=VALUE");
RULES_DOCKERFILE_REPEATED_FLAG(
    status_file, "file of the workspace status: replaces {KEY} in annotations");

namespace rules_dockerfile {
namespace {

absl::Status WriteIndex() {
  ABSL_ASSIGN_OR_RETURN(const std::string index_out,
                        RequiredFlag(FLAGS_index_out));
  std::vector<Descriptor> manifests;
  for (const std::string& path : FLAGS_descriptor_values()) {
    ABSL_ASSIGN_OR_RETURN(Descriptor manifest,
                          ReadParsed(path, ParseDescriptor));
    manifests.push_back(std::move(manifest));
  }
  ABSL_ASSIGN_OR_RETURN(
      const auto annotations,
      StampedKeyValues(FLAGS_annotation_values(), FLAGS_status_file_values()));
  ABSL_ASSIGN_OR_RETURN(const DescribedDocument index,
                        MakeIndex(manifests, annotations));
  if (const std::string path = absl::GetFlag(FLAGS_descriptor_out);
      !path.empty()) {
    ABSL_RETURN_IF_ERROR(WriteFile(path, DescriptorToText(index.descriptor)));
  }
  if (const std::string path = absl::GetFlag(FLAGS_digest_out); !path.empty()) {
    ABSL_RETURN_IF_ERROR(
        WriteFile(path, absl::StrCat(index.descriptor.digest, "\n")));
  }
  return WriteFile(index_out, index.text);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "index_write", "Writes an OCI image index over manifests.", argc, argv,
      rules_dockerfile::WriteIndex);
}
