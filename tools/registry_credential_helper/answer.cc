#include "tools/registry_credential_helper/answer.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/registry/credentials.h"
#include "lib/registry/session.h"
#include "tools/registry_credential_helper/blob_uri.h"

namespace rules_dockerfile {
namespace {

// In UTC, with the "Z" that all readers know.
constexpr char kRfc3339[] = "%Y-%m-%dT%H:%M:%SZ";

bool HasCredentials(const std::string& registry,
                    const CredentialLookup& lookup) {
  const absl::StatusOr<std::optional<Credentials>> found = lookup(registry);
  return !found.ok() || found->has_value();
}

absl::StatusOr<RegistryAuthorization> AuthorizationFor(
    const std::string& uri, const RegistryAccess& access,
    HttpTransport& transport) {
  const std::optional<BlobUri> blob = ParseBlobUri(uri);
  if (!blob.has_value()) return RegistryAuthorization();
  ABSL_ASSIGN_OR_RETURN(SessionOptions options, access.options(blob->registry));
  options.plain_http = blob->plain_http;
  options.always_tls = !blob->plain_http;
  RegistrySession session(std::move(options), transport, access.credentials);
  absl::StatusOr<RegistryAuthorization> authorization =
      session.FindAuthorization(
          absl::StrCat("repository:", blob->repository, ":pull"));
  if (absl::IsPermissionDenied(authorization.status()) &&
      !HasCredentials(blob->registry, access.credentials)) {
    return RegistryAuthorization();
  }
  return authorization;
}

Json ToJson(const RegistryAuthorization& authorization) {
  Json answer = {{"headers", Json::object()}};
  if (authorization.header.empty()) return answer;
  answer["headers"]["Authorization"] = Json::array({authorization.header});
  if (authorization.expires != absl::InfiniteFuture()) {
    answer["expires"] =
        absl::FormatTime(kRfc3339, authorization.expires, absl::UTCTimeZone());
  }
  return answer;
}

}  // namespace

absl::StatusOr<std::string> AnswerHelperRequest(absl::string_view request,
                                                const RegistryAccess& access,
                                                HttpTransport& transport) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(request));
  ABSL_ASSIGN_OR_RETURN(const std::string uri, JsonNode(json).StringAt("uri"));
  ABSL_ASSIGN_OR_RETURN(const RegistryAuthorization authorization,
                        AuthorizationFor(uri, access, transport));
  return ToJson(authorization).dump();
}

}  // namespace rules_dockerfile
