#include "lib/signature/public_key.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/signature/signature_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

constexpr char kMessage[] = "a message";
constexpr char kNotAKey[] = "expected one PEM block \"PUBLIC KEY\"";
constexpr char kWanted[] =
    "expected an ECDSA key of P-256 or P-384, an Ed25519 key, or an RSA key of "
    "2048 to 16384 bits, got ";

struct KeyCase {
  const char* name;
  const char* kind;
  const char* hash;
  const char* other_hash;  // that is not accepted
};

class KeyTest : public testing::TestWithParam<KeyCase> {};

TEST_P(KeyTest, VerifiesItsSignaturesOnly) {
  const TestKey test_key(GetParam().kind);
  const absl::StatusOr<PublicKey> key = PublicKey::Parse(test_key.PublicPem());
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string signature = test_key.Sign(kMessage, GetParam().hash);
  EXPECT_TRUE(key->Verifies(kMessage, signature));
  EXPECT_FALSE(key->Verifies("a Message", signature));
  EXPECT_FALSE(key->Verifies("", signature));
  EXPECT_FALSE(key->Verifies(
      kMessage, TestKey(GetParam().kind).Sign(kMessage, GetParam().hash)));
  if (GetParam().other_hash[0] != '\0') {
    EXPECT_FALSE(
        key->Verifies(kMessage, test_key.Sign(kMessage, GetParam().other_hash)))
        << "the hash is the key's choice";
  }
  EXPECT_TRUE(key->Verifies(kMessage, signature)) << "after failures";
}

// What an attacker makes of a signature that is good.
TEST_P(KeyTest, RefusesASignatureInAnotherForm) {
  const TestKey test_key(GetParam().kind);
  const absl::StatusOr<PublicKey> key = PublicKey::Parse(test_key.PublicPem());
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string good = test_key.Sign(kMessage, GetParam().hash);
  for (const std::string& bad :
       {std::string(), good.substr(1), good.substr(0, good.size() - 1),
        good + '\0', good + good, std::string(good.size(), '\0'),
        std::string(good.size(), '\xff'), std::string("\x30\x00", 2),
        // r and s of 0, of 1, and a length in the long form
        std::string("\x30\x06\x02\x01\x00\x02\x01\x00", 8),
        std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8),
        absl::StrCat("\x30\x81", good.substr(1)),
        // a length that promises more than there is
        std::string("\x30\x84\xff\xff\xff\xff\x02\x01\x01", 9),
        std::string(1 << 20, '\x30')}) {
    EXPECT_FALSE(key->Verifies(kMessage, bad)) << bad.size() << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(PublicKey, KeyTest,
                         testing::ValuesIn<KeyCase>({
                             {"P256", "P-256", "SHA256", "SHA1"},
                             {"P384", "P-384", "SHA384", "SHA1"},
                             {"P384OfCosign2", "P-384", "SHA256", "SHA512"},
                             {"Ed25519", "ED25519", "", ""},
                             {"Rsa", "RSA-2048", "SHA256", "SHA1"},
                             {"LongRsa", "RSA-3072", "SHA256", "SHA512"},
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(PublicKey, RefusesWeakAndUncommonKeys) {
  const auto error = [](absl::string_view kind) {
    return PublicKey::Parse(TestKey(kind).PublicPem()).status();
  };
  EXPECT_THAT(error("RSA-1024"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(kWanted, "an RSA key of 1024 bits")));
  EXPECT_THAT(error("P-521"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(kWanted, "an ECDSA key of secp521r1")));
  EXPECT_THAT(error("secp256k1"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(kWanted, "an ECDSA key of secp256k1")));
}

TEST(PublicKey, RefusesWhatIsNotOnePublicKey) {
  const TestKey key("P-256");
  const std::string pem = key.PublicPem();
  for (const std::string& bad :
       {std::string(), std::string("sha256:0"), key.PrivatePem(), pem + pem,
        pem + key.PrivatePem(), pem.substr(0, pem.size() / 2),
        absl::StrReplaceAll(pem, {{"PUBLIC KEY", "CERTIFICATE"}}),
        absl::StrReplaceAll(pem, {{"PUBLIC KEY", "RSA PUBLIC KEY"}}),
        absl::StrReplaceAll(pem, {{"KEY-----\nM",
                                   "KEY-----\nProc-Type: "
                                   "4,ENCRYPTED\nDEK-Info: "
                                   "AES-128-CBC,00\n\nM"}}),
        absl::StrCat(pem, std::string(1 << 17, '\n'))}) {
    EXPECT_THAT(PublicKey::Parse(bad).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, kNotAKey))
        << bad.substr(0, 40);
  }
  EXPECT_TRUE(PublicKey::Parse("a comment\n" + pem).ok());
}

}  // namespace
}  // namespace rules_dockerfile
