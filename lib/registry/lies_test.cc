// Registries that lie or fail, over real connections: each with its complete
// message, and none with a secret in it.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/limits.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/pull.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

constexpr char kPassword[] = "hunter2hunter2";
constexpr char kToken[] = "tok3n-tok3n";

// A client of the repository "a/b" of a server with the handler. "HOST" in a
// message represents the server.
class Registry {
 public:
  explicit Registry(ScriptedServer::Handler handler,
                    const HttpLimits& limits = {})
      : server_(std::move(handler)),
        transport_(MakeCurlTransport(limits)),
        session_({.registry = server_.host(),
                  .sleep = [this](absl::Duration d) { waits_.push_back(d); }},
                 *transport_,
                 [](const std::string&)
                     -> absl::StatusOr<std::optional<Credentials>> {
                   return Credentials{.username = "user",
                                      .password = kPassword};
                 }),
        client_(session_, "a/b") {}
  // No failure has told a secret.
  ~Registry() {
    for (const std::string& message : messages_) {
      EXPECT_THAT(message, Not(HasSubstr(kPassword)));
      EXPECT_THAT(message, Not(HasSubstr(kToken)));
      EXPECT_THAT(
          message,
          Not(HasSubstr(absl::Base64Escape(absl::StrCat("user:", kPassword)))));
    }
  }

  absl::Status PullBlob(const Descriptor& blob) {
    return Told(
        client_.PullBlob(blob, absl::StrCat(testing::TempDir(), "/blob")));
  }
  absl::Status PushBlob(absl::string_view bytes) {
    const Descriptor blob = {.digest = DigestOf(bytes),
                             .size = static_cast<int64_t>(bytes.size())};
    const OpenBlob open = [&] { return std::make_unique<ViewSource>(bytes); };
    return Told(client_.PushBlob(blob, open).status());
  }
  absl::Status PullManifest(const std::string& reference) {
    return Told(client_.PullManifest(reference).status());
  }
  absl::Status Pull(const std::string& reference) {
    return Told(PullImage({.reference = reference,
                           .layout = absl::StrCat(testing::TempDir(), "/lies")},
                          client_)
                    .status());
  }

  ScriptedServer& server() { return server_; }
  const std::vector<absl::Duration>& waits() const { return waits_; }

 private:
  absl::Status Told(const absl::Status& status) {
    messages_.emplace_back(status.message());
    return absl::Status(
        status.code(),
        absl::StrReplaceAll(status.message(), {{server_.host(), "HOST"}}));
  }

  std::vector<absl::Duration> waits_;
  std::vector<std::string> messages_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
};

// A handler with one answer to all requests.
ScriptedServer::Handler Constant(const Answer& answer) {
  return [answer](const Request&) { return answer; };
}

Answer Manifest(absl::string_view type, const std::string& text) {
  return HttpAnswer(200, text, {absl::StrCat("Content-Type: ", type)});
}

const Descriptor& Data() {
  static const Descriptor& data = *new Descriptor{
      .media_type = "x/y", .digest = DigestOf("data"), .size = 4};
  return data;
}

std::string InBlob(absl::string_view rest) {
  return absl::StrCat("blob \"", DigestOf("data"), "\"", rest);
}

TEST(Lies, WrongDigest) {
  Registry registry(Constant(HttpAnswer(200, "date")));
  EXPECT_EQ(registry.PullBlob(Data()),
            absl::DataLossError(InBlob(
                absl::StrCat(" has digest \"", DigestOf("date"), "\""))));
  Registry manifest(Constant(Manifest(kOciManifestMediaType, "{}")));
  EXPECT_EQ(manifest.PullManifest(DigestOf("data")),
            absl::DataLossError(absl::StrCat("manifest \"", DigestOf("data"),
                                             "\" has digest \"", DigestOf("{}"),
                                             "\"")));
}

