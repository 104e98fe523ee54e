// Writes the provenance of an image: docs/supply_chain.md, "Provenance".
#include <map>
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
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/oci/attestation.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/provenance.h"
#include "lib/reference/reference.h"
#include "lib/worker/action_tool.h"
#include "tools/provenance_write/materials.h"

ABSL_FLAG(std::string, image, "", "descriptor of the image's manifest");
RULES_DOCKERFILE_REPEATED_FLAG(name, "reference of the image");
ABSL_FLAG(std::string, dockerfile, "", "the Dockerfile");
ABSL_FLAG(std::string, dockerfile_path, "", "its path in the workspace");
ABSL_FLAG(std::string, target, "", "the stage that is the image");
ABSL_FLAG(std::string, platform, "", "platform of the image");
ABSL_FLAG(std::string, network, "", "network of RUN: none, locked or host");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg, "NAME=VALUE of a build argument");
RULES_DOCKERFILE_REPEATED_FLAG(
    base,
    "JSON: {name, platform} of an image that it was built from, and its "
    "{reference} with a digest, or its {descriptor}, a file");
RULES_DOCKERFILE_REPEATED_FLAG(
    remote,
    "JSON: {uri} of what an ADD fetched, and its {sha256}, or the {file}");
RULES_DOCKERFILE_REPEATED_FLAG(network_lock, "lock of what a RUN fetched");
RULES_DOCKERFILE_REPEATED_FLAG(context_file,
                               "PATH=FILE: file of the build context");
ABSL_FLAG(std::string, context_tar, "", "archive with the build context");
RULES_DOCKERFILE_REPEATED_FLAG(ignore, ".dockerignore file");
RULES_DOCKERFILE_REPEATED_FLAG(
    named_file, "JSON: {context, path, file} of a file of a named context");
ABSL_FLAG(std::string, statement_out, "", "in-toto Statement to write");

namespace rules_dockerfile {
namespace {

absl::Status AddContexts(const std::string& temporary,
                         std::vector<Material>& materials) {
  BuildContextFiles context = {.tar = absl::GetFlag(FLAGS_context_tar),
                               .ignore_files = FLAGS_ignore_values()};
  for (const std::string& flag : FLAGS_context_file_values()) {
    ABSL_ASSIGN_OR_RETURN(context.files.emplace_back(), ParseContextFile(flag));
  }
  if (!context.files.empty() || !context.tar.empty()) {
    ABSL_ASSIGN_OR_RETURN(materials.emplace_back(),
                          ContextMaterial("context", context, temporary));
  }
  std::map<std::string, BuildContextFiles> named;
  for (const std::string& flag : FLAGS_named_file_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedFile file, ParseNamedFile(flag));
    named[file.context].files.push_back(std::move(file.file));
  }
  for (const auto& [name, files] : named) {
    ABSL_ASSIGN_OR_RETURN(
        materials.emplace_back(),
        ContextMaterial(absl::StrCat("context:", name), files, temporary));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Material>> ReadMaterials(
    const std::string& temporary) {
  std::vector<Material> materials;
  for (const std::string& flag : FLAGS_base_values()) {
    ABSL_ASSIGN_OR_RETURN(materials.emplace_back(), BaseMaterial(flag));
  }
  for (const std::string& flag : FLAGS_remote_values()) {
    ABSL_ASSIGN_OR_RETURN(materials.emplace_back(), RemoteMaterial(flag));
  }
  for (const std::string& path : FLAGS_network_lock_values()) {
    ABSL_RETURN_IF_ERROR(AddLockedMaterials(path, materials));
  }
  ABSL_RETURN_IF_ERROR(AddContexts(temporary, materials));
  return materials;
}

// The names that a registry or daemon knows the image by.
absl::StatusOr<std::vector<std::string>> SubjectNames(
    const std::string& platform) {
  std::vector<std::string> names;
  for (const std::string& text : FLAGS_name_values()) {
    ABSL_ASSIGN_OR_RETURN(ImageReference reference, ParseImageReference(text));
    names.push_back(ImagePurl(WithDefaultTag(std::move(reference)), platform));
  }
  return names;
}

absl::Status WriteProvenance() {
  ABSL_ASSIGN_OR_RETURN(const std::string out,
                        RequiredFlag(FLAGS_statement_out));
  ABSL_ASSIGN_OR_RETURN(const std::string image, RequiredFlag(FLAGS_image));
  ABSL_ASSIGN_OR_RETURN(const std::string dockerfile,
                        RequiredFlag(FLAGS_dockerfile));
  ABSL_ASSIGN_OR_RETURN(const Descriptor manifest,
                        ReadParsed(image, ParseDescriptor));
  BuildRecord record = {.dockerfile = absl::GetFlag(FLAGS_dockerfile_path),
                        .target = absl::GetFlag(FLAGS_target),
                        .platform = absl::GetFlag(FLAGS_platform),
                        .network = absl::GetFlag(FLAGS_network),
                        .version = RULES_DOCKERFILE_VERSION};
  ABSL_ASSIGN_OR_RETURN(record.dockerfile_digest, DigestOfFile(dockerfile));
  ABSL_ASSIGN_OR_RETURN(record.build_args,
                        ParseKeyValues(FLAGS_build_arg_values()));
  ABSL_ASSIGN_OR_RETURN(record.materials, ReadMaterials(out));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        SubjectNames(record.platform));
  return WriteFile(
      out, MakeAttestation(kProvenancePredicate, ProvenancePredicate(record),
                           manifest.digest, names)
               .statement);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "provenance_write",
      "Writes what an image was built from, as an in-toto Statement with SLSA "
      "provenance.",
      argc, argv, rules_dockerfile::WriteProvenance);
}
