// Checks that an image of a registry is signed.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/network/locked_evidence.h"
#include "lib/reference/reference.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/pull_source.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/signature_store.h"
#include "tools/flags/mirror_flags.h"
#include "tools/flags/registry_flags.h"

ABSL_FLAG(std::string, reference, "",
          "image to check: [registry/]repository[:tag][@digest]");
RULES_DOCKERFILE_REPEATED_FLAG(key,
                               "public key in PEM; one has to have signed");
ABSL_FLAG(std::string, signed_as, "",
          "repository that the signature names; default: that of --reference");

namespace rules_dockerfile {
namespace {

// Finds out what a tag names, and then checks that.
absl::Status Check(ImageReference reference) {
  ABSL_ASSIGN_OR_RETURN(
      const SignaturePolicy policy,
      ReadSignaturePolicy(FLAGS_key_values(), absl::GetFlag(FLAGS_signed_as)));
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<MirroredRegistry> registry,
                        RegistryFromFlags(reference.registry, *transport));
  MirroredRepository source(*registry, reference.repository);
  ABSL_ASSIGN_OR_RETURN(
      const PulledManifest root,
      source.PullManifest(reference.digest.empty() ? reference.tag
                                                   : reference.digest));
  reference.digest = root.descriptor.digest;
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<ImageSignature> signatures,
      PullSignatures(reference.digest, reference.repository, *registry));
  const SigningPayload expected = {
      .reference = policy.signed_as.empty()
                       ? ReferenceText({.registry = reference.registry,
                                        .repository = reference.repository})
                       : policy.signed_as,
      .digest = reference.digest};
  ABSL_ASSIGN_OR_RETURN(const auto found,
                        FindSignature(signatures, policy, expected));
  reference.tag.clear();  // no tag is signed
  std::printf("%s is signed by \"%s\"\n", FamiliarText(reference).c_str(),
              found.second.c_str());
  return absl::OkStatus();
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string name, RequiredFlag(FLAGS_reference));
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(name));
  const absl::Status checked = Check(WithDefaultTag(reference));
  if (checked.ok()) return checked;
  return absl::Status(checked.code(),
                      absl::StrCat(name, ": ", checked.message()));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_verify",
      "Checks that an image of a registry is signed, with the credentials of "
      "`docker login`.",
      argc, argv, rules_dockerfile::Run);
}
