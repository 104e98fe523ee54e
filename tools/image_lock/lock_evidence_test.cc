#include "tools/image_lock/lock_evidence.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/network_lock.h"
#include "lib/oci/media_type.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/session.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/public_key.h"
#include "lib/signature/signature_store.h"
#include "lib/signature/signature_testing.h"
#include "lib/signature/signer.h"
#include "lib/signature/simple_signing.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {
namespace {

using Strings = std::vector<std::string>;

absl::StatusOr<std::optional<Credentials>> NoCredentials(const std::string&) {
  return std::nullopt;
}

std::string DescriptorText(absl::string_view type, const std::string& bytes) {
  return absl::StrCat(R"({"mediaType": ")", type, R"(", "digest": ")",
                      DigestOf(bytes), R"(", "size": )", bytes.size(), "}");
}

std::string Manifest(const std::string& config) {
  return absl::StrCat(R"({"schemaVersion": 2, "mediaType": ")",
                      kOciManifestMediaType, R"(", "config": )",
                      DescriptorText(kOciConfigMediaType, config),
                      R"(, "layers": []})");
}

// A registry with a base image for two platforms, which is locked for both.
class LockEvidenceTest : public testing::Test {
 protected:
  LockEvidenceTest()
      : server_([this](const ScriptedServer::Request& request) {
          return memory_(request);
        }),
        transport_(MakeCurlTransport()),
        session_({.registry = server_.host(), .sleep = NoPause}, *transport_,
                 NoCredentials),
        client_(session_, "base"),
        registry_({}, {.registry = server_.host(), .sleep = NoPause},
                  *transport_, NoCredentials) {
    Put(amd64_, kOciManifestMediaType);
    Put(arm64_, kOciManifestMediaType);
    Put(index_, kOciIndexMediaType);
    evidence_.policy.keys.emplace_back(
        "k.pub", PublicKey::Parse(key_.PublicPem()).value());
    request_.wanted = {{.reference = ParseImageReference(Name()).value(),
                        .platform = "linux/amd64"}};
    lock_.images = {Image("linux/amd64", "config of amd64", amd64_),
                    Image("linux/arm64", "config of arm64", arm64_)};
  }

  std::string Name() { return absl::StrCat(server_.host(), "/base:1"); }
  std::string Locked() { return absl::StrCat(Name(), "@", DigestOf(index_)); }

  void Put(const std::string& text, absl::string_view media_type) {
    ASSERT_EQ(client_.PushManifest(DigestOf(text), media_type, text),
              absl::OkStatus());
  }
  LockedImage Image(const std::string& platform, const std::string& config,
                    const std::string& manifest) {
    return {.image = Locked(),
            .platform = platform,
            .manifest = {.digest = DigestOf(manifest)},
            .config = {.digest = DigestOf(config)}};
  }
  void Sign(const std::string& text, const TestKey& key) {
    const ImageSignature signature =
        key.SignImage({.reference = absl::StrCat(server_.host(), "/base"),
                       .digest = DigestOf(text)});
    ASSERT_EQ(PushSignature({.payload = signature.payload,
                             .signature = signature.signature},
                            {.media_type = std::string(kOciIndexMediaType),
                             .digest = DigestOf(text),
                             .size = static_cast<int64_t>(text.size())},
                            client_),
              absl::OkStatus());
  }

  // Brings the lock up to date; the lines, or the one with the error.
  Strings Update(const std::optional<EvidenceRequest>& evidence) {
    Strings lines;
    const absl::StatusOr<std::vector<LockedEvidence>> updated = UpdateEvidence(
        lock_, request_, evidence,
        [this](const std::string&) -> absl::StatusOr<MirroredRegistry*> {
          return &registry_;
        },
        lines);
    if (!updated.ok()) lines = {std::string(updated.status().message())};
    if (updated.ok()) lock_.signatures = *updated;
    return WithoutHost(lines);
  }
  Strings Check() {
    return WithoutHost(CheckEvidence(lock_, request_, evidence_));
  }
  Strings WithoutHost(Strings lines) {
    for (std::string& line : lines) {
      line = absl::StrReplaceAll(line, {{server_.host(), "HOST"},
                                        {DigestOf(index_), "INDEX"},
                                        {DigestOf(amd64_), "AMD64"}});
    }
    return lines;
  }

