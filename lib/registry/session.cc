#include "lib/registry/session.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/redirect.h"
#include "lib/http/transport.h"
#include "lib/http/url.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"
#include "lib/registry/response_error.h"
#include "lib/registry/retry.h"
#include "lib/registry/token_server.h"

namespace rules_dockerfile {
namespace {

std::string OriginOf(const SessionOptions& options) {
  // Docker Hub's API is not at the host of its names.
  const std::string host = options.registry == "docker.io"
                               ? "registry-1.docker.io"
                               : options.registry;
  const bool plain =
      options.plain_http ||
      (IsLoopback(host) && !options.always_tls && options.tls == TlsFiles());
  return absl::AsciiStrToLower(
      absl::StrCat(plain ? "http://" : "https://", host));
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
  const absl::string_view hint =
      absl::IsFailedPrecondition(status)
          ? "\nhint: --ca_file or a certs.d directory names the CA of a "
            "private registry"
          : "";
  return absl::Status(status.code(),
                      absl::StrCat("registry \"", options_.registry,
                                   "\": ", status.message(), hint));
}

RegistryAuthorization RegistrySession::Authorization(
    const std::string& scope) const {
  const absl::MutexLock lock(mutex_);
  const auto authorization = authorization_.find(scope);
  return authorization == authorization_.end() ? RegistryAuthorization()
                                               : authorization->second;
}

void RegistrySession::SetAuthorization(const std::string& scope,
                                       RegistryAuthorization authorization) {
  const absl::MutexLock lock(mutex_);
  authorization_[scope] = std::move(authorization);
}

void RegistrySession::AddSecret(std::string secret) {
  const absl::MutexLock lock(mutex_);
  secrets_.insert(std::move(secret));
}

std::string RegistrySession::WithoutSecrets(std::string text) const {
  const absl::MutexLock lock(mutex_);
  for (const std::string& secret : secrets_) {
    absl::StrReplaceAll({{secret, "<secret>"}}, &text);
  }
  return text;
}

absl::Status RegistrySession::ResponseError(
    const HttpResponse& response) const {
  std::string text = absl::StrCat("registry \"", options_.registry,
                                  "\" returned ", response.status, ": ",
                                  WithoutSecrets(ErrorMessage(response)));
  const std::optional<absl::Duration> pause =
      WantedPause(response, options_.now());
  if (pause.has_value() && *pause > kMaxRetryAfter) {
    absl::StrAppend(&text, ": it asks for a pause of ",
                    absl::FormatDuration(*pause), ", and ",
                    absl::FormatDuration(kMaxRetryAfter), " is the maximum");
  }
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

bool RegistrySession::Pause(
    int attempt, const absl::StatusOr<HttpResponse>& response) const {
  if (attempt >= options_.attempts) return false;
  const std::optional<absl::Duration> pause =
      PauseAfter(attempt, response, options_.now());
  if (pause.has_value()) options_.sleep(*pause);
  return pause.has_value();
}

absl::StatusOr<std::string> RegistrySession::UploadUrl(
    const HttpResponse& response) const {
  if (response.Header("location").empty()) {
    return absl::UnavailableError(absl::StrCat(
        "registry \"", options_.registry, "\" returned no URL to upload to"));
  }
  absl::StatusOr<std::string> url = RedirectTarget(origin_, response);
  if (!url.ok()) return Unreachable(url.status());
  return url;
}

absl::StatusOr<HttpResponse> RegistrySession::SendWithRetries(
    HttpRequest request, Repeat repeat) {
  request.tls = options_.tls;
  if (UrlOrigin(request.url) != origin_) {
    request.tls.certificate.clear();
    request.tls.key.clear();
  }
  absl::StatusOr<HttpResponse> response = transport_->Send(request);
  for (int attempt = 1; repeat == Repeat::kIfItMayHelp; ++attempt) {
    if (!IsTransient(response)) break;
    if (!response.ok() && request.sink != nullptr) break;
    if (!Pause(attempt, response)) break;
    response = transport_->Send(request);
  }
  if (!response.ok()) return Unreachable(response.status());
  return response;
}

absl::StatusOr<HttpResponse> RegistrySession::SendAuthorized(
    const HttpRequest& request, const std::string& authorization,
    Repeat repeat) {
  HttpRequest authorized = request;
  if (!authorization.empty() && UrlOrigin(request.url) == origin_) {
    authorized.headers["Authorization"] = authorization;
  }
  return SendWithRetries(std::move(authorized), repeat);
}

absl::StatusOr<HttpResponse> RegistrySession::SendLoggedIn(
    HttpRequest request, const std::string& scope, Repeat repeat) {
  request.url = ResolveUrl(origin_, request.url);
  const std::string authorization = Authorization(scope).header;
  ABSL_ASSIGN_OR_RETURN(HttpResponse response,
                        SendAuthorized(request, authorization, repeat));
  NoteLogin(response);
  if (response.status == 401 && UrlOrigin(request.url) == origin_) {
    ABSL_RETURN_IF_ERROR(Authorize(response, scope, authorization));
    ABSL_ASSIGN_OR_RETURN(
        response, SendAuthorized(request, Authorization(scope).header, repeat));
  }
  if (response.status == 401) return ResponseError(response);
  const bool has_body = request.method != "GET" && request.method != "HEAD";
  if (!response.IsRedirect() || has_body) return response;
  return FollowRedirects(std::move(request), std::move(response));
}

absl::StatusOr<HttpResponse> RegistrySession::Send(HttpRequest request,
                                                   const std::string& scope) {
  return SendLoggedIn(std::move(request), scope, Repeat::kIfItMayHelp);
}

absl::StatusOr<HttpResponse> RegistrySession::SendOnce(
    HttpRequest request, const std::string& scope) {
  return SendLoggedIn(std::move(request), scope, Repeat::kNever);
}

// Blobs are often on another host, which gets no Authorization.
absl::StatusOr<HttpResponse> RegistrySession::FollowRedirects(
    HttpRequest request, HttpResponse response) {
  for (int i = 0; i < kMaxRedirects && response.IsRedirect(); ++i) {
    absl::StatusOr<std::string> target = RedirectTarget(request.url, response);
    if (!target.ok()) return Unreachable(target.status());
    request.url = *std::move(target);
    ABSL_ASSIGN_OR_RETURN(response,
                          SendWithRetries(request, Repeat::kIfItMayHelp));
  }
  if (response.IsRedirect()) {
    return Unreachable(absl::UnavailableError("too many redirects"));
  }
  return response;
}

absl::StatusOr<std::optional<Credentials>> RegistrySession::FindCredentials() {
  ABSL_ASSIGN_OR_RETURN(std::optional<Credentials> credentials,
                        credentials_(options_.registry));
  if (credentials.has_value()) {
    if (!credentials->password.empty()) {
      AddSecret(credentials->password);
    }
    if (!credentials->identity_token.empty()) {
      AddSecret(credentials->identity_token);
      AddSecret(UrlEncode(credentials->identity_token));
    }
  }
  return credentials;
}

absl::StatusOr<std::vector<Challenge>> RegistrySession::ChallengesOf(
    const HttpResponse& refusal) const {
  absl::StatusOr<std::vector<Challenge>> challenges =
      ParseChallenges(refusal.Header("www-authenticate"));
  if (challenges.ok()) return challenges;
  return Unreachable(
      absl::InvalidArgumentError(Printable(challenges.status().message())));
}

absl::StatusOr<TokenServer> RegistrySession::TokenServerOf(
    const Challenge& challenge) const {
  absl::StatusOr<TokenServer> server = FindTokenServer(
      challenge, {.registry_origin = origin_, .hosts = options_.token_hosts});
  if (!server.ok()) return Unreachable(server.status());
  return server;
}

void RegistrySession::NoteLogin(const HttpResponse& response) {
  std::vector<Challenge> challenges;
  if (response.status == 401) {
    challenges = ChallengesOf(response).value_or(std::vector<Challenge>());
  }
  const absl::MutexLock lock(mutex_);
  has_answered_ = true;
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == "basic") login_ = TokenServer();
    if (challenge.scheme != "bearer") continue;
    const absl::StatusOr<TokenServer> server = TokenServerOf(challenge);
    if (server.ok()) login_ = *server;
    return;
  }
}

absl::StatusOr<HttpResponse> RegistrySession::Ping() {
  ABSL_ASSIGN_OR_RETURN(HttpResponse response,
                        SendWithRetries({.url = ResolveUrl(origin_, "/v2/")},
                                        Repeat::kIfItMayHelp));
  NoteLogin(response);
  return response;
}

absl::StatusOr<std::optional<TokenServer>> RegistrySession::FindLogin() {
  {
    const absl::MutexLock lock(mutex_);
    if (has_answered_) return login_;
  }
  ABSL_RETURN_IF_ERROR(Ping().status());
  const absl::MutexLock lock(mutex_);
  return login_;
}

absl::StatusOr<RegistryAuthorization> RegistrySession::FindAuthorization(
    const std::string& scope) {
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response, Ping());
  if (response.status != 401) return RegistryAuthorization();
  ABSL_RETURN_IF_ERROR(Authorize(response, scope, Authorization(scope).header));
  return Authorization(scope);
}

