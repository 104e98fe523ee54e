#include "lib/registry/session.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/redirect.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxAttempts = 4;
constexpr absl::string_view kClientId = "rules_dockerfile";

std::string OriginOf(const SessionOptions& options) {
  // Docker Hub's API is not at the host of its names.
  const std::string host = options.registry == "docker.io"
                               ? "registry-1.docker.io"
                               : options.registry;
  const bool plain = options.plain_http || IsLoopback(host);
  return absl::StrCat(plain ? "http://" : "https://", host);
}

bool MayGoAway(const absl::StatusOr<HttpResponse>& response) {
  if (!response.ok()) return absl::IsUnavailable(response.status());
  return response->status == 429 || response->status >= 500;
}

std::string BasicAuthorization(const Credentials& credentials) {
  return absl::StrCat("Basic ",
                      absl::Base64Escape(absl::StrCat(credentials.username, ":",
                                                      credentials.password)));
}

// The first message of a registry's error document, else the whole body; a
// response to HEAD has neither.
std::string ErrorMessage(const HttpResponse& response) {
  const absl::StatusOr<Json> json = ParseJson(response.body);
  if (json.ok() && json->is_object() && json->contains("errors")) {
    const Json& errors = (*json)["errors"];
    if (errors.is_array() && !errors.empty()) {
      const JsonNode error(errors[0]);
      const std::string message = error.StringOrEmpty("message").value_or("");
      if (!message.empty()) return message;
      return error.StringOrEmpty("code").value_or("");
    }
  }
  if (!response.body.empty()) {
    return std::string(
        absl::StripAsciiWhitespace(response.body.substr(0, 1000)));
  }
  return response.status == 401 ? "the credentials are not accepted"
                                : "no reason given";
}

// The token of a token server's answer.
absl::StatusOr<std::string> TokenOf(absl::string_view body) {
  const absl::StatusOr<Json> json = ParseJson(body);
  if (json.ok() && json->is_object()) {
    for (const char* field : {"token", "access_token"}) {
      absl::StatusOr<std::string> token = JsonNode(*json).StringOrEmpty(field);
      if (token.ok() && !token->empty()) return token;
    }
  }
  return absl::UnavailableError("the token server's answer has no token");
}

}  // namespace

RegistrySession::RegistrySession(SessionOptions options,
                                 HttpTransport& transport,
                                 CredentialLookup credentials)
    : options_(std::move(options)),
      transport_(&transport),
      credentials_(std::move(credentials)),
      origin_(OriginOf(options_)) {}

absl::Status RegistrySession::Unreachable(const absl::Status& status) const {
  return absl::Status(
      status.code(),
      absl::StrCat("registry \"", options_.registry, "\": ", status.message()));
}

absl::Status RegistrySession::ResponseError(
    const HttpResponse& response) const {
  const std::string message = ErrorMessage(response);
  const std::string text =
      absl::StrCat("registry \"", options_.registry, "\" answers ",
                   response.status, message.empty() ? "" : ": ", message);
  switch (response.status) {
    case 401:
    case 403:
      return absl::PermissionDeniedError(text);
    case 404:
      return absl::NotFoundError(text);
    default:
      return response.status >= 500 || response.status == 429
                 ? absl::UnavailableError(text)
                 : absl::InvalidArgumentError(text);
  }
}

absl::StatusOr<HttpResponse> RegistrySession::SendRepeatedly(
    const HttpRequest& request) {
  absl::StatusOr<HttpResponse> response = transport_->Send(request);
  for (int attempt = 1; attempt < kMaxAttempts; ++attempt) {
    if (!MayGoAway(response) || request.sink != nullptr) break;
    options_.sleep(absl::Seconds(1 << (attempt - 1)));
    response = transport_->Send(request);
  }
  if (!response.ok()) return Unreachable(response.status());
  return response;
}

absl::StatusOr<HttpResponse> RegistrySession::SendAuthorized(
    const HttpRequest& request, const std::string& actions) {
  HttpRequest authorized = request;
  const auto header = authorization_.find(actions);
  if (header != authorization_.end() && UrlOrigin(request.url) == origin_) {
    authorized.headers["Authorization"] = header->second;
  }
  return SendRepeatedly(authorized);
}

