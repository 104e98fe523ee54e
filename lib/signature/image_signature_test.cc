#include "lib/signature/image_signature.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/digest/digest.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/media_type.h"
#include "lib/signature/public_key.h"
#include "lib/signature/signature_testing.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

constexpr char kName[] = "h.x/base";

std::string Blob(const std::string& media_type, const std::string& bytes) {
  return absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                      DigestOf(bytes), R"(","size":)", bytes.size(), "}");
}

LayerDescriptor Layer(const std::string& bytes) {
  return {.blob = {.media_type = std::string(kOciLayerMediaType),
                   .digest = DigestOf(bytes),
                   .size = static_cast<int64_t>(bytes.size())},
          .diff_id = DigestOf(bytes)};
}

std::string Manifest(const std::string& config,
                     const std::vector<std::string>& layers) {
  std::string list;
  for (const std::string& layer : layers) {
    absl::StrAppend(&list, list.empty() ? "" : ",",
                    Blob(std::string(kOciLayerMediaType), layer));
  }
  return absl::StrCat(R"({"schemaVersion":2,"mediaType":")",
                      kOciManifestMediaType, R"(","config":)",
                      Blob(std::string(kOciConfigMediaType), config),
                      R"(,"layers":[)", list, "]}");
}

std::string Index(const std::vector<std::string>& manifests) {
  std::string list;
  for (const std::string& manifest : manifests) {
    absl::StrAppend(&list, list.empty() ? "" : ",",
                    Blob(std::string(kOciManifestMediaType), manifest));
  }
  return absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexMediaType,
                      R"(","manifests":[)", list, "]}");
}

SignaturePolicy Policy(
    const std::vector<std::pair<std::string, const TestKey*>>& keys) {
  SignaturePolicy policy;
  for (const auto& [name, key] : keys) {
    policy.keys.emplace_back(name, PublicKey::Parse(key->PublicPem()).value());
  }
  return policy;
}

class FindSignatureTest : public testing::Test {
 protected:
  const TestKey key_{"P-256"};
  const TestKey other_{"P-256"};
  const std::string digest_ = DigestOf("an index");
  const SigningPayload expected_ = {.reference = kName, .digest = digest_};

  absl::Status Find(const std::vector<ImageSignature>& signatures) {
    return FindSignature(signatures, Policy({{"k.pub", &key_}}), expected_)
        .status();
  }
  std::string Message(const std::string& rest) {
    return absl::StrCat("expected a signature of h.x/base@", digest_,
                        " by \"k.pub\", got ", rest);
  }
};

TEST_F(FindSignatureTest, FindsOneOfSeveralByOneOfSeveralKeys) {
  const TestKey third("ED25519");
  const ImageSignature good = key_.SignImage(expected_);
  const absl::StatusOr<std::pair<ImageSignature, std::string>> found =
      FindSignature({{other_.SignImage(expected_), good}},
                    Policy({{"third.pub", &third}, {"k.pub", &key_}}),
                    expected_);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, std::pair(good, std::string("k.pub")));
}

TEST_F(FindSignatureTest, SaysThatThereIsNone) {
  EXPECT_THAT(Find({}),
              StatusIs(absl::StatusCode::kPermissionDenied, Message("none")));
  EXPECT_THAT(
      FindSignature({}, Policy({{"k.pub", &key_}, {"l.pub", &other_}}),
                    expected_)
          .status(),
      StatusIs(absl::StatusCode::kPermissionDenied,
               absl::StrReplaceAll(Message("none"),
                                   {{"\"k.pub\"", "\"k.pub\" or \"l.pub\""}})));
}

