#include "tools/image_push/sign_pushed.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/signature/signature_store.h"
#include "lib/signature/signer.h"

namespace rules_dockerfile {
namespace {

absl::Status Sign(const PushedImage& image, RegistryClients& clients) {
  ABSL_ASSIGN_OR_RETURN(RegistryClient* const client,
                        clients.Get(image.repository));
  ABSL_ASSIGN_OR_RETURN(
      const SigningAnswer answer,
      AskSigner(image.signer, {.reference = ReferenceText(
                                   {.registry = image.repository.registry,
                                    .repository = image.repository.repository}),
                               .digest = image.root.digest,
                               .media_type = image.root.media_type}));
  return PushSignature(answer, image.root, *client);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SignPushed(
    const std::vector<PushedImage>& images, bool dry_run,
    RegistryClients& clients) {
  std::vector<std::string> names;
  std::set<std::pair<std::string, std::string>> known;
  for (const PushedImage& image : images) {
    const std::string name =
        FamiliarText({.registry = image.repository.registry,
                      .repository = image.repository.repository,
                      .digest = image.root.digest});
    if (!known.emplace(name, image.signer.program).second) continue;
    if (!dry_run) {
      const absl::Status status = Sign(image, clients);
      if (!status.ok()) {
        return absl::Status(
            status.code(),
            absl::StrCat(name, ": ", status.message(),
                         "\nhint: the image is pushed, but not signed: push "
                         "again"));
      }
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace rules_dockerfile
