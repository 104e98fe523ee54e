// Answers to Bazel, with a server that requires a login.
#include "tools/registry_credential_helper/answer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/registry/credentials.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;
using Strings = std::vector<std::string>;

constexpr char kPassword[] = "hunter2hunter2";

class AnswerTest : public testing::Test {
 protected:
  AnswerTest()
      : server_([this](const Request& request) { return Serve(request); }),
        transport_(MakeCurlTransport()) {}

  Answer Serve(const Request& request) {
    if (absl::StartsWith(request.target, "/token")) return token_;
    if (challenge_.empty()) return HttpAnswer(200);
    return HttpAnswer(401, "who are you",
                      {absl::StrCat("WWW-Authenticate: ", challenge_)});
  }

  void WantToken(const Answer& token) {
    challenge_ = absl::StrCat("Bearer realm=\"http://", server_.host(),
                              "/token\",service=\"s\"");
    token_ = token;
  }

  absl::StatusOr<std::string> AnswerTo(const std::string& uri) {
    return AnswerHelperRequest(
        absl::StrCat(R"({"uri":")",
                     absl::StrReplaceAll(uri, {{"HOST", server_.host()}}),
                     "\"}"),
        {.options =
             [](const std::string& registry) -> absl::StatusOr<SessionOptions> {
           return SessionOptions{.registry = registry, .now = [] {
                                   return absl::FromUnixSeconds(1700000000);
                                 }};
         },
         .credentials = [this](const std::string&) { return credentials_; }},
        *transport_);
  }

  absl::Status Refusal(const std::string& uri) {
    const absl::Status status = AnswerTo(uri).status();
    EXPECT_FALSE(absl::StrContains(status.message(), kPassword));
    return absl::Status(
        status.code(),
        absl::StrReplaceAll(status.message(), {{server_.host(), "HOST"}}));
  }

  std::string challenge_;  // that a request gets
  Answer token_;
  absl::StatusOr<std::optional<Credentials>> credentials_ =
      Credentials{.username = "user", .password = kPassword};
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
};

constexpr char kBlob[] = "http://HOST/v2/a/b/blobs/sha256:0";
constexpr char kNone[] = R"({"headers":{}})";

TEST_F(AnswerTest, IsTheTokenAndItsEnd) {
  WantToken(HttpAnswer(200, R"({"token":"T","expires_in":300})"));
  EXPECT_EQ(
      AnswerTo(kBlob).value(),
      R"({"headers":{"Authorization":["Bearer T"]},"expires":"2023-11-14T22:18:20Z"})");
  EXPECT_EQ(server_.Lines(),
            (Strings{"GET /v2/",
                     "GET /token?service=s&scope=repository%3Aa%2Fb%3Apull"}));
  credentials_ = std::nullopt;
  EXPECT_TRUE(absl::StrContains(AnswerTo(kBlob).value(), "Bearer T"));
}

TEST_F(AnswerTest, IsUserAndPassword) {
  challenge_ = "Basic realm=\"x\"";
  EXPECT_EQ(
      AnswerTo(kBlob).value(),
      R"({"headers":{"Authorization":["Basic dXNlcjpodW50ZXIyaHVudGVyMg=="]}})");
  EXPECT_EQ(AnswerTo("http://HOST/v2/a/b/manifests/1").value(),
            AnswerTo(kBlob).value());
}

TEST_F(AnswerTest, IsEmptyForOtherUris) {
  for (const char* uri :
       {"http://HOST/file.tar.gz", "http://HOST/v2/", "", "nonsense",
        "http://h.invalid/v2/a/b/blobs/sha256:0"}) {
    EXPECT_EQ(AnswerTo(uri).value(), kNone) << uri;
  }
  EXPECT_EQ(server_.Lines(), Strings{});
}

TEST_F(AnswerTest, IsEmptyWithoutALogin) {
  EXPECT_EQ(AnswerTo(kBlob).value(), kNone);
  credentials_ = std::nullopt;
  challenge_ = "Basic realm=\"x\"";
  EXPECT_EQ(AnswerTo(kBlob).value(), kNone);
  WantToken(HttpAnswer(401, "no anonymous tokens"));
  EXPECT_EQ(AnswerTo(kBlob).value(), kNone);
}

TEST_F(AnswerTest, SaysWhyCredentialsAreNotTaken) {
  WantToken(HttpAnswer(401, absl::StrCat("not ", kPassword)));
  EXPECT_EQ(Refusal(kBlob),
            absl::PermissionDeniedError(
                "registry \"HOST\" returned 401: not <secret>"));
  WantToken(HttpAnswer(200, "{}"));
  EXPECT_EQ(Refusal(kBlob),
            absl::UnavailableError(
                "registry \"HOST\": the token server's response has no token"));
  credentials_ = absl::InvalidArgumentError("\"config.json\": malformed");
  EXPECT_EQ(Refusal(kBlob),
            absl::InvalidArgumentError("\"config.json\": malformed"));
}

TEST_F(AnswerTest, SaysWhatARequestLacks) {
  const RegistryAccess access;
  EXPECT_EQ(AnswerHelperRequest("{}", access, *transport_).status(),
            absl::InvalidArgumentError("field \"uri\" is missing"));
  EXPECT_EQ(AnswerHelperRequest("", access, *transport_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rules_dockerfile
