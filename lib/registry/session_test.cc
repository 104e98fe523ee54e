#include "lib/registry/session.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/registry/credentials.h"
#include "lib/registry/token_server.h"

namespace rules_dockerfile {
namespace {

constexpr char kActions[] = "repository:a/b:pull";
constexpr char kBearer[] = R"(Bearer realm="https://auth.x/token",service="s")";

HttpResponse Response(int status, std::string body = "",
                      std::map<std::string, std::string> headers = {}) {
  return {
      .status = status, .headers = std::move(headers), .body = std::move(body)};
}

HttpResponse Unauthorized(const std::string& challenge) {
  return Response(401, R"({"errors":[{"message":"who are you"}]})",
                  {{"www-authenticate", challenge}});
}

HttpResponse Redirect(const std::string& location) {
  return Response(307, "", {{"location", location}});
}

CredentialLookup Known(Credentials credentials) {
  return [credentials](
             const std::string&) -> absl::StatusOr<std::optional<Credentials>> {
    return credentials;
  };
}

absl::StatusOr<std::optional<Credentials>> NoCredentials(const std::string&) {
  return std::nullopt;
}

// "GET https://…" of each request, with its Authorization if it has one.
std::vector<std::string> Log(const FakeTransport& transport) {
  std::vector<std::string> lines = transport.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto& headers = transport.sent()[i].request.headers;
    const auto header = headers.find("Authorization");
    if (header != headers.end()) {
      absl::StrAppend(&lines[i], " [", header->second, "]");
    }
    if (!transport.sent()[i].body.empty()) {
      absl::StrAppend(&lines[i], " ", transport.sent()[i].body);
    }
  }
  return lines;
}

TEST(RegistrySession, FetchesATokenOnceAndUsesItAgain) {
  FakeTransport transport({Unauthorized(kBearer),
                           Response(200, R"({"token":"T"})"),
                           Response(200, "one"), Response(200, "two")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          Known({.username = "u", .password = "p"}));
  EXPECT_EQ(session.Send({.url = "/v2/a/b/x"}, kActions)->body, "one");
  EXPECT_EQ(session.Send({.url = "/v2/a/b/y"}, kActions)->body, "two");
  EXPECT_EQ(Log(transport),
            (std::vector<std::string>{
                "GET https://h.x/v2/a/b/x",
                "GET https://auth.x/"
                "token?service=s&scope=repository%3Aa%2Fb%3Apull [Basic dTpw]",
                "GET https://h.x/v2/a/b/x [Bearer T]",
                "GET https://h.x/v2/a/b/y [Bearer T]"}));
}

TEST(RegistrySession, ExchangesAnIdentityToken) {
  FakeTransport transport({Unauthorized(kBearer),
                           Response(200, R"({"access_token":"T"})"),
                           Response(200)});
  RegistrySession session({.registry = "docker.io", .sleep = NoPause},
                          transport, Known({.identity_token = "i/t"}));
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 200);
  EXPECT_EQ(Log(transport),
            (std::vector<std::string>{
                "GET https://registry-1.docker.io/v2/",
                "POST https://auth.x/token "
                "grant_type=refresh_token&client_id=rules_dockerfile&service=s"
                "&scope=repository%3Aa%2Fb%3Apull&refresh_token=i%2Ft",
                "GET https://registry-1.docker.io/v2/ [Bearer T]"}));
}

TEST(RegistrySession, SendsBasicCredentials) {
  FakeTransport transport({Unauthorized("Basic realm=\"x\""), Response(200)});
  RegistrySession session({.registry = "localhost:5000", .sleep = NoPause},
                          transport, Known({.username = "u", .password = "p"}));
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 200);
  EXPECT_EQ(Log(transport), (std::vector<std::string>{
                                "GET http://localhost:5000/v2/",
                                "GET http://localhost:5000/v2/ [Basic dTpw]"}));
}

