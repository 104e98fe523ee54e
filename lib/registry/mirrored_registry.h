#ifndef LIB_REGISTRY_MIRRORED_REGISTRY_H_
#define LIB_REGISTRY_MIRRORED_REGISTRY_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/http/transport.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/mirror.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/session.h"
#include "lib/registry/token_server.h"

namespace rules_dockerfile {

// How to talk to a mirror.
struct MirrorOptions {
  RegistryMirror mirror;
  SessionOptions session;  // with the mirror's host as its registry
};

// `options` for a session with the mirror: its host and scheme, and one attempt
// a request, as there is another host.
SessionOptions ForMirror(const RegistryMirror& mirror, SessionOptions options);

// A registry and its mirrors, which are asked first, in order. A mirror that
// cannot be reached is not asked again.
class MirroredRegistry {
 public:
  // `transport` must outlive the object. Each host gets the credentials that
  // `credentials` has for it.
  MirroredRegistry(std::vector<MirrorOptions> mirrors, SessionOptions registry,
                   HttpTransport& transport,
                   const CredentialLookup& credentials);

  // Calls `pull` with the repository at one host after the other until it does.
  // The error is the registry's own, with a line `mirror "https://h": <error>`
  // for each mirror.
  absl::Status FirstGood(
      const std::string& repository,
      absl::FunctionRef<absl::Status(RegistryClient& client)> pull);

  // How the registry and each of its mirrors expected a login, by their hosts;
  // see RegistrySession::FindLogin(). One that requires none, or is out of
  // reach, is left out. A mirror that is the registry itself says how to speak
  // to it: it is then asked in its place.
  std::map<std::string, TokenServer> FindLogins();

  const std::string& registry() const { return registry_.registry(); }

 private:
  struct Mirror {
    RegistryMirror mirror;
    std::unique_ptr<RegistrySession> session;
    absl::Status failure;  // why it is not asked again
  };

  std::vector<Mirror> mirrors_;
  RegistrySession registry_;
};

// A repository of a registry, from the first host that provides what is asked
// for. What contradicts a digest is never taken, whoever sends it.
class MirroredRepository : public PullSource {
 public:
  // `registry` must outlive the object.
  MirroredRepository(MirroredRegistry& registry, std::string repository)
      : registry_(&registry), repository_(std::move(repository)) {}

  const std::string& registry() const override { return registry_->registry(); }
  const std::string& repository() const override { return repository_; }
  absl::StatusOr<PulledManifest> PullManifest(
      const std::string& reference) override;
  absl::StatusOr<PulledManifest> PullManifest(
      const Descriptor& descriptor) override;
  absl::Status PullBlob(const Descriptor& descriptor,
                        const std::string& path) override;
  absl::StatusOr<std::string> ReadBlob(const Descriptor& descriptor) override;

 private:
  MirroredRegistry* registry_;
  std::string repository_;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_MIRRORED_REGISTRY_H_
