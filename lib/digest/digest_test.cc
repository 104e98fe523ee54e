#include "lib/digest/digest.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// FIPS 180-4 examples.
constexpr char kEmpty[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kAbc[] =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, IsTheTextFormOfSha256) {
  EXPECT_EQ(DigestOf(""), kEmpty);
  EXPECT_EQ(DigestOf("abc"), kAbc);
  EXPECT_EQ(DigestHex(kAbc), std::string(kAbc).substr(7));
}

TEST(Digester, TakesPiecesAndStartsAfresh) {
  Digester digester;
  EXPECT_THAT(digester.Append("a"), IsOk());
  EXPECT_THAT(digester.Append("bc"), IsOk());
  EXPECT_EQ(digester.Finish(), kAbc);
  EXPECT_EQ(digester.Finish(), kEmpty);
}

TEST(DigestingSink, PassesBytesOn) {
  StringSink sink;
  DigestingSink digesting(&sink);
  EXPECT_THAT(digesting.Append("ab"), IsOk());
  EXPECT_THAT(digesting.Append("c"), IsOk());
  EXPECT_EQ(digesting.size(), 3);
  EXPECT_EQ(digesting.Finish(), kAbc);
  EXPECT_EQ(sink.contents(), "abc");
}

TEST(ParseDigest, TakesADigest) {
  EXPECT_THAT(ParseDigest(kAbc), IsOkAndHolds(kAbc));
}

struct BadDigestCase {
  const char* name;
  const char* text;
};

class BadDigestTest : public testing::TestWithParam<BadDigestCase> {};

TEST_P(BadDigestTest, IsRefused) {
  const std::string text = GetParam().text;
  EXPECT_THAT(
      ParseDigest(text),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "digest \"" + text +
                   "\": expected \"sha256:<64 lower-case hex digits>\""));
}

INSTANTIATE_TEST_SUITE_P(
    ParseDigest, BadDigestTest,
    testing::ValuesIn<BadDigestCase>({
        {.name = "Empty", .text = ""},
        {.name = "OtherAlgorithm", .text = "md5:00"},
        {.name = "NoAlgorithm",
         .text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2001"
                 "5ad"},
        {.name = "UpperCase",
         .text = "sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff"
                 "61f20015ad"},
        {.name = "Short", .text = "sha256:ba78"},
        {.name = "PathInside",
         .text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff"
                 "61f2001/ad"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