TEST(RegistrySession, FindsHowTheRegistryAuthenticates) {
  FakeTransport transport({Unauthorized(kBearer),
                           Response(200, R"({"token":"T"})"), Response(200),
                           Unauthorized("Basic realm=\"x\""), Response(200)});
  RegistrySession bearer({.registry = "h.x", .sleep = NoPause}, transport,
                         NoCredentials);
  ASSERT_EQ(bearer.Send({.url = "/v2/a"}, kActions)->status, 200);
  EXPECT_EQ(bearer.FindLogin().value(),
            (TokenServer{.realm = "https://auth.x/token", .service = "s"}));
  RegistrySession basic({.registry = "i.x", .sleep = NoPause}, transport,
                        NoCredentials);
  EXPECT_EQ(basic.FindLogin().value(), TokenServer());
  EXPECT_EQ(basic.FindLogin().value(), TokenServer());
  RegistrySession open({.registry = "j.x", .sleep = NoPause}, transport,
                       NoCredentials);
  EXPECT_EQ(open.FindLogin().value(), std::nullopt);
  EXPECT_EQ(open.FindLogin().value(), std::nullopt);
  EXPECT_EQ(
      transport.Lines(),
      (std::vector<std::string>{
          "GET https://h.x/v2/a",
          "GET https://auth.x/token?service=s&scope=repository%3Aa%2Fb%3Apull",
          "GET https://h.x/v2/a", "GET https://i.x/v2/",
          "GET https://j.x/v2/"}));
}

TEST(RegistrySession, FindsTheHeaderOfRequestsToCome) {
  FakeTransport transport(
      {Unauthorized(kBearer), Response(200, R"({"token":"T"})"),
       Unauthorized(kBearer),
       Response(200, R"({"token":"T","expires_in":300})"), Response(200),
       Unauthorized("Basic realm=\"x\""), Unauthorized("Basic realm=\"x\"")});
  const absl::Time now = absl::FromUnixSeconds(1700000000);
  RegistrySession session(
      {.registry = "h.x", .sleep = NoPause, .now = [&] { return now; }},
      transport, Known({.username = "u", .password = "p"}));
  EXPECT_EQ(session.FindAuthorization(kActions).value(),
            (RegistryAuthorization{"Bearer T", now + absl::Seconds(60)}));
  EXPECT_EQ(session.FindAuthorization(kActions).value(),
            (RegistryAuthorization{"Bearer T", now + absl::Seconds(300)}));
  RegistrySession open({.registry = "j.x", .sleep = NoPause}, transport,
                       NoCredentials);
  EXPECT_EQ(open.FindAuthorization(kActions).value(), RegistryAuthorization());
  RegistrySession user({.registry = "i.x", .sleep = NoPause}, transport,
                       Known({.username = "u", .password = "p"}));
  EXPECT_EQ(user.FindAuthorization(kActions).value(),
            (RegistryAuthorization{"Basic dTpw", absl::InfiniteFuture()}));
  RegistrySession basic({.registry = "i.x", .sleep = NoPause}, transport,
                        NoCredentials);
  EXPECT_EQ(
      basic.FindAuthorization(kActions).status(),
      absl::PermissionDeniedError(
          "registry \"i.x\" requires authentication; run `docker login i.x`"));
}

TEST(RegistrySession, TriesOnceWhereThereIsAnotherHost) {
  FakeTransport transport({Response(503, "down")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause, .attempts = 1},
                          transport, NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 503);
}

TEST(RegistrySession, SpeaksTlsToALoopbackAddressWhereToldTo) {
  FakeTransport transport({Response(200)});
  RegistrySession session(
      {.registry = "localhost:5000", .always_tls = true, .sleep = NoPause},
      transport, NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 200);
  EXPECT_EQ(transport.Lines(),
            std::vector<std::string>{"GET https://localhost:5000/v2/"});
}

