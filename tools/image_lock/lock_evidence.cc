#include "tools/image_lock/lock_evidence.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/locked_image.h"
#include "lib/network/network_lock.h"
#include "lib/reference/reference.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/pull_source.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/signature_store.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {
namespace {

// The images of a lock by their full names: each for its platforms.
using ImagesByName = std::map<std::string, std::vector<LockedImage>>;

bool IsWanted(const std::string& image, const LockRequest& request) {
  return absl::c_any_of(request.wanted, [&](const WantedImage& wanted) {
    return ReferenceText(wanted.reference) == LockedImageName(image);
  });
}

ImagesByName WantedImages(const NetworkLock& lock, const LockRequest& request) {
  ImagesByName images;
  for (const LockedImage& image : lock.images) {
    if (IsWanted(image.image, request)) images[image.image].push_back(image);
  }
  return images;
}

std::string RepositoryText(const ImageReference& reference) {
  return ReferenceText(
      {.registry = reference.registry, .repository = reference.repository});
}

absl::StatusOr<PinnedImage> PinnedImageOf(const LockedImage& image) {
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(image.image));
  PinnedImage pinned = {.repository = RepositoryText(reference),
                        .digest = reference.digest,
                        .platform = image.platform,
                        .manifest = image.manifest.digest,
                        .config = image.config.digest};
  for (const LockedLayer& layer : image.layers) {
    pinned.layers.push_back({.blob = {.media_type = layer.blob.media_type,
                                      .digest = layer.blob.digest,
                                      .size = layer.blob.size},
                             .diff_id = layer.diff_id});
  }
  return pinned;
}

// Whether the evidence is good for the image on all of its platforms.
absl::Status VerifyAll(const std::vector<LockedImage>& images,
                       const LockedEvidence& evidence,
                       const SignaturePolicy& policy) {
  for (const LockedImage& image : images) {
    ABSL_ASSIGN_OR_RETURN(const PinnedImage pinned, PinnedImageOf(image));
    ABSL_RETURN_IF_ERROR(VerifyPinnedImage(pinned, evidence, policy));
  }
  return absl::OkStatus();
}

absl::Status AddDocument(const std::string& digest, PullSource& source,
                         LockedEvidence& evidence) {
  ABSL_ASSIGN_OR_RETURN(PulledManifest pulled, source.PullManifest(digest));
  if (!absl::c_linear_search(evidence.documents, pulled.text)) {
    evidence.documents.push_back(std::move(pulled.text));
  }
  return absl::OkStatus();
}

// Pulls the evidence for the image: a signature of what the reference names, or
// one of each platform's manifest.
absl::StatusOr<LockedEvidence> PullEvidence(
    const std::vector<LockedImage>& images, const EvidenceRequest& request,
    FindRegistry find) {
  LockedEvidence evidence = {.image = images[0].image, .policy = request.label};
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(evidence.image));
  ABSL_ASSIGN_OR_RETURN(MirroredRegistry * registry, find(reference.registry));
  MirroredRepository source(*registry, reference.repository);
  std::vector<std::string> digests = {reference.digest};
  for (const LockedImage& image : images) {
    if (absl::c_linear_search(digests, image.manifest.digest)) continue;
    digests.push_back(image.manifest.digest);
  }
  const std::string name = request.policy.signed_as.empty()
                               ? RepositoryText(reference)
                               : request.policy.signed_as;
  absl::Status first = absl::OkStatus();
  for (const std::string& digest : digests) {
    ABSL_RETURN_IF_ERROR(AddDocument(digest, source, evidence));
    // That of the index is one for all platforms.
    if (first.ok() && !evidence.signatures.empty()) continue;
    const absl::StatusOr<std::vector<ImageSignature>> signatures =
        PullSignatures(digest, reference.repository, *registry);
    // What is wrong with the index says more than that nobody can be asked for
    // signatures of manifests.
    if (!signatures.ok()) return first.ok() ? signatures.status() : first;
    const auto found = FindSignature(*signatures, request.policy,
                                     {.reference = name, .digest = digest});
    if (found.ok()) {
      evidence.signatures.push_back(found->first);
    } else if (digest == reference.digest) {
      first = found.status();
    }
  }
  if (VerifyAll(images, evidence, request.policy).ok()) return evidence;
  if (!first.ok()) return first;
  return VerifyAll(images, evidence, request.policy);
}

// Names the images, and what to do about them.
absl::Status InImage(const std::string& image, const absl::Status& status) {
  std::string message =
      absl::StrCat(LockedImageName(image), ": ", status.message());
  if (absl::IsPermissionDenied(status)) {
    absl::StrAppend(&message,
                    "\nhint: check that the key is that of the image's signer "
                    "(`verify`), and the repository that its signatures name "
                    "(`signed_as`)");
  }
  return absl::Status(status.code(), message);
}

const LockedEvidence* FindEvidence(const NetworkLock& lock,
                                   const std::string& image) {
  for (const LockedEvidence& evidence : lock.signatures) {
    if (evidence.image == image) return &evidence;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::vector<LockedEvidence>> UpdateEvidence(
    const NetworkLock& lock, const LockRequest& request,
    const std::optional<EvidenceRequest>& evidence, FindRegistry find,
    std::vector<std::string>& lines) {
  std::map<std::string, LockedEvidence> updated;
  for (const LockedImage& image : lock.images) {
    const LockedEvidence* const known = FindEvidence(lock, image.image);
    if (known != nullptr && !IsWanted(image.image, request)) {
      updated[image.image] = *known;
    }
  }
  if (evidence.has_value()) {
    for (const auto& [name, images] : WantedImages(lock, request)) {
      const LockedEvidence* const known = FindEvidence(lock, name);
      if (known != nullptr && known->policy == evidence->label &&
          VerifyAll(images, *known, evidence->policy).ok()) {
        updated[name] = *known;
        continue;
      }
      absl::StatusOr<LockedEvidence> pulled =
          PullEvidence(images, *evidence, find);
      if (!pulled.ok()) return InImage(name, pulled.status());
      updated[name] = *std::move(pulled);
      lines.push_back(absl::StrCat(LockedImageName(name), ": signed by ",
                                   KeyNames(evidence->policy)));
    }
  }
  std::vector<LockedEvidence> all;
  for (auto& [name, item] : updated) all.push_back(std::move(item));
  return all;
}

std::vector<std::string> CheckEvidence(
    const NetworkLock& lock, const LockRequest& request,
    const std::optional<EvidenceRequest>& evidence) {
  std::vector<std::string> lines;
  if (!evidence.has_value()) return lines;
  for (const auto& [name, images] : WantedImages(lock, request)) {
    const LockedEvidence* const known = FindEvidence(lock, name);
    absl::Status status = VerifyAll(
        images, known == nullptr ? LockedEvidence() : *known, evidence->policy);
    if (status.ok() && known->policy != evidence->label) {
      status = absl::InvalidArgumentError(
          absl::StrCat("expected the policy \"", evidence->label, "\", got \"",
                       known->policy, "\""));
    }
    if (!status.ok()) {
      lines.push_back(
          absl::StrCat(LockedImageName(name), ": ", status.message()));
    }
  }
  return lines;
}

}  // namespace rules_dockerfile
