#ifndef LIB_REGISTRY_SESSION_H_
#define LIB_REGISTRY_SESSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"
#include "lib/registry/challenge.h"
#include "lib/registry/credentials.h"
#include "lib/registry/retry.h"
#include "lib/registry/token_server.h"

namespace rules_dockerfile {

struct SessionOptions {
  // As in references: "docker.io", "localhost:5000".
  std::string registry;
  // Speak HTTP. A loopback address does so too, as with Docker, unless there
  // are TLS files for it.
  bool plain_http = false;
  // Speak HTTPS to a loopback address, too.
  bool always_tls = false;
  // The CAs count for all hosts that the registry sends the session to, the
  // client's certificate is for the registry alone.
  TlsFiles tls;
  // The hosts that may issue tokens, besides the registry's own: "auth.x",
  // "auth.x:8443". Empty: any with TLS, as with Docker.
  std::vector<std::string> token_hosts;
  // The most bytes of a blob in a request of an upload; 0: a blob is one
  // request.
  int64_t chunk_size = 0;
  // Waits between attempts.
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
  // How often one thing is tried: once if there is another host to ask.
  int attempts = kMaxAttempts;
  std::function<absl::Time()> now = absl::Now;
};

// A header that a registry accepts.
struct RegistryAuthorization {
  std::string header;  // "Bearer …"; "" if the registry requires no login
  absl::Time expires = absl::InfiniteFuture();

  friend bool operator==(const RegistryAuthorization&,
                         const RegistryAuthorization&) = default;
};

// Sends requests to one registry, logs in when it asks for it, and follows
// redirects (OCI distribution-spec; "Token Authentication" of the Distribution
// registry). Credentials go to the registry and to the token server that it
// names, over TLS unless the registry itself has none; an Authorization header
// goes to no other origin, and no message contains it. Thread-safe: threads
// that are refused together log in once.
class RegistrySession {
 public:
  // `transport` must outlive the session.
  RegistrySession(SessionOptions options, HttpTransport& transport,
                  CredentialLookup credentials);

  // Sends a request for a path of the registry ("/v2/…") or a URL. `scope` is
  // what it needs, scopes divided by blanks: "repository:library/debian:pull
  // repository:a/b:pull,push". Transient failures (IsTransient()) are retried,
  // except for a broken connection if the request has a sink, which may have
  // received data.
  //
  // The response has any status but 401. PermissionDenied `registry "h"
  // returned 401: …` if the registry does not accept the credentials, or there
  // are none; Unavailable `registry "h": …` if it cannot be reached; other
  // errors of the transport likewise.
  absl::StatusOr<HttpResponse> Send(HttpRequest request,
                                    const std::string& scope);

  // The same, but a failure is not tried again: for an upload, whose URL is
  // good for one attempt.
  absl::StatusOr<HttpResponse> SendOnce(HttpRequest request,
                                        const std::string& scope);

  // Waits before another attempt; `response` is the failure of attempt number
  // `attempt`, from 1. False if there is to be none: see PauseAfter().
  bool Pause(int attempt, const absl::StatusOr<HttpResponse>& response) const;

  // The URL to upload to that a response's Location names. Unavailable
  // `registry "h" returned no URL to upload to`, or if it would leave TLS.
  absl::StatusOr<std::string> UploadUrl(const HttpResponse& response) const;

  // The error for an unexpected response, in the words of the registry:
  // NotFound `registry "h" returned 404: manifest unknown`. What the registry
  // quotes of a secret is left out.
  absl::Status ResponseError(const HttpResponse& response) const;

  // How the registry hands out tokens; without realm if it expects user name
  // and password, nullopt if it requires no login. What it told with a
  // response, and else asked: GET /v2/. Errors: those of Send() for a registry
  // that cannot be reached.
  absl::StatusOr<std::optional<TokenServer>> FindLogin();

  // The Authorization header for requests that need `scope`. Asks GET /v2/.
  // Errors: Send().
  absl::StatusOr<RegistryAuthorization> FindAuthorization(
      const std::string& scope);

  const std::string& registry() const { return options_.registry; }
  int64_t chunk_size() const { return options_.chunk_size; }

 private:
  // How often a request is sent.
  enum class Repeat { kNever, kIfItMayHelp };

  absl::StatusOr<HttpResponse> SendLoggedIn(HttpRequest request,
                                            const std::string& scope,
                                            Repeat repeat);
  absl::StatusOr<HttpResponse> SendAuthorized(const HttpRequest& request,
                                              const std::string& authorization,
                                              Repeat repeat);
  absl::StatusOr<HttpResponse> FollowRedirects(HttpRequest request,
                                               HttpResponse response);
  absl::StatusOr<HttpResponse> SendWithRetries(HttpRequest request,
                                               Repeat repeat);
  absl::StatusOr<HttpResponse> Ping();
  absl::StatusOr<std::vector<Challenge>> ChallengesOf(
      const HttpResponse& refusal) const;
  absl::StatusOr<TokenServer> TokenServerOf(const Challenge& challenge) const;
  void NoteLogin(const HttpResponse& response);
  RegistryAuthorization Authorization(const std::string& scope) const;
  void SetAuthorization(const std::string& scope,
                        RegistryAuthorization authorization);
  void AddSecret(std::string secret);
  absl::Status Authorize(const HttpResponse& refusal, const std::string& scope,
                         const std::string& refused);
  absl::StatusOr<RegistryToken> FetchToken(const TokenServer& server,
                                           const std::string& scope);
  absl::StatusOr<std::optional<Credentials>> FindCredentials();
  absl::Status Unreachable(const absl::Status& status) const;
  std::string WithoutSecrets(std::string text) const;

  SessionOptions options_;
  HttpTransport* transport_;
  CredentialLookup credentials_;
  std::string origin_;       // "https://host[:port]"
  absl::Mutex login_mutex_;  // one login at a time
  mutable absl::Mutex mutex_;
  bool has_answered_ ABSL_GUARDED_BY(mutex_) = false;
  // That the registry told of.
  std::optional<TokenServer> login_ ABSL_GUARDED_BY(mutex_);
  // By scope.
  std::map<std::string, RegistryAuthorization> authorization_
      ABSL_GUARDED_BY(mutex_);
  // What a server was told.
  std::set<std::string, std::greater<>> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_SESSION_H_