TEST(RegistrySession, SaysThatItNeedsALogin) {
  FakeTransport transport({Unauthorized("Basic realm=\"x\"")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(
      session.Send({.url = "/v2/"}, kActions).status(),
      absl::PermissionDeniedError(
          "registry \"h.x\" requires authentication; run `docker login h.x`"));
}

TEST(RegistrySession, SaysThatItsCredentialsAreNotAccepted) {
  FakeTransport transport(
      {Unauthorized("Basic realm=\"x\""), Unauthorized("Basic realm=\"x\"")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          Known({.username = "u", .password = "p"}));
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions).status(),
            absl::PermissionDeniedError(
                "registry \"h.x\" returned 401: who are you"));
}

TEST(RegistrySession, SendsNoCredentialsToATokenServerWithoutTls) {
  FakeTransport transport(
      {Unauthorized(R"(Bearer realm="http://auth.x/token",service="s")")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          Known({.username = "u", .password = "p"}));
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions).status(),
            absl::PermissionDeniedError(
                "registry \"h.x\": token server \"http://auth.x/token\": "
                "expected an https URL"));
  EXPECT_EQ(transport.sent().size(), 1u);
}

TEST(RegistrySession, FollowsRedirectsWithoutItsAuthorization) {
  FakeTransport transport({Unauthorized(kBearer),
                           Response(200, R"({"token":"T"})"),
                           Redirect("https://cdn.x/blob?s=1"),
                           Redirect("/other"), Response(200, "blob")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->body, "blob");
  EXPECT_EQ(Log(transport)[3], "GET https://cdn.x/blob?s=1");
  EXPECT_EQ(Log(transport)[4], "GET https://cdn.x/other");
}

TEST(RegistrySession, FollowsNoRedirectOutOfTlsAndNoLoop) {
  FakeTransport plain({Redirect("http://cdn.x/blob")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, plain,
                          NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions).status(),
            absl::UnavailableError("registry \"h.x\": redirect to "
                                   "\"http://cdn.x\" is not followed"));
  FakeTransport loop(std::vector<absl::StatusOr<HttpResponse>>(
      6, Redirect("https://h.x/v2/")));
  RegistrySession again({.registry = "h.x", .sleep = NoPause}, loop,
                        NoCredentials);
  EXPECT_EQ(again.Send({.url = "/v2/"}, kActions).status(),
            absl::UnavailableError("registry \"h.x\": too many redirects"));
}

TEST(RegistrySession, SendsNoAuthorizationToAnUploadElsewhere) {
  FakeTransport transport(
      {Unauthorized("Basic realm=\"x\""), Response(202), Response(201)});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          Known({.username = "u", .password = "p"}));
  ASSERT_TRUE(session.Send({.method = "POST", .url = "/v2/"}, kActions).ok());
  ASSERT_TRUE(
      session.Send({.method = "PUT", .url = "https://storage.x/u"}, kActions)
          .ok());
  EXPECT_EQ(Log(transport)[2], "PUT https://storage.x/u");
}

TEST(RegistrySession, AsksAllowedTokenServersOnly) {
  SessionOptions options = {.registry = "h.x",
                            .token_hosts = {"auth.y", "auth.x:8443"},
                            .sleep = NoPause};
  FakeTransport other({Unauthorized(kBearer)});
  RegistrySession refused(options, other,
                          Known({.username = "u", .password = "p"}));
  EXPECT_EQ(refused.Send({.url = "/v2/"}, kActions).status(),
            absl::PermissionDeniedError(
                "registry \"h.x\": expected one of the token servers "
                "\"auth.y\", \"auth.x:8443\", got \"auth.x\""));
  EXPECT_EQ(other.sent().size(), 1u);
  for (const char* realm :
       {"https://auth.y/t", "https://AUTH.x:8443/t", "https://h.x/t"}) {
    FakeTransport transport(
        {Unauthorized(absl::StrCat("Bearer realm=\"", realm, "\"")),
         Response(200, R"({"token":"T"})"), Response(200)});
    RegistrySession session(options, transport, NoCredentials);
    EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 200) << realm;
  }
}

TEST(RegistrySession, AsksForEachScope) {
  FakeTransport transport({Unauthorized(kBearer),
                           Response(200, R"({"token":"T"})"), Response(200)});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  ASSERT_TRUE(
      session.Send({.url = "/v2/"}, "repository:a:push repository:b:pull")
          .ok());
  EXPECT_EQ(Log(transport)[1],
            "GET https://auth.x/token?service=s&scope=repository%3Aa%3Apush"
            "&scope=repository%3Ab%3Apull");
}

TEST(RegistrySession, SendsNoHeaderThatATokenWouldAdd) {
  FakeTransport transport(
      {Unauthorized(kBearer), Response(200, R"({"token":"T\r\nX-In: 1"})")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions).status(),
            absl::InvalidArgumentError(
                "registry \"h.x\": header \"Authorization\" has a control "
                "character"));
  EXPECT_EQ(transport.sent().size(), 2u);
}

TEST(RegistrySession, RefusesCredentialsThatCannotBeSent) {
  struct Case {
    Credentials credentials;
    const char* reason;
  };
  for (const Case& c :
       {Case{{.username = "u\r\nX: 1", .password = "secret"},
             "the user name has a control character or a colon"},
        Case{{.username = "u:v", .password = "secret"},
             "the user name has a control character or a colon"},
        Case{{.username = "u", .password = "secret\n"},
             "the password has a control character"}}) {
    for (const char* challenge : {"Basic realm=\"x\"", kBearer}) {
      FakeTransport transport({Unauthorized(challenge)});
      RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                              Known(c.credentials));
      EXPECT_EQ(session.Send({.url = "/v2/"}, kActions).status(),
                absl::InvalidArgumentError(
                    absl::StrCat("registry \"h.x\": ", c.reason)));
    }
  }
}

