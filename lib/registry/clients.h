#ifndef LIB_REGISTRY_CLIENTS_H_
#define LIB_REGISTRY_CLIENTS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lib/http/transport.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// Clients of repositories; those of one registry share a session, and so a
// login. Thread-safe.
class RegistryClients {
 public:
  // How to talk to a registry.
  using FindOptions = std::function<absl::StatusOr<SessionOptions>(
      const std::string& registry)>;

  // `transport` must outlive the clients.
  RegistryClients(FindOptions find_options, HttpTransport& transport,
                  CredentialLookup credentials)
      : find_options_(std::move(find_options)),
        transport_(&transport),
        credentials_(std::move(credentials)) {}

  // The client of the reference's repository, which lives as long as this.
  absl::StatusOr<RegistryClient*> Get(const ImageReference& reference);

 private:
  FindOptions find_options_;
  HttpTransport* transport_;
  CredentialLookup credentials_;
  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<RegistrySession>> sessions_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, std::unique_ptr<RegistryClient>>
      clients_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CLIENTS_H_
