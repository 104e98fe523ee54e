#include "lib/registry/token_server.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"
#include "lib/registry/response_error.h"

namespace rules_dockerfile {
namespace {

// "Token Authentication": what has no "expires_in" is good for 60 seconds.
constexpr absl::Duration kUsualLifetime = absl::Seconds(60);
constexpr absl::string_view kClientId = "rules_dockerfile";

std::string ParameterOf(const Challenge& challenge, const std::string& name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? "" : found->second;
}

bool IsAllowed(absl::string_view origin, const TokenServerRules& rules) {
  if (rules.hosts.empty() || origin == rules.registry_origin) return true;
  const absl::string_view host = origin.substr(origin.find("://") + 3);
  return absl::c_any_of(rules.hosts, [&](const std::string& allowed) {
    return absl::EqualsIgnoreCase(allowed, host);
  });
}

bool HasControl(absl::string_view text) {
  return absl::c_any_of(text, [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

// The OAuth2 form that exchanges an identity token.
std::string RefreshForm(const TokenServer& server, absl::string_view scopes,
                        const std::string& identity_token) {
  return absl::StrCat("grant_type=refresh_token&client_id=", kClientId,
                      "&service=", UrlEncode(server.service),
                      "&scope=", UrlEncode(scopes),
                      "&refresh_token=", UrlEncode(identity_token));
}

}  // namespace

absl::StatusOr<TokenServer> FindTokenServer(const Challenge& challenge,
                                            const TokenServerRules& rules) {
  TokenServer server = {.realm = ParameterOf(challenge, "realm"),
                        .service = ParameterOf(challenge, "service")};
  const std::string origin = UrlOrigin(server.realm);
  const bool requires_tls = absl::StartsWith(rules.registry_origin, "https://");
  if (origin.empty() || HasControl(server.realm) ||
      (requires_tls && !absl::StartsWith(origin, "https://"))) {
    return absl::PermissionDeniedError(absl::StrCat(
        "token server \"", Printable(server.realm), "\": expected an ",
        requires_tls ? "https" : "http or https", " URL"));
  }
  if (!IsAllowed(origin, rules)) {
    const std::string hosts = absl::StrJoin(
        rules.hosts, ", ", [](std::string* out, const std::string& host) {
          absl::StrAppend(out, "\"", host, "\"");
        });
    return absl::PermissionDeniedError(
        absl::StrCat("expected one of the token servers ", hosts, ", got \"",
                     Printable(origin.substr(origin.find("://") + 3)), "\""));
  }
  return server;
}

absl::StatusOr<TokenRequest> MakeTokenRequest(
    const TokenServer& server, absl::string_view scopes,
    const std::optional<Credentials>& credentials) {
  TokenRequest token = {.request = {.url = server.realm}};
  if (credentials.has_value() && !credentials->identity_token.empty()) {
    token.form = RefreshForm(server, scopes, credentials->identity_token);
    token.request.method = "POST";
    token.request.headers["Content-Type"] = "application/x-www-form-urlencoded";
    return token;
  }
  std::string& url = token.request.url;
  if (!server.service.empty()) url = WithQuery(url, "service", server.service);
  for (const absl::string_view scope : absl::StrSplit(scopes, ' ')) {
    url = WithQuery(url, "scope", scope);
  }
  if (credentials.has_value()) {
    ABSL_ASSIGN_OR_RETURN(token.request.headers["Authorization"],
                          BasicAuthorization(*credentials));
  }
  return token;
}

absl::StatusOr<RegistryToken> TokenOf(absl::string_view body) {
  const absl::StatusOr<Json> json = ParseJson(body);
  if (json.ok() && json->is_object()) {
    const JsonNode root(*json);
    const int64_t seconds = root.IntegerAt("expires_in").value_or(0);
    for (const char* field : {"token", "access_token"}) {
      absl::StatusOr<std::string> token = root.StringOrEmpty(field);
      if (!token.ok() || token->empty()) continue;
      return RegistryToken{
          .text = *std::move(token),
          .lifetime = seconds > 0 ? absl::Seconds(seconds) : kUsualLifetime};
    }
  }
  return absl::UnavailableError("the token server's response has no token");
}

absl::StatusOr<std::string> BasicAuthorization(const Credentials& credentials) {
  if (HasControl(credentials.username) ||
      absl::StrContains(credentials.username, ':')) {
    return absl::InvalidArgumentError(
        "the user name has a control character or a colon");
  }
  if (HasControl(credentials.password)) {
    return absl::InvalidArgumentError("the password has a control character");
  }
  return absl::StrCat("Basic ",
                      absl::Base64Escape(absl::StrCat(credentials.username, ":",
                                                      credentials.password)));
}

}  // namespace rules_dockerfile