TEST_F(FindSignatureTest, SaysWhatIsWrongWithEach) {
  const std::string other_digest = DigestOf("another index");
  ImageSignature changed = key_.SignImage(expected_);
  changed.payload = SigningPayloadText({kName, other_digest});
  const std::string odd = absl::StrReplaceAll(
      SigningPayloadText(expected_), {{"cosign container", "my container"}});
  EXPECT_THAT(
      Find({other_.SignImage(expected_),
            changed,
            key_.SignImage({.reference = kName, .digest = other_digest}),
            key_.SignImage({.reference = "h.x/evil", .digest = digest_}),
            {.payload = odd, .signature = key_.Sign(odd)},
            {.payload = "", .signature = ""}}),
      StatusIs(
          absl::StatusCode::kPermissionDenied,
          absl::StrCat(Message("6 others"),
                       "\nsignature 1 is by none of these keys"
                       "\nsignature 2 is by none of these keys"
                       "\nsignature 3 is of another image: ",
                       other_digest,
                       "\nsignature 4 is of another repository: h.x/evil"
                       "\nsignature 5 has another payload: field "
                       "\"critical.type\": expected \"cosign container image "
                       "signature\""
                       "\nsignature 6 is by none of these keys")));
}

TEST_F(FindSignatureTest, LooksAtSoManyOnly) {
  EXPECT_THAT(Find(std::vector<ImageSignature>(kMaxSignatures + 1,
                                               key_.SignImage(expected_))),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "expected at most 100 signatures of one image, got "
                       "101"));
}

// An image that is locked by an index, and everything that leads to it.
class PinnedImageTest : public testing::Test {
 protected:
  const TestKey key_{"P-256"};
  const std::string manifest_ = Manifest("config", {"layer 1", "layer 2"});
  const std::string index_ =
      Index({Manifest("config of arm64", {"layer 3"}), manifest_});
  PinnedImage image_ = {.repository = kName,
                        .digest = DigestOf(index_),
                        .platform = "linux/arm/v7",
                        .manifest = DigestOf(manifest_),
                        .config = DigestOf("config"),
                        .layers = {Layer("layer 1"), Layer("layer 2")}};
  LockedEvidence evidence_ = {
      .signatures = {key_.SignImage({kName, DigestOf(index_)})},
      .documents = {index_, manifest_}};
  SignaturePolicy policy_ = Policy({{"k.pub", &key_}});

  absl::Status Verify() {
    return VerifyPinnedImage(image_, evidence_, policy_);
  }
};

TEST_F(PinnedImageTest, IsVerifiedByASignatureOfTheIndex) {
  EXPECT_EQ(Verify(), absl::OkStatus());
}

TEST_F(PinnedImageTest, IsVerifiedByASignatureOfTheManifest) {
  evidence_.signatures = {key_.SignImage({kName, DigestOf(manifest_)})};
  EXPECT_EQ(Verify(), absl::OkStatus());
  image_.digest = image_.manifest;
  evidence_.documents = {manifest_};
  EXPECT_EQ(Verify(), absl::OkStatus()) << "locked without an index";
}

TEST_F(PinnedImageTest, IsNotVerifiedByASignatureOfAnotherPlatform) {
  const std::string other = Manifest("config of arm64", {"layer 3"});
  evidence_.signatures = {key_.SignImage({kName, DigestOf(other)})};
  evidence_.documents.push_back(other);
  EXPECT_THAT(
      Verify(),
      StatusIs(absl::StatusCode::kPermissionDenied,
               absl::StrCat("expected a signature of h.x/base@", image_.digest,
                            " by \"k.pub\", got 1 other"
                            "\nsignature 1 is of another image: ",
                            DigestOf(other))));
}

TEST_F(PinnedImageTest, MayBeSignedAsAnotherRepository) {
  evidence_.signatures = {key_.SignImage({"other.x/base", image_.digest})};
  EXPECT_THAT(
      Verify(),
      StatusIs(absl::StatusCode::kPermissionDenied,
               absl::StrCat("expected a signature of h.x/base@", image_.digest,
                            " by \"k.pub\", got 1 other\nsignature 1 is of "
                            "another repository: other.x/base")));
  policy_.signed_as = "other.x/base";
  EXPECT_EQ(Verify(), absl::OkStatus());
}

TEST_F(PinnedImageTest, RequiresTheDocumentsThatLeadToIt) {
  evidence_.documents = {manifest_, "{}"};
  EXPECT_THAT(Verify(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("expected the document ", image_.digest,
                                    " among those of the lock, got 2 others")));
  evidence_.documents = {index_};
  EXPECT_THAT(Verify(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("expected the document ", image_.manifest,
                                    " among those of the lock, got 1 others")));
}

