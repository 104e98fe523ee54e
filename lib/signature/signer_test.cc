#include "lib/signature/signer.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SigningRequest kRequest = {
    .reference = "h.x/a", .digest = kDigest, .media_type = "m/t"};

std::string Payload() {
  return SigningPayloadText(
      {.reference = kRequest.reference, .digest = kDigest});
}

// What a signer made of the script answers.
absl::StatusOr<SigningAnswer> Ask(const std::string& script,
                                  Signer signer = {}) {
  signer.program = absl::StrCat(testing::TempDir(), "/my_signer");
  EXPECT_EQ(WriteFile(signer.program, absl::StrCat("#!/bin/sh\n", script)),
            absl::OkStatus());
  chmod(signer.program.c_str(), 0755);
  return AskSigner(signer, kRequest);
}

std::string Error(const std::string& script, const Signer& signer = {}) {
  return std::string(Ask(script, signer).status().message());
}

TEST(SigningRequest, IsOneLine) {
  EXPECT_EQ(
      SigningRequestText(kRequest, "pay"),
      absl::StrCat(R"({"version":1,"reference":"h.x/a","digest":")", kDigest,
                   R"(","mediaType":"m/t","payload":"cGF5"})", "\n"));
}

TEST(AskSigner, GivesTheRequestAndTakesTheAnswer) {
  const absl::StatusOr<SigningAnswer> answer = Ask(
      R"sh(request=$(cat)
           signature=$(printf '%s' "$request" | base64 -w0)
           echo "{\"version\":1,\"signature\":\"$signature\"}")sh");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->payload, Payload());
  EXPECT_EQ(answer->signature + "\n", SigningRequestText(kRequest, Payload()));
  EXPECT_TRUE(answer->annotations.empty());
}

TEST(AskSigner, GivesOnlyTheEnvironmentThatIsNamed) {
  setenv("RD_SIGNER_SECRET", "hunter2", 1);
  setenv("RD_SIGNER_NAMED", "named", 1);
  const std::string script =
      R"sh(names=$(env | sed 's/=.*//' | grep -vx -e _ -e PWD -e SHLVL | sort | tr '\n' ' ')
           printf '{"error":"%s: %s %s"}' "$names" "$RD_SIGNER_NAMED" "$GIVEN")sh";
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(Error(script), "signer \"my_signer\": it says: HOME PATH :  ");
  EXPECT_EQ(Error(script, {.environment = {"RD_SIGNER_NAMED", "GIVEN=a=b",
                                           "RD_SIGNER_UNSET"}}),
            "signer \"my_signer\": it says: GIVEN HOME PATH RD_SIGNER_NAMED : "
            "named a=b");
}

struct FailureCase {
  const char* name;
  const char* script;
  const char* error;
};

class FailureTest : public testing::TestWithParam<FailureCase> {};

TEST_P(FailureTest, IsNamed) {
  EXPECT_EQ(Error(GetParam().script),
            absl::StrCat("signer \"my_signer\": ", GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    AskSigner, FailureTest,
    testing::ValuesIn<FailureCase>({
        {"ExitCode", "exit 3", "exit code 3"},
        {"Signal", "kill -9 $$", "it was killed by a signal"},
        {"ItsOwnError", R"(echo '{"version":1,"error":"no key"}')",
         "it says: no key"},
        {"ItsOwnErrorAndExitCode", R"(echo '{"error":"no\u001bkey"}'; exit 1)",
         "it says: no\\x1bkey"},
        {"Nothing", "true", "expected an answer in JSON"},
        {"NotJson", "echo c2VjcmV0", "expected an answer in JSON"},
        {"TwoAnswers", R"(echo '{"version":1,"signature":"c2VjcmV0"}{}')",
         "expected an answer in JSON"},
        {"AnotherVersion", R"(echo '{"version":2,"signature":"eA=="}')",
         "version: expected 1, got 2"},
        {"NoVersion", R"(echo '{"signature":"eA=="}')",
         "field \"version\" is missing"},
        {"NoSignature", R"(echo '{"version":1}')",
         "expected a signature, got none"},
        {"NotBase64", R"(echo '{"version":1,"signature":"?"}')",
         "field \"signature\": expected base64"},
        {"OddPayload",
         R"(echo '{"version":1,"signature":"eA==","payload":"e30="}')",
         "the payload: field \"critical\" is missing"},
        {"ReservedAnnotation",
         R"(echo '{"version":1,"signature":"eA==","annotations":{"dev.cosignproject.cosign/signature":"x"}}')",
         "the annotation \"dev.cosignproject.cosign/signature\" is not "
         "allowed"},
        {"Huge", "head -c 300000 /dev/zero",
         "expected an answer of at most 262144 bytes, got more"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(AskSigner, KillsASignerThatTakesTooLong) {
  EXPECT_EQ(Error("exec sleep 600", {.timeout = absl::Milliseconds(100)}),
            "signer \"my_signer\": expected an answer within 100ms");
}

TEST(AskSigner, SaysThatThereIsNoProgram) {
  EXPECT_EQ(AskSigner({.program = "/no/such"}, kRequest).status(),
            absl::NotFoundError("signer \"such\": cannot run \"/no/such\": No "
                                "such file or directory"));
}

std::string Answer(absl::string_view payload) {
  return absl::StrCat(
      R"({"version":1,"signature":"c2ln","payload":")",
      absl::Base64Escape(payload),
      R"(","certificate":"PEM","chain":"","annotations":{"org.x":"y"}})");
}

TEST(ParseSigningAnswer, TakesAPayloadOfTheSameImage) {
  const std::string own = absl::StrReplaceAll(
      Payload(), {{R"("optional":null)", R"("optional":{"by":"ci"})"}});
  const absl::StatusOr<SigningAnswer> answer =
      ParseSigningAnswer(Answer(own), kRequest, Payload());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(
      *answer,
      (SigningAnswer{.payload = own,
                     .signature = "sig",
                     .annotations = {{"dev.sigstore.cosign/certificate", "PEM"},
                                     {"org.x", "y"}}}));
}

TEST(ParseSigningAnswer, RefusesAPayloadOfAnother) {
  const std::string zeros(64, '0');
  const std::string other = SigningPayloadText(
      {.reference = "h.x/b", .digest = absl::StrCat("sha256:", zeros)});
  EXPECT_EQ(ParseSigningAnswer(Answer(other), kRequest, Payload()).status(),
            absl::InvalidArgumentError(
                absl::StrCat("the payload: expected h.x/a@", kDigest,
                             ", got h.x/b@sha256:", zeros)));
}

}  // namespace
}  // namespace rules_dockerfile
