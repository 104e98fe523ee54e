#include "lib/registry/mirrored_registry.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/http/transport.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/mirror.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/session.h"
#include "lib/registry/token_server.h"

namespace rules_dockerfile {
namespace {

// What `pull` gets from the first host that has it.
template <typename Value>
absl::StatusOr<Value> FirstValue(
    MirroredRegistry& registry, const std::string& repository,
    absl::FunctionRef<absl::StatusOr<Value>(RegistryClient& client)> pull) {
  absl::StatusOr<Value> value;
  const absl::Status status =
      registry.FirstGood(repository, [&](RegistryClient& client) {
        value = pull(client);
        return value.status();
      });
  if (!status.ok()) return status;
  return value;
}

}  // namespace

SessionOptions ForMirror(const RegistryMirror& mirror, SessionOptions options) {
  options.registry = mirror.host;
  options.plain_http = mirror.plain_http;
  options.always_tls = !mirror.plain_http;
  options.attempts = 1;
  return options;
}

MirroredRegistry::MirroredRegistry(std::vector<MirrorOptions> mirrors,
                                   SessionOptions registry,
                                   HttpTransport& transport,
                                   const CredentialLookup& credentials)
    : registry_(std::move(registry), transport, credentials) {
  for (MirrorOptions& mirror : mirrors) {
    mirrors_.push_back({.mirror = std::move(mirror.mirror),
                        .session = std::make_unique<RegistrySession>(
                            std::move(mirror.session), transport, credentials),
                        .failure = absl::OkStatus()});
  }
}

absl::Status MirroredRegistry::FirstGood(
    const std::string& repository,
    absl::FunctionRef<absl::Status(RegistryClient& client)> pull) {
  std::string failures;
  for (auto& [mirror, session, failure] : mirrors_) {
    absl::Status status = failure;
    if (status.ok()) {
      RegistryClient client(*session,
                            mirror.prefix.empty()
                                ? repository
                                : absl::StrCat(mirror.prefix, "/", repository));
      status = pull(client);
      if (status.ok()) return status;
      if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
        failure = status;
      }
    }
    absl::StrAppend(&failures, "\nmirror \"", mirror.url,
                    "\": ", status.message());
  }
  RegistryClient client(registry_, repository);
  const absl::Status status = pull(client);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(), failures));
}

std::map<std::string, TokenServer> MirroredRegistry::FindLogins() {
  std::map<std::string, TokenServer> logins;
  bool is_mirror_of_itself = false;
  const auto find = [&logins](RegistrySession& session) {
    const absl::StatusOr<std::optional<TokenServer>> login =
        session.FindLogin();
    if (login.ok() && login->has_value()) logins[session.registry()] = **login;
  };
  for (auto& [mirror, session, failure] : mirrors_) {
    is_mirror_of_itself |= mirror.host == registry();
    if (failure.ok()) find(*session);
  }
  if (!is_mirror_of_itself) find(registry_);
  return logins;
}

absl::StatusOr<PulledManifest> MirroredRepository::PullManifest(
    const std::string& reference) {
  return FirstValue<PulledManifest>(
      *registry_, repository_,
      [&](RegistryClient& client) { return client.PullManifest(reference); });
}

absl::StatusOr<PulledManifest> MirroredRepository::PullManifest(
    const Descriptor& descriptor) {
  return FirstValue<PulledManifest>(
      *registry_, repository_,
      [&](RegistryClient& client) { return client.PullManifest(descriptor); });
}

absl::Status MirroredRepository::PullBlob(const Descriptor& descriptor,
                                          const std::string& path) {
  return registry_->FirstGood(repository_, [&](RegistryClient& client) {
    return client.PullBlob(descriptor, path);
  });
}

absl::StatusOr<std::string> MirroredRepository::ReadBlob(
    const Descriptor& descriptor) {
  return FirstValue<std::string>(
      *registry_, repository_,
      [&](RegistryClient& client) { return client.ReadBlob(descriptor); });
}

}  // namespace rules_dockerfile