TEST(Lies, TruncatedBody) {
  Registry shorter(Constant(HttpAnswer(200, "dat")));
  EXPECT_EQ(shorter.PullBlob(Data()),
            absl::DataLossError(InBlob(": expected 4 bytes, got 3")));
  Registry breaks(
      Constant({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nda"}));
  EXPECT_EQ(
      breaks.PullBlob(Data()),
      absl::UnavailableError("registry \"HOST\": the response is truncated"));
  EXPECT_EQ(breaks.server().Lines().size(), 4u);
  EXPECT_EQ(breaks.waits(),
            (std::vector<absl::Duration>{absl::Seconds(1), absl::Seconds(2),
                                         absl::Seconds(4)}));
}

TEST(Lies, EndlessBody) {
  Registry blob(
      Constant({.bytes = "HTTP/1.1 200 OK\r\n\r\n", .endless = true}));
  EXPECT_EQ(
      blob.PullBlob(Data()),
      absl::DataLossError(absl::StrCat(
          "registry \"HOST\": ", InBlob(": expected 4 bytes, got more"))));
  EXPECT_EQ(blob.PullManifest("v1"),
            absl::ResourceExhaustedError("registry \"HOST\": the response is "
                                         "larger than 16777216 bytes"));
}

TEST(Lies, UnauthorizedForEver) {
  Registry basic(Constant(HttpAnswer(401, absl::StrCat("no ", kPassword),
                                     {"WWW-Authenticate: Basic realm=\"x\""})));
  EXPECT_EQ(basic.PullManifest("v1"),
            absl::PermissionDeniedError(
                "registry \"HOST\" returned 401: no <secret>"));
  EXPECT_EQ(basic.server().Lines().size(), 2u);
}

TEST(Lies, TokenThatIsNotAccepted) {
  std::string host;
  Registry registry([&](const Request& request) {
    if (absl::StartsWith(request.target, "/token")) {
      return HttpAnswer(200, absl::StrCat("{\"token\":\"", kToken, "\"}"));
    }
    return HttpAnswer(401, absl::StrCat("got ", kToken),
                      {absl::StrCat("WWW-Authenticate: Bearer realm=\"http://",
                                    host, "/token\"")});
  });
  host = registry.server().host();
  EXPECT_EQ(registry.PullManifest("v1"),
            absl::PermissionDeniedError(
                "registry \"HOST\" returned 401: got <secret>"));
  EXPECT_EQ(
      registry.server().Lines(),
      (std::vector<std::string>{"GET /v2/a/b/manifests/v1",
                                "GET /token?scope=repository%3Aa%2Fb%3Apull",
                                "GET /v2/a/b/manifests/v1"}));
}

TEST(Lies, BadRealm) {
  for (const char* realm :
       {"", "auth", "ftp://auth.x/", "http://u:p@auth.x/"}) {
    Registry registry(Constant(HttpAnswer(
        401, "",
        {absl::StrCat("WWW-Authenticate: Bearer realm=\"", realm, "\"")})));
    EXPECT_EQ(registry.PullManifest("v1"),
              absl::PermissionDeniedError(
                  absl::StrCat("registry \"HOST\": token server \"", realm,
                               "\": expected an http or https URL")));
  }
  Registry garbled(Constant(
      HttpAnswer(401, "", {"WWW-Authenticate: Bearer realm=\"\x1b[2J"})));
  EXPECT_EQ(garbled.PullManifest("v1"),
            absl::InvalidArgumentError(
                "registry \"HOST\": challenge \"Bearer realm=\"\\x1b[2J\": "
                "unterminated quoted string"));
}

TEST(Lies, TokenWithALineBreak) {
  std::string host;
  Registry registry([&](const Request& request) {
    if (absl::StartsWith(request.target, "/token")) {
      return HttpAnswer(200, R"({"token":"T\r\nX-Injected: 1"})");
    }
    return HttpAnswer(401, "",
                      {absl::StrCat("WWW-Authenticate: Bearer realm=\"http://",
                                    host, "/token\"")});
  });
  host = registry.server().host();
  EXPECT_EQ(registry.PullManifest("v1"),
            absl::InvalidArgumentError("registry \"HOST\": header "
                                       "\"Authorization\" has a control "
                                       "character"));
  EXPECT_EQ(registry.server().Lines().size(), 2u);
}

TEST(Lies, TooManyRequests) {
  int left = 1;
  Registry once([&](const Request&) {
    return left-- > 0 ? HttpAnswer(429, "", {"Retry-After: 11"})
                      : HttpAnswer(200, "data");
  });
  EXPECT_EQ(once.PullBlob(Data()), absl::OkStatus());
  EXPECT_EQ(once.waits(), std::vector<absl::Duration>{absl::Seconds(11)});
  Registry hour(Constant(HttpAnswer(429, "slow", {"Retry-After: 3600"})));
  EXPECT_EQ(
      hour.PullBlob(Data()),
      absl::UnavailableError("registry \"HOST\" returned 429: slow: it asks "
                             "for a pause of 1h, and 2m is the maximum"));
  EXPECT_EQ(hour.server().Lines().size(), 1u);
}

TEST(Lies, ServerError) {
  Registry registry(Constant(HttpAnswer(
      503, R"({"errors":[{"code":"UNAVAILABLE","message":"down"}]})")));
  EXPECT_EQ(registry.PullBlob(Data()),
            absl::UnavailableError("registry \"HOST\" returned 503: down"));
  EXPECT_EQ(registry.server().Lines().size(), 4u);
}

TEST(Lies, HangingRegistry) {
  const HttpLimits limits = {.response = absl::Milliseconds(200)};
  Registry at_once(Constant({.hangs = true}), limits);
  EXPECT_EQ(at_once.PushBlob("data"),
            absl::DeadlineExceededError(
                "registry \"HOST\": no response within 200ms"));
  EXPECT_EQ(at_once.server().Lines().size(), 1u);
  Registry at_the_end(
      [](const Request& request) -> Answer {
        if (request.method == "HEAD") return HttpAnswer(404);
        if (request.method == "POST") {
          return HttpAnswer(202, "", {"Location: /u"});
        }
        return {.hangs = true};
      },
      limits);
  EXPECT_EQ(at_the_end.PushBlob("data"),
            absl::DeadlineExceededError(
                "registry \"HOST\": no response within 200ms"));
  EXPECT_EQ(at_the_end.server().Lines().size(), 3u);
}

TEST(Lies, RedirectToAnotherHostGetsNoCredentials) {
  ScriptedServer elsewhere(Constant(HttpAnswer(200, "data")));
  Registry registry([&](const Request& request) {
    if (!request.headers.contains("authorization")) {
      return HttpAnswer(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    }
    return HttpAnswer(
        307, "", {absl::StrCat("Location: http://", elsewhere.host(), "/d")});
  });
  EXPECT_EQ(registry.PullBlob(Data()), absl::OkStatus());
  ASSERT_EQ(elsewhere.Lines(), std::vector<std::string>{"GET /d"});
  EXPECT_FALSE(elsewhere.requests()[0].headers.contains("authorization"));
  EXPECT_TRUE(
      registry.server().requests()[1].headers.contains("authorization"));
}

TEST(Lies, WrongMediaType) {
  Registry html(Constant(Manifest("text/html", "<html>")));
  EXPECT_EQ(html.Pull("v1"),
            absl::InvalidArgumentError(
                "\"v1\" has media type \"text/html\": not an image"));
  const std::string text = absl::StrCat(
      R"({"schemaVersion":2,"mediaType":")", kOciManifestMediaType,
      R"(","config":{"mediaType":")", kOciConfigMediaType, R"(","digest":")",
      DigestOf("{}"), R"(","size":2},"layers":[]})");
  Registry other(Constant(Manifest(kDockerManifestMediaType, text)));
  EXPECT_EQ(other.Pull("v1"),
            absl::InvalidArgumentError(absl::StrCat(
                "manifest \"", DigestOf(text), "\" says that it is \"",
                kOciManifestMediaType, "\", and its registry \"",
                kDockerManifestMediaType, "\"")));
}

std::string IndexOf(absl::string_view media_type, const std::string& digest,
                    int64_t size) {
  return absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexMediaType,
                      R"(","manifests":[{"mediaType":")", media_type,
                      R"(","digest":")", digest, R"(","size":)", size, "}]}");
}