absl::StatusOr<HttpResponse> RegistrySession::Send(HttpRequest request,
                                                   const std::string& actions) {
  request.url = ResolveUrl(origin_, request.url);
  ABSL_ASSIGN_OR_RETURN(HttpResponse response,
                        SendAuthorized(request, actions));
  if (response.status == 401 && UrlOrigin(request.url) == origin_) {
    ABSL_RETURN_IF_ERROR(Authorize(response, actions));
    ABSL_ASSIGN_OR_RETURN(response, SendAuthorized(request, actions));
  }
  if (response.status == 401) return ResponseError(response);
  const bool has_body = request.method != "GET" && request.method != "HEAD";
  if (!response.IsRedirect() || has_body) return response;
  return FollowRedirects(std::move(request), std::move(response));
}

// Blobs often lie at another host, which gets no Authorization.
absl::StatusOr<HttpResponse> RegistrySession::FollowRedirects(
    HttpRequest request, HttpResponse response) {
  for (int i = 0; i < kMaxRedirects && response.IsRedirect(); ++i) {
    absl::StatusOr<std::string> target = RedirectTarget(request.url, response);
    if (!target.ok()) return Unreachable(target.status());
    request.url = *std::move(target);
    ABSL_ASSIGN_OR_RETURN(response, SendRepeatedly(request));
  }
  if (response.IsRedirect()) {
    return Unreachable(absl::UnavailableError("too many redirects"));
  }
  return response;
}

absl::Status RegistrySession::Authorize(const HttpResponse& refusal,
                                        const std::string& actions) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Challenge> challenges,
                        ParseChallenges(refusal.Header("www-authenticate")));
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == "bearer") {
      ABSL_ASSIGN_OR_RETURN(const std::string token,
                            FetchToken(challenge, actions));
      authorization_[actions] = absl::StrCat("Bearer ", token);
      return absl::OkStatus();
    }
    if (challenge.scheme == "basic") {
      ABSL_ASSIGN_OR_RETURN(const auto credentials,
                            credentials_(options_.registry));
      if (!credentials.has_value() || credentials->username.empty()) break;
      authorization_[actions] = BasicAuthorization(*credentials);
      return absl::OkStatus();
    }
  }
  return absl::PermissionDeniedError(
      absl::StrCat("registry \"", options_.registry,
                   "\" wants a login: `docker login ", options_.registry, "`"));
}

absl::StatusOr<std::string> RegistrySession::FetchToken(
    const Challenge& challenge, const std::string& actions) {
  const auto parameter = [&](const std::string& name) {
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? "" : found->second;
  };
  const std::string realm = parameter("realm");
  const std::string realm_origin = UrlOrigin(realm);
  const bool plain = absl::StartsWith(origin_, "http://");
  if (realm_origin.empty() ||
      (!plain && !absl::StartsWith(realm_origin, "https://"))) {
    return Unreachable(absl::PermissionDeniedError(
        absl::StrCat("token server \"", realm, "\" has no TLS")));
  }
  ABSL_ASSIGN_OR_RETURN(const auto credentials,
                        credentials_(options_.registry));
  HttpRequest request = {.url = realm};
  std::string form;
  if (credentials.has_value() && !credentials->identity_token.empty()) {
    form =
        absl::StrCat("grant_type=refresh_token&client_id=", kClientId,
                     "&service=", UrlEncode(parameter("service")),
                     "&scope=", UrlEncode(actions),
                     "&refresh_token=", UrlEncode(credentials->identity_token));
    request.method = "POST";
    request.headers["Content-Type"] = "application/x-www-form-urlencoded";
    request.body = form;
  } else {
    request.url = WithQuery(request.url, "service", parameter("service"));
    request.url = WithQuery(request.url, "scope", actions);
    if (credentials.has_value()) {
      request.headers["Authorization"] = BasicAuthorization(*credentials);
    }
  }
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response, SendRepeatedly(request));
  if (response.status != 200) return ResponseError(response);
  absl::StatusOr<std::string> token = TokenOf(response.body);
  if (!token.ok()) return Unreachable(token.status());
  return token;
}

}  // namespace rules_dockerfile
