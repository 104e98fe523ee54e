#include "lib/signature/signature_store.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/referrers.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/signer.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxPayload = int64_t{64} << 10;
constexpr size_t kMaxSignature = size_t{16} << 10;

absl::Status TooMany(size_t count) {
  return absl::ResourceExhaustedError(
      absl::StrCat("expected at most ", kMaxSignatures,
                   " signatures of one image, got ", count));
}

// The signatures that a manifest names, with all of their annotations.
absl::StatusOr<std::vector<ArtifactBlob>> PullBlobs(
    const PulledManifest& pulled, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const ArtifactManifest manifest,
                        ParseArtifactManifest(pulled.text));
  if (manifest.layers.size() > kMaxSignatures) {
    return TooMany(manifest.layers.size());
  }
  std::vector<ArtifactBlob> blobs;
  for (const Descriptor& layer : manifest.layers) {
    if (layer.media_type != kSimpleSigningMediaType) continue;
    if (layer.size > kMaxPayload) {
      return absl::ResourceExhaustedError(
          absl::StrCat("payload \"", layer.digest, "\": expected at most ",
                       kMaxPayload, " bytes, got ", layer.size));
    }
    ABSL_ASSIGN_OR_RETURN(std::string bytes, client.ReadBlob(layer));
    blobs.push_back({.media_type = layer.media_type,
                     .bytes = std::move(bytes),
                     .annotations = layer.annotations});
  }
  return blobs;
}

// Those of the tag; none if it is not there.
absl::StatusOr<std::vector<ArtifactBlob>> PullTagged(const std::string& digest,
                                                     RegistryClient& client) {
  const absl::StatusOr<PulledManifest> pulled =
      client.PullManifest(SignatureTag(digest));
  if (absl::IsNotFound(pulled.status())) return std::vector<ArtifactBlob>();
  ABSL_RETURN_IF_ERROR(pulled.status());
  return PullBlobs(*pulled, client);
}

absl::StatusOr<std::vector<ArtifactBlob>> PullReferring(
    const std::string& digest, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Descriptor> referrers,
                        ListReferrers(digest, client));
  std::vector<ArtifactBlob> blobs;
  for (const Descriptor& referrer : referrers) {
    if (referrer.artifact_type != kSignatureArtifactType) continue;
    ABSL_ASSIGN_OR_RETURN(const PulledManifest pulled,
                          client.PullManifest(referrer));
    ABSL_ASSIGN_OR_RETURN(const std::vector<ArtifactBlob> more,
                          PullBlobs(pulled, client));
    blobs.insert(blobs.end(), more.begin(), more.end());
    if (blobs.size() > kMaxSignatures) return TooMany(blobs.size());
  }
  return blobs;
}

// The config that cosign gives the manifest under the tag: that of an image
// whose layers are the payloads.
std::string ConfigText(const std::vector<ArtifactBlob>& blobs) {
  Json json;
  json["architecture"] = "";
  json["os"] = "";
  json["config"] = Json::object();
  json["rootfs"]["type"] = "layers";
  json["rootfs"]["diff_ids"] = Json::array();
  for (const ArtifactBlob& blob : blobs) {
    json["rootfs"]["diff_ids"].push_back(DigestOf(blob.bytes));
  }
  return json.dump();
}

ArtifactBlob BlobOf(const SigningAnswer& answer) {
  ArtifactBlob blob = {.media_type = std::string(kSimpleSigningMediaType),
                       .bytes = answer.payload,
                       .annotations = answer.annotations};
  blob.annotations[std::string(kSignatureAnnotation)] =
      absl::Base64Escape(answer.signature);
  return blob;
}

bool IsSame(const ArtifactBlob& a, const ArtifactBlob& b) {
  return a.bytes == b.bytes && a.annotations == b.annotations;
}

absl::Status PushTagged(const ArtifactBlob& blob, const std::string& digest,
                        RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(std::vector<ArtifactBlob> blobs,
                        PullTagged(digest, client));
  const bool is_there = absl::c_any_of(
      blobs, [&](const ArtifactBlob& known) { return IsSame(known, blob); });
  if (is_there) return absl::OkStatus();
  if (blobs.size() >= kMaxSignatures) {
    return absl::ResourceExhaustedError(
        absl::StrCat("tag \"", SignatureTag(digest), "\" has ", blobs.size(),
                     " signatures: expected less\nhint: delete the tag, then "
                     "sign again"));
  }
  blobs.push_back(blob);
  const Artifact artifact = MakeArtifact(
      {.config = ArtifactBlob{.media_type = std::string(kOciConfigMediaType),
                              .bytes = ConfigText(blobs)},
       .blobs = blobs});
  return PushArtifact(artifact, {SignatureTag(digest)}, client);
}

}  // namespace

std::string SignatureTag(absl::string_view digest) {
  return absl::StrCat("sha256-", DigestHex(digest), ".sig");
}

absl::Status PushSignature(const SigningAnswer& answer,
                           const Descriptor& subject, RegistryClient& client) {
  const ArtifactBlob blob = BlobOf(answer);
  ABSL_RETURN_IF_ERROR(PushTagged(blob, subject.digest, client));
  const Artifact referrer =
      MakeArtifact({.artifact_type = std::string(kSignatureArtifactType),
                    .blobs = {blob},
                    .subject = Descriptor{.media_type = subject.media_type,
                                          .digest = subject.digest,
                                          .size = subject.size}});
  return PushArtifact(referrer, {}, client);
}

absl::StatusOr<std::vector<ImageSignature>> PullSignatures(
    const std::string& digest, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(std::vector<ArtifactBlob> blobs,
                        PullTagged(digest, client));
  ABSL_ASSIGN_OR_RETURN(const std::vector<ArtifactBlob> more,
                        PullReferring(digest, client));
  blobs.insert(blobs.end(), more.begin(), more.end());
  std::vector<ImageSignature> signatures;
  for (const ArtifactBlob& blob : blobs) {
    const auto text = blob.annotations.find(std::string(kSignatureAnnotation));
    ImageSignature signature = {.payload = blob.bytes};
    // What is no signature is not one that is valid, either.
    if (text == blob.annotations.end() || text->second.size() > kMaxSignature ||
        !absl::Base64Unescape(text->second, &signature.signature)) {
      continue;
    }
    if (absl::c_linear_search(signatures, signature)) continue;
    signatures.push_back(std::move(signature));
  }
  if (signatures.empty()) {
    return absl::NotFoundError(absl::StrCat("no signature of ", digest));
  }
  if (signatures.size() > kMaxSignatures) return TooMany(signatures.size());
  return signatures;
}

absl::StatusOr<std::vector<ImageSignature>> PullSignatures(
    const std::string& digest, const std::string& repository,
    MirroredRegistry& registry) {
  std::vector<ImageSignature> signatures;
  const absl::Status pulled = registry.FirstGood(
      repository, [&](RegistryClient& client) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(signatures, PullSignatures(digest, client));
        return absl::OkStatus();
      });
  if (!pulled.ok() && !absl::IsNotFound(pulled)) return pulled;
  return signatures;
}

}  // namespace rules_dockerfile