  const TestKey key_{"P-256"};
  const std::string amd64_ = Manifest("config of amd64");
  const std::string arm64_ = Manifest("config of arm64");
  const std::string index_ =
      absl::StrCat(R"({"schemaVersion": 2, "manifests": [)",
                   DescriptorText(kOciManifestMediaType, amd64_), ", ",
                   DescriptorText(kOciManifestMediaType, arm64_), "]}");
  MemoryRegistry memory_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
  MirroredRegistry registry_;
  EvidenceRequest evidence_ = {.label = "//a:base.verify"};
  LockRequest request_;
  NetworkLock lock_;
};

TEST_F(LockEvidenceTest, LocksTheSignatureThatIsGoodAndWhatLeadsToTheImages) {
  Sign(index_, TestKey("P-384"));
  Sign(index_, key_);
  EXPECT_EQ(Update(evidence_), Strings{"HOST/base:1: signed by \"k.pub\""});
  ASSERT_EQ(lock_.signatures.size(), 1);
  EXPECT_EQ(lock_.signatures[0].image, Locked());
  EXPECT_EQ(lock_.signatures[0].policy, "//a:base.verify");
  EXPECT_EQ(lock_.signatures[0].signatures.size(), 1);
  EXPECT_EQ(lock_.signatures[0].documents, (Strings{index_, amd64_, arm64_}));
  EXPECT_EQ(Check(), Strings());
}

TEST_F(LockEvidenceTest, AsksNobodyForEvidenceThatIsGood) {
  Sign(index_, key_);
  Update(evidence_);
  const LockedEvidence locked = lock_.signatures.at(0);
  const size_t requests = server_.requests().size();
  EXPECT_EQ(Update(evidence_), Strings());
  EXPECT_EQ(server_.requests().size(), requests);
  EXPECT_EQ(lock_.signatures, std::vector<LockedEvidence>{locked});
  // A platform more needs its manifest.
  lock_.signatures[0].documents.pop_back();
  EXPECT_EQ(Update(evidence_), Strings{"HOST/base:1: signed by \"k.pub\""});
  EXPECT_EQ(lock_.signatures[0].documents, locked.documents);
}

TEST_F(LockEvidenceTest, TakesSignaturesOfAllManifestsInPlaceOfTheIndex) {
  Sign(amd64_, key_);
  EXPECT_EQ(
      Update(evidence_),
      Strings{"HOST/base:1: expected a signature of HOST/base@INDEX by "
              "\"k.pub\", got none\nhint: check that the key is that of the "
              "image's signer (`verify`), and the repository that its "
              "signatures name (`signed_as`)"});
  Sign(arm64_, key_);
  EXPECT_EQ(Update(evidence_), Strings{"HOST/base:1: signed by \"k.pub\""});
  EXPECT_EQ(lock_.signatures.at(0).signatures.size(), 2);
}

TEST_F(LockEvidenceTest, SaysWhatIsWrongAndLeavesTheLock) {
  const TestKey wrong("P-256");
  Sign(index_, wrong);
  EXPECT_EQ(
      Update(evidence_),
      Strings{"HOST/base:1: expected a signature of HOST/base@INDEX by "
              "\"k.pub\", got 1 other\nsignature 1 is by none of these "
              "keys\nhint: check that the key is that of the image's signer "
              "(`verify`), and the repository that its signatures name "
              "(`signed_as`)"});
  EXPECT_EQ(lock_.signatures, std::vector<LockedEvidence>());
  EXPECT_EQ(Check(),
            Strings{"HOST/base:1: expected a signature of HOST/base@INDEX by "
                    "\"k.pub\", got none"});
}

TEST_F(LockEvidenceTest, DropsEvidenceThatNobodyAsksFor) {
  Sign(index_, key_);
  Update(evidence_);
  LockedEvidence stale = lock_.signatures.at(0);
  stale.image = absl::StrCat(Name(), "@", DigestOf(amd64_));
  lock_.signatures.push_back(stale);
  Update(evidence_);
  EXPECT_EQ(lock_.signatures.size(), 1) << "of no image of the lock";
  const LockRequest wanted = std::exchange(request_, LockRequest());
  Update(std::nullopt);
  EXPECT_EQ(lock_.signatures.size(), 1) << "of an image that is not asked for";
  request_ = wanted;
  Update(std::nullopt);
  EXPECT_EQ(lock_.signatures.size(), 0);
}

TEST_F(LockEvidenceTest, ChecksThePolicyToo) {
  Sign(index_, key_);
  Update(evidence_);
  lock_.signatures.at(0).policy = "//evil:base.verify";
  EXPECT_EQ(Check(), Strings{"HOST/base:1: expected the policy "
                             "\"//a:base.verify\", got "
                             "\"//evil:base.verify\""});
}

}  // namespace
}  // namespace rules_dockerfile
