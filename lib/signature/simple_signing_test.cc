#include "lib/signature/simple_signing.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(SigningPayload, HasTheBytesThatCosignWrites) {
  EXPECT_EQ(
      SigningPayloadText({.reference = "h.x/a/b", .digest = kDigest}),
      absl::StrCat(
          R"({"critical":{"identity":{"docker-reference":"h.x/a/b"},)",
          R"("image":{"docker-manifest-digest":")", kDigest,
          R"("},"type":"cosign container image signature"},"optional":null})"));
}

TEST(SigningPayload, ParsingItsTextReturnsAnEqualOne) {
  const SigningPayload payload = {.reference = "h.x/a/b", .digest = kDigest};
  EXPECT_THAT(ParseSigningPayload(SigningPayloadText(payload)),
              IsOkAndHolds(payload));
}

TEST(SigningPayload, HasTheReferenceInNormalFormWithoutItsTag) {
  const std::string text =
      SigningPayloadText({.reference = "h.x/a", .digest = kDigest});
  const auto parsed = [&](absl::string_view reference) {
    return ParseSigningPayload(
               absl::StrReplaceAll(text, {{"h.x/a", reference}}))
        .value_or(SigningPayload())
        .reference;
  };
  EXPECT_EQ(parsed("index.docker.io/library/debian"),
            "docker.io/library/debian");
  EXPECT_EQ(parsed("debian:12"), "docker.io/library/debian");
  EXPECT_EQ(parsed("localhost:5000/a:1"), "localhost:5000/a");
}

struct PayloadCase {
  const char* name;
  const char* from;
  const char* to;
  const char* error;
};

class PayloadTest : public testing::TestWithParam<PayloadCase> {};

TEST_P(PayloadTest, IsRefused) {
  const std::string text = absl::StrReplaceAll(
      SigningPayloadText({.reference = "h.x/a", .digest = kDigest}),
      {{GetParam().from, GetParam().to}});
  EXPECT_THAT(ParseSigningPayload(text),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    SigningPayload, PayloadTest,
    testing::ValuesIn<PayloadCase>({
        {"AnotherType", "cosign container", "atomic container",
         "field \"critical.type\": expected \"cosign container image "
         "signature\""},
        {"NoType", R"(,"type":"cosign container image signature")", "",
         "field \"critical.type\" is missing"},
        {"NoReference", R"("docker-reference":"h.x/a")", "",
         "field \"critical.identity.docker-reference\" is missing"},
        {"AReferenceThatIsNone", "h.x/a", "h.x/A",
         "field \"critical.identity.docker-reference\": invalid reference "
         "\"h.x/A\": repository name must be lower case"},
        {"ADigestTwice", R"("image":{)",
         R"("image":{"docker-manifest-digest":"sha256:0",)",
         "malformed JSON: duplicate key \"docker-manifest-digest\""},
        {"AnotherAlgorithm", "sha256:e3b0", "sha512:e3b0",
         "field \"critical.image.docker-manifest-digest\": digest "
         "\"sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
         "b855\": expected \"sha256:<64 lower-case hex digits>\""},
        {"ANumber", R"("h.x/a")", "7",
         "field \"critical.identity.docker-reference\": expected a string, got "
         "a number"},
        {"ANul", "h.x/a", "h.x/a\\u0000",
         "field \"critical.identity.docker-reference\": it holds a NUL"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
