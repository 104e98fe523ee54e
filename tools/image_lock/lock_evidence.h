#ifndef TOOLS_IMAGE_LOCK_LOCK_EVIDENCE_H_
#define TOOLS_IMAGE_LOCK_LOCK_EVIDENCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/network_lock.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/signature/image_signature.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {

// Who has to have signed the images that are wanted.
struct EvidenceRequest {
  std::string label;  // of the target with the keys: "//a:debian.verify"
  SignaturePolicy policy;
};

// The open registry of the name.
using FindRegistry =
    absl::FunctionRef<absl::StatusOr<MirroredRegistry*>(const std::string&)>;

// The evidence for the images of `lock`, sorted by image. What is wanted has
// evidence if `evidence` is given, else none; that of the others stays.
// Evidence that is good for all platforms is kept without a request; else the
// documents and signatures are pulled, and only signatures that are good get
// into the lock. Adds a line `docker.io/library/debian:12: signed by "k.pub"`
// for each image.
//
// Errors begin with the name of the image: VerifyPinnedImage() with a hint,
// PullSignatures() and those of a pull.
absl::StatusOr<std::vector<LockedEvidence>> UpdateEvidence(
    const NetworkLock& lock, const LockRequest& request,
    const std::optional<EvidenceRequest>& evidence, FindRegistry find,
    std::vector<std::string>& lines);

// A line for each image that is wanted, and whose evidence in the lock is not
// good. Asks nobody.
std::vector<std::string> CheckEvidence(
    const NetworkLock& lock, const LockRequest& request,
    const std::optional<EvidenceRequest>& evidence);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOCK_LOCK_EVIDENCE_H_