// The lock names what is signed, and other contents.
TEST_F(PinnedImageTest, HasWhatTheDocumentsSay) {
  const std::string evil = Manifest("evil", {"layer 1", "layer 2"});
  const PinnedImage good = image_;
  evidence_.documents.push_back(evil);
  image_.manifest = DigestOf(evil);
  image_.config = DigestOf("evil");
  EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kDataLoss,
                                 absl::StrCat("the index ", image_.digest,
                                              " does not list the manifest ",
                                              image_.manifest)));
  image_ = good;
  image_.config = DigestOf("evil");
  EXPECT_THAT(Verify(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("the manifest ", image_.manifest,
                                    " has the config ", DigestOf("config"),
                                    ", the lock has ", DigestOf("evil"))));
  image_ = good;
  image_.layers.pop_back();
  EXPECT_THAT(Verify(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("the manifest ", image_.manifest,
                                    " has the layers [", DigestOf("layer 1"),
                                    " (7 bytes, none), ", DigestOf("layer 2"),
                                    " (7 bytes, none)], the lock has [",
                                    DigestOf("layer 1"), " (7 bytes, none)]")));
  image_ = good;
  std::swap(image_.layers[0], image_.layers[1]);
  EXPECT_EQ(Verify().code(), absl::StatusCode::kDataLoss);
  image_ = good;
  image_.layers[1].blob.size = 8;
  EXPECT_EQ(Verify().code(), absl::StatusCode::kDataLoss);
  image_ = good;
  image_.layers[1].blob.media_type = LayerMediaType(Codec::kGzip);
  EXPECT_EQ(Verify().code(), absl::StatusCode::kDataLoss);
  // A build has the media types of OCI.
  image_.layers[1].blob.media_type =
      "application/vnd.docker.image.rootfs.diff.tar";
  EXPECT_EQ(Verify(), absl::OkStatus());
}

TEST_F(PinnedImageTest, IsWhatItsConfigSays) {
  ImageConfig config = {.platform = {.os = "linux", .architecture = "arm"},
                        .diff_ids = {DigestOf("layer 1"), DigestOf("layer 2")}};
  EXPECT_EQ(CheckPinnedConfig(image_, config), absl::OkStatus());
  const struct {
    const char* locked;
    const char* error;
  } kRows[] = {
      {"linux/arm64",
       "expected an image for linux/arm64, got one for linux/arm"},
      {"freebsd/arm",
       "expected an image for freebsd/arm, got one for linux/arm"},
  };
  for (const auto& row : kRows) {
    image_.platform = row.locked;
    EXPECT_THAT(CheckPinnedConfig(image_, config),
                StatusIs(absl::StatusCode::kDataLoss, row.error));
  }
  image_.platform = "linux/arm/v6";
  config.diff_ids.pop_back();
  EXPECT_THAT(
      CheckPinnedConfig(image_, config),
      StatusIs(absl::StatusCode::kDataLoss,
               "the lock has other diff_ids than the config of the image"));
}

TEST(ReadSignaturePolicy, ReadsTheKeysAndTheName) {
  const std::string path = absl::StrCat(testing::TempDir(), "/k.pub");
  const TestKey key("P-256");
  ASSERT_EQ(WriteFile(path, key.PublicPem()), absl::OkStatus());
  const absl::StatusOr<SignaturePolicy> policy =
      ReadSignaturePolicy({path}, "debian:12");
  ASSERT_TRUE(policy.ok()) << policy.status();
  ASSERT_EQ(policy->keys.size(), 1);
  EXPECT_EQ(policy->keys[0].first, "k.pub");
  EXPECT_EQ(policy->signed_as, "docker.io/library/debian");
  EXPECT_THAT(ReadSignaturePolicy({}, "").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "expected a public key, got none"));
  ASSERT_EQ(WriteFile(path, key.PrivatePem()), absl::OkStatus());
  EXPECT_THAT(ReadSignaturePolicy({path}, "").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("\"", path,
                                    "\": expected one PEM block "
                                    "\"PUBLIC KEY\"")));
}

}  // namespace
}  // namespace rules_dockerfile
