#ifndef TOOLS_IMAGE_PUSH_SIGN_PUSHED_H_
#define TOOLS_IMAGE_PUSH_SIGN_PUSHED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/oci/descriptor.h"
#include "lib/reference/reference.h"
#include "lib/registry/clients.h"
#include "lib/signature/signer.h"

namespace rules_dockerfile {

// An image that is to be signed in a repository that has it.
struct PushedImage {
  Descriptor root;  // manifest or index
  ImageReference repository;
  Signer signer;
};

// Signs each image by its digest, once in each repository by each program.
// Returns the names of what was signed, with digests, in order; with `dry_run`
// those that would be, and runs no program. Errors begin with the name of the
// image: AskSigner(), PushSignature().
absl::StatusOr<std::vector<std::string>> SignPushed(
    const std::vector<PushedImage>& images, bool dry_run,
    RegistryClients& clients);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_PUSH_SIGN_PUSHED_H_