TEST(Lies, IndexInIndex) {
  Registry registry(Constant(Manifest(
      kOciIndexMediaType, IndexOf(kOciIndexMediaType, DigestOf("{}"), 2))));
  EXPECT_EQ(registry.Pull("v1"), absl::UnimplementedError(absl::StrCat(
                                     "the index lists the index \"",
                                     DigestOf("{}"), "\": expected images")));
}

TEST(Lies, ManifestThatIsNotWhatTheIndexSays) {
  int64_t size = 3;
  Registry registry([&](const Request& request) {
    return absl::EndsWith(request.target, "/v1")
               ? Manifest(kOciIndexMediaType,
                          IndexOf(kOciManifestMediaType, DigestOf("{}"), size))
               : Manifest(kOciIndexMediaType, "{}");
  });
  EXPECT_EQ(registry.Pull("v1"),
            absl::DataLossError(absl::StrCat("manifest \"", DigestOf("{}"),
                                             "\": expected 3 bytes, got 2")));
  size = 2;
  EXPECT_EQ(
      registry.Pull("v1"),
      absl::InvalidArgumentError(absl::StrCat(
          "manifest \"", DigestOf("{}"), "\": expected media type \"",
          kOciManifestMediaType, "\", got \"", kOciIndexMediaType, "\"")));
}

}  // namespace
}  // namespace rules_dockerfile