TEST(RegistrySession, SendsItsCertificateToTheRegistryOnly) {
  FakeTransport transport({Redirect("https://cdn.x/blob"), Response(200)});
  RegistrySession session(
      {.registry = "localhost:5000",
       .tls = {.extra_cas = {"ca"}, .certificate = "cert", .key = "key"},
       .sleep = NoPause},
      transport, NoCredentials);
  ASSERT_TRUE(session.Send({.url = "/v2/"}, kActions).ok());
  EXPECT_EQ(Log(transport)[0], "GET https://localhost:5000/v2/");
  EXPECT_EQ(
      transport.sent()[0].request.tls,
      (TlsFiles{.extra_cas = {"ca"}, .certificate = "cert", .key = "key"}));
  EXPECT_EQ(transport.sent()[1].request.tls, (TlsFiles{.extra_cas = {"ca"}}));
}

TEST(RegistrySession, ReportsErrorsInTheWordsOfTheRegistry) {
  FakeTransport transport({});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(
      session.ResponseError(Response(
          404, R"({"errors":[{"code":"C","message":"manifest unknown"}]})")),
      absl::NotFoundError("registry \"h.x\" returned 404: manifest unknown"));
  EXPECT_EQ(
      session.ResponseError(Response(400, R"({"errors":[{"code":"C"}]})")),
      absl::InvalidArgumentError("registry \"h.x\" returned 400: C"));
  EXPECT_EQ(session.ResponseError(Response(502, "<html>\n")),
            absl::UnavailableError("registry \"h.x\" returned 502: <html>"));
  EXPECT_EQ(session.ResponseError(Response(403)),
            absl::PermissionDeniedError(
                "registry \"h.x\" returned 403: no reason given"));
}

TEST(RegistrySession, PrintsWhatARegistrySaysWithoutControlCharacters) {
  FakeTransport transport({});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(session.ResponseError(Response(502, "a\x1b[2Jb\nc")),
            absl::UnavailableError(
                "registry \"h.x\" returned 502: a\\x1b[2Jb\\x0ac"));
}

}  // namespace
}  // namespace rules_dockerfile