// `refused` is the header that the registry did not accept.
absl::Status RegistrySession::Authorize(const HttpResponse& refusal,
                                        const std::string& scope,
                                        const std::string& refused) {
  const absl::MutexLock login(login_mutex_);
  if (Authorization(scope).header != refused) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::vector<Challenge> challenges,
                        ChallengesOf(refusal));
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == "bearer") {
      ABSL_ASSIGN_OR_RETURN(const TokenServer server, TokenServerOf(challenge));
      ABSL_ASSIGN_OR_RETURN(const RegistryToken token,
                            FetchToken(server, scope));
      AddSecret(token.text);
      SetAuthorization(scope, {.header = absl::StrCat("Bearer ", token.text),
                               .expires = options_.now() + token.lifetime});
      return absl::OkStatus();
    }
    if (challenge.scheme == "basic") {
      ABSL_ASSIGN_OR_RETURN(const auto credentials, FindCredentials());
      if (!credentials.has_value() || credentials->username.empty()) break;
      absl::StatusOr<std::string> basic = BasicAuthorization(*credentials);
      if (!basic.ok()) return Unreachable(basic.status());
      AddSecret(basic->substr(basic->find(' ') + 1));
      SetAuthorization(scope, {.header = *std::move(basic)});
      return absl::OkStatus();
    }
  }
  return absl::PermissionDeniedError(
      absl::StrCat("registry \"", options_.registry,
                   "\" requires authentication; run `docker login ",
                   options_.registry, "`"));
}

absl::StatusOr<RegistryToken> RegistrySession::FetchToken(
    const TokenServer& server, const std::string& scope) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<Credentials> credentials,
                        FindCredentials());
  absl::StatusOr<TokenRequest> request =
      MakeTokenRequest(server, scope, credentials);
  if (!request.ok()) return Unreachable(request.status());
  if (const auto basic = request->request.headers.find("Authorization");
      basic != request->request.headers.end()) {
    AddSecret(basic->second.substr(basic->second.find(' ') + 1));
  }
  request->request.body = request->form;
  ABSL_ASSIGN_OR_RETURN(
      const HttpResponse response,
      SendWithRetries(std::move(request->request), Repeat::kIfItMayHelp));
  if (response.status != 200) return ResponseError(response);
  absl::StatusOr<RegistryToken> token = TokenOf(response.body);
  if (!token.ok()) return Unreachable(token.status());
  return token;
}

}  // namespace rules_dockerfile
