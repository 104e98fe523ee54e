// Checks that a locked base image is signed, before an action uses it:
// docs/supply_chain.md, "Verify a base image".
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
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/reference/reference.h"
#include "lib/signature/image_signature.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, reference, "",
          "name of the image in the lock, with its digest");
ABSL_FLAG(std::string, manifest, "", "digest of the platform's manifest");
ABSL_FLAG(std::string, platform, "", "platform that the image was locked for");
ABSL_FLAG(std::string, evidence, "",
          "signatures and documents of the lock, in JSON");
RULES_DOCKERFILE_REPEATED_FLAG(key,
                               "public key in PEM; one has to have signed");
ABSL_FLAG(std::string, signed_as, "",
          "repository that the signature names; default: that of --reference");
ABSL_FLAG(std::string, lock_command, "", "command that locks, for messages");
ABSL_FLAG(std::string, config, "", "config of the image");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor, "layer descriptor, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "layer index, base first");
ABSL_FLAG(std::string, config_out, "", "the config, if the image is signed");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor_out,
                               "the layer descriptor, if the image is signed");
RULES_DOCKERFILE_REPEATED_FLAG(index_out,
                               "the layer index, if the image is signed");

namespace rules_dockerfile {
namespace {

absl::StatusOr<LockedEvidence> ReadEvidence() {
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_evidence));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  return LockedEvidenceFromJson(JsonNode(json));
}

// Config and layers as the build has them.
absl::StatusOr<PinnedImage> ReadImage(const ImageReference& reference) {
  PinnedImage image = {
      .repository = ReferenceText(
          {.registry = reference.registry, .repository = reference.repository}),
      .digest = reference.digest};
  ABSL_ASSIGN_OR_RETURN(image.manifest, RequiredFlag(FLAGS_manifest));
  ABSL_ASSIGN_OR_RETURN(image.platform, RequiredFlag(FLAGS_platform));
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_config));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  image.config = DigestOf(text);
  for (const std::string& file : FLAGS_descriptor_values()) {
    ABSL_ASSIGN_OR_RETURN(image.layers.emplace_back(),
                          ReadParsed(file, ParseLayerDescriptor));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        ReadParsed(path, ParseImageConfig));
  ABSL_RETURN_IF_ERROR(CheckPinnedConfig(image, config));
  return image;
}

absl::Status Copy(const std::vector<std::string>& from,
                  const std::vector<std::string>& to) {
  if (from.size() != to.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected as many outputs as inputs, got ", to.size(),
                     " of ", from.size()));
  }
  for (size_t i = 0; i < from.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(from[i]));
    ABSL_RETURN_IF_ERROR(WriteFile(to[i], file.contents()));
  }
  return absl::OkStatus();
}

absl::Status Verify(const ImageReference& reference) {
  ABSL_ASSIGN_OR_RETURN(
      const SignaturePolicy policy,
      ReadSignaturePolicy(FLAGS_key_values(), absl::GetFlag(FLAGS_signed_as)));
  ABSL_ASSIGN_OR_RETURN(const LockedEvidence evidence, ReadEvidence());
  ABSL_ASSIGN_OR_RETURN(const PinnedImage image, ReadImage(reference));
  return VerifyPinnedImage(image, evidence, policy);
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string name, RequiredFlag(FLAGS_reference));
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(name));
  const absl::Status verified = Verify(reference);
  if (!verified.ok()) {
    return absl::Status(
        verified.code(),
        absl::StrCat(
            name, ": ", verified.message(),
            "\nhint: after a change of the keys or of the image, run `",
            absl::GetFlag(FLAGS_lock_command), "`"));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string config_out,
                        RequiredFlag(FLAGS_config_out));
  ABSL_RETURN_IF_ERROR(Copy({absl::GetFlag(FLAGS_config)}, {config_out}));
  ABSL_RETURN_IF_ERROR(
      Copy(FLAGS_descriptor_values(), FLAGS_descriptor_out_values()));
  return Copy(FLAGS_index_values(), FLAGS_index_out_values());
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "base_verify",
      "Checks that a locked base image is signed, without the network, and "
      "hands on what the build needs of it.",
      argc, argv, rules_dockerfile::Run);
}
