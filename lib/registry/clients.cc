#include "lib/registry/clients.h"

#include <memory>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

absl::StatusOr<RegistryClient*> RegistryClients::Get(
    const ImageReference& reference) {
  const absl::MutexLock lock(mutex_);
  std::unique_ptr<RegistrySession>& session = sessions_[reference.registry];
  if (session == nullptr) {
    ABSL_ASSIGN_OR_RETURN(SessionOptions options,
                          find_options_(reference.registry));
    session = std::make_unique<RegistrySession>(std::move(options), *transport_,
                                                credentials_);
  }
  std::unique_ptr<RegistryClient>& client =
      clients_[{reference.registry, reference.repository}];
  if (client == nullptr) {
    client = std::make_unique<RegistryClient>(*session, reference.repository);
  }
  return client.get();
}

}  // namespace rules_dockerfile
