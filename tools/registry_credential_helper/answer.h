#ifndef TOOLS_REGISTRY_CREDENTIAL_HELPER_ANSWER_H_
#define TOOLS_REGISTRY_CREDENTIAL_HELPER_ANSWER_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/http/transport.h"
#include "lib/registry/credentials.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

// How to talk to a registry, and with which credentials.
struct RegistryAccess {
  std::function<absl::StatusOr<SessionOptions>(const std::string& registry)>
      options;
  CredentialLookup credentials;
};

// The answer to a request of Bazel's credential helper protocol,
// `{"uri":"https://h/v2/a/b/blobs/sha256:…"}`: the headers to send, and until
// when they are good (github.com/EngFlow/credential-helper-spec). No headers
// for URIs that ParseBlobUri() rejects, for a registry that requires no login,
// and without credentials: the registry's own refusal says more.
//
// InvalidArgument if the request is not of that form; the errors of
// RegistrySession, which have no secret.
absl::StatusOr<std::string> AnswerHelperRequest(absl::string_view request,
                                                const RegistryAccess& access,
                                                HttpTransport& transport);

}  // namespace rules_dockerfile

#endif  // TOOLS_REGISTRY_CREDENTIAL_HELPER_ANSWER_H_
