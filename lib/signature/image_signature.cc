#include "lib/signature/image_signature.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/clean_path.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/digest/digest.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/signature/public_key.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

// The name of the key that verifies the signature; "" if none does.
std::string KeyOf(const ImageSignature& signature,
                  const SignaturePolicy& policy) {
  for (const auto& [name, key] : policy.keys) {
    if (key.Verifies(signature.payload, signature.signature)) return name;
  }
  return "";
}

// What is wrong with the payload of a signature that a key has verified; "" if
// it is the expected one.
std::string Difference(const ImageSignature& signature,
                       const SigningPayload& expected) {
  const absl::StatusOr<SigningPayload> payload =
      ParseSigningPayload(signature.payload);
  if (!payload.ok()) {
    return absl::StrCat("has another payload: ", payload.status().message());
  }
  if (payload->digest != expected.digest) {
    return absl::StrCat("is of another image: ", payload->digest);
  }
  if (payload->reference != expected.reference) {
    return absl::StrCat("is of another repository: ", payload->reference);
  }
  return "";
}

// The document with the digest.
absl::StatusOr<absl::string_view> FindDocument(const LockedEvidence& evidence,
                                               absl::string_view digest) {
  for (const std::string& document : evidence.documents) {
    if (DigestOf(document) == digest) return document;
  }
  return absl::DataLossError(absl::StrCat(
      "expected the document ", digest, " among those of the lock, got ",
      evidence.documents.size(), " others"));
}

absl::Status CheckListed(absl::string_view index_text,
                         const PinnedImage& image) {
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(index_text));
  const bool is_listed =
      absl::c_any_of(index.manifests, [&](const Descriptor& manifest) {
        return manifest.digest == image.manifest && !IsAttestation(manifest);
      });
  if (is_listed) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the index ", image.digest,
                                          " does not list the manifest ",
                                          image.manifest));
}

// What a manifest and a lock have to agree on: "sha256:… (7 bytes, gzip)".
absl::StatusOr<std::string> LayerText(const Descriptor& layer) {
  ABSL_ASSIGN_OR_RETURN(const Codec codec, LayerCodecOf(layer.media_type));
  return absl::StrCat(layer.digest, " (", layer.size, " bytes, ",
                      CodecName(codec), ")");
}

absl::Status CheckContents(absl::string_view manifest_text,
                           const PinnedImage& image) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ParseManifest(manifest_text));
  if (manifest.config.digest != image.config) {
    return absl::DataLossError(
        absl::StrCat("the manifest ", image.manifest, " has the config ",
                     manifest.config.digest, ", the lock has ", image.config));
  }
  std::vector<std::string> layers;
  for (const Descriptor& layer : manifest.layers) {
    ABSL_ASSIGN_OR_RETURN(layers.emplace_back(), LayerText(layer));
  }
  std::vector<std::string> locked;
  for (const LayerDescriptor& layer : image.layers) {
    ABSL_ASSIGN_OR_RETURN(locked.emplace_back(), LayerText(layer.blob));
  }
  if (layers != locked) {
    return absl::DataLossError(
        absl::StrCat("the manifest ", image.manifest, " has the layers [",
                     absl::StrJoin(layers, ", "), "], the lock has [",
                     absl::StrJoin(locked, ", "), "]"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SignaturePolicy> ReadSignaturePolicy(
    absl::Span<const std::string> key_paths, const std::string& signed_as) {
  SignaturePolicy policy;
  for (const std::string& path : key_paths) {
    ABSL_ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
    absl::StatusOr<PublicKey> key = PublicKey::Parse(pem);
    if (!key.ok()) {
      return absl::Status(
          key.status().code(),
          absl::StrCat("\"", path, "\": ", key.status().message()));
    }
    policy.keys.emplace_back(PathBase(path), *std::move(key));
  }
  if (policy.keys.empty()) {
    return absl::InvalidArgumentError("expected a public key, got none");
  }
  if (signed_as.empty()) return policy;
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(signed_as));
  policy.signed_as = ReferenceText(
      {.registry = reference.registry, .repository = reference.repository});
  return policy;
}

std::string KeyNames(const SignaturePolicy& policy) {
  return absl::StrJoin(policy.keys, " or ",
                       [](std::string* out, const auto& key) {
                         absl::StrAppend(out, "\"", key.first, "\"");
                       });
}

absl::StatusOr<std::pair<ImageSignature, std::string>> FindSignature(
    absl::Span<const ImageSignature> signatures, const SignaturePolicy& policy,
    const SigningPayload& expected) {
  std::string error =
      absl::StrCat("expected a signature of ", expected.reference, "@",
                   expected.digest, " by ", KeyNames(policy), ", got ");
  if (signatures.empty()) {
    return absl::PermissionDeniedError(absl::StrCat(error, "none"));
  }
  if (signatures.size() > kMaxSignatures) {
    return absl::ResourceExhaustedError(
        absl::StrCat("expected at most ", kMaxSignatures,
                     " signatures of one image, got ", signatures.size()));
  }
  absl::StrAppend(&error, signatures.size(),
                  signatures.size() == 1 ? " other" : " others");
  for (size_t i = 0; i < signatures.size(); ++i) {
    std::string key = KeyOf(signatures[i], policy);
    // What nobody has signed is not even parsed.
    const std::string difference = key.empty()
                                       ? std::string("is by none of these keys")
                                       : Difference(signatures[i], expected);
    if (difference.empty()) return std::pair(signatures[i], std::move(key));
    absl::StrAppend(&error, "\nsignature ", i + 1, " ", difference);
  }
  return absl::PermissionDeniedError(error);
}

absl::Status VerifyPinnedImage(const PinnedImage& image,
                               const LockedEvidence& evidence,
                               const SignaturePolicy& policy) {
  const std::string& name =
      policy.signed_as.empty() ? image.repository : policy.signed_as;
  absl::Status signed_status =
      FindSignature(evidence.signatures, policy,
                    {.reference = name, .digest = image.digest})
          .status();
  if (!signed_status.ok() && image.manifest != image.digest &&
      FindSignature(evidence.signatures, policy,
                    {.reference = name, .digest = image.manifest})
          .ok()) {
    signed_status = absl::OkStatus();
  }
  ABSL_RETURN_IF_ERROR(signed_status);
  if (image.manifest != image.digest) {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view index,
                          FindDocument(evidence, image.digest));
    ABSL_RETURN_IF_ERROR(CheckListed(index, image));
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view manifest,
                        FindDocument(evidence, image.manifest));
  return CheckContents(manifest, image);
}

absl::Status CheckPinnedConfig(const PinnedImage& image,
                               const ImageConfig& config) {
  ABSL_ASSIGN_OR_RETURN(const Platform platform, ParsePlatform(image.platform));
  if (config.platform.os != platform.os ||
      config.platform.architecture != platform.architecture) {
    return absl::DataLossError(absl::StrCat("expected an image for ",
                                            image.platform, ", got one for ",
                                            PlatformText(config.platform)));
  }
  std::vector<std::string> diff_ids;
  for (const LayerDescriptor& layer : image.layers) {
    diff_ids.push_back(layer.diff_id);
  }
  if (diff_ids == config.diff_ids) return absl::OkStatus();
  return absl::DataLossError(
      "the lock has other diff_ids than the config of the image");
}

}  // namespace rules_dockerfile
