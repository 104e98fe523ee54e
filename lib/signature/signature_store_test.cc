#include "lib/signature/signature_store.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/network/locked_evidence.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/session.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/signer.h"

namespace rules_dockerfile {
namespace {

const std::string kImage = "an image manifest";

Descriptor Subject() {
  return {.media_type = std::string(kOciManifestMediaType),
          .digest = DigestOf(kImage),
          .size = static_cast<int64_t>(kImage.size())};
}

// A descriptor of the blob "payload" with a signature.
std::string Layer(const std::string& media_type, int64_t size,
                  const std::string& signature) {
  return absl::StrCat(
      R"({"mediaType":")", media_type, R"(","digest":")", DigestOf("payload"),
      R"(","size":)", size,
      R"(,"annotations":{"dev.cosignproject.cosign/signature":")", signature,
      R"("}})");
}

// The repository a/b of a registry in memory.
class SignatureStoreTest : public testing::Test {
 protected:
  SignatureStoreTest()
      : server_([this](const ScriptedServer::Request& request) {
          return registry_(request);
        }),
        transport_(MakeCurlTransport()),
        session_({.registry = server_.host(), .sleep = [](absl::Duration) {}},
                 *transport_,
                 [](const std::string&)
                     -> absl::StatusOr<std::optional<Credentials>> {
                   return std::nullopt;
                 }),
        client_(session_, "a/b") {}

  // The document under a name; "" if there is none.
  std::string Manifest(const std::string& name) {
    const auto found =
        registry_.contents().find(absl::StrCat("/v2/a/b/manifests/", name));
    return found == registry_.contents().end() ? "" : found->second;
  }
  absl::StatusOr<std::vector<ImageSignature>> Pull() {
    return PullSignatures(Subject().digest, client_);
  }

  MemoryRegistry registry_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
};

TEST_F(SignatureStoreTest, HasWhatWasPushedOnceInTheOrderOfTheTag) {
  EXPECT_EQ(Pull().status(), absl::NotFoundError(absl::StrCat(
                                 "no signature of ", Subject().digest)));
  const SigningAnswer first = {.payload = "payload", .signature = "one"};
  const SigningAnswer second = {
      .payload = "payload", .signature = "two", .annotations = {{"k", "v"}}};
  EXPECT_EQ(PushSignature(first, Subject(), client_), absl::OkStatus());
  EXPECT_EQ(PushSignature(second, Subject(), client_), absl::OkStatus());
  const std::string tagged = Manifest(SignatureTag(Subject().digest));
  EXPECT_EQ(PushSignature(first, Subject(), client_), absl::OkStatus());
  EXPECT_EQ(Manifest(SignatureTag(Subject().digest)), tagged);
  const absl::StatusOr<std::vector<ImageSignature>> pulled = Pull();
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(*pulled, (std::vector<ImageSignature>{{"payload", "one"},
                                                  {"payload", "two"}}));
}

TEST_F(SignatureStoreTest, WritesTheManifestUnderTheTagAsCosignDoes) {
  ASSERT_EQ(PushSignature({.payload = "payload",
                           .signature = "sig",
                           .annotations = {{"k", "v"}}},
                          Subject(), client_),
            absl::OkStatus());
  const std::string config = absl::StrCat(
      R"({"architecture":"","os":"","config":{},"rootfs":{"type":"layers",)",
      R"("diff_ids":[")", DigestOf("payload"), R"("]}})");
  EXPECT_EQ(Manifest(SignatureTag(Subject().digest)),
            absl::StrReplaceAll(
                R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "config": {
    "mediaType": "application/vnd.oci.image.config.v1+json",
    "digest": "CONFIG",
    "size": SIZE
  },
  "layers": [
    {
      "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
      "digest": "PAYLOAD",
      "size": 7,
      "annotations": {
        "dev.cosignproject.cosign/signature": "c2ln",
        "k": "v"
      }
    }
  ]
}
)",
                {{"CONFIG", DigestOf(config)},
                 {"SIZE", absl::StrCat(config.size())},
                 {"PAYLOAD", DigestOf("payload")}}));
}

TEST_F(SignatureStoreTest, FindsWhatIsOnlyAReferrer) {
  ASSERT_EQ(PushSignature({.payload = "payload", .signature = "sig"}, Subject(),
                          client_),
            absl::OkStatus());
  EXPECT_THAT(Manifest(absl::StrReplaceAll(Subject().digest, {{":", "-"}})),
              testing::HasSubstr(kSignatureArtifactType));
  // Somebody moves the tag to another signature.
  ASSERT_EQ(client_.PushManifest(SignatureTag(Subject().digest),
                                 kOciManifestMediaType,
                                 R"({"schemaVersion":2,"config":)" +
                                     Layer("x", 7, "") + R"(,"layers":[]})"),
            absl::OkStatus());
  const absl::StatusOr<std::vector<ImageSignature>> pulled = Pull();
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(*pulled, (std::vector<ImageSignature>{{"payload", "sig"}}));
}

// Manifests of hostile origin under the tag.
struct HostileCase {
  const char* name;
  std::string layers;
  absl::Status status;
};

class HostileTest : public SignatureStoreTest,
                    public testing::WithParamInterface<HostileCase> {};

TEST_P(HostileTest, IsRefused) {
  const std::string config = "{}";
  // The blobs that the manifest names must be there.
  ASSERT_EQ(PushSignature({.payload = "payload", .signature = "sig"},
                          {.media_type = std::string(kOciManifestMediaType),
                           .digest = DigestOf("another image"),
                           .size = 1},
                          client_),
            absl::OkStatus());
  const std::string text = absl::StrCat(
      R"({"schemaVersion":2,"config":{"mediaType":"x","digest":")",
      DigestOf(config), R"(","size":2},"layers":[)", GetParam().layers, "]}");
  ASSERT_EQ(client_.PushManifest(SignatureTag(Subject().digest),
                                 kOciManifestMediaType, text),
            absl::OkStatus());
  EXPECT_EQ(Pull().status(), GetParam().status);
}

std::string Repeated(const std::string& layer, int count) {
  std::string layers = layer;
  for (int i = 1; i < count; ++i) absl::StrAppend(&layers, ",", layer);
  return layers;
}

const std::string kType = "application/vnd.dev.cosign.simplesigning.v1+json";

INSTANTIATE_TEST_SUITE_P(
    SignatureStore, HostileTest,
    testing::ValuesIn(std::vector<HostileCase>{
        {"AnotherMediaType", Layer("text/plain", 7, "c2ln"),
         absl::NotFoundError(absl::StrCat("no signature of ",
                                          DigestOf(kImage)))},
        {"NotBase64", Layer(kType, 7, "?"),
         absl::NotFoundError(absl::StrCat("no signature of ",
                                          DigestOf(kImage)))},
        {"LongSignature", Layer(kType, 7, std::string(20000, 'A')),
         absl::NotFoundError(absl::StrCat("no signature of ",
                                          DigestOf(kImage)))},
        {"LongPayload", Layer(kType, 65537, "c2ln"),
         absl::ResourceExhaustedError(
             absl::StrCat("payload \"", DigestOf("payload"),
                          "\": expected at most 65536 bytes, got 65537"))},
        {"AnotherSize", Layer(kType, 8, "c2ln"),
         absl::DataLossError(absl::StrCat("blob \"", DigestOf("payload"),
                                          "\": expected 8 bytes, got 7"))},
        {"TooMany", Repeated(Layer(kType, 7, "c2ln"), kMaxSignatures + 1),
         absl::ResourceExhaustedError("expected at most 100 signatures of one "
                                      "image, got 101")},
    }),
    [](const auto& info) { return info.param.name; });

TEST_F(SignatureStoreTest, KeepsTheFullTag) {
  ASSERT_EQ(PushSignature({.payload = "payload", .signature = "sig"}, Subject(),
                          client_),
            absl::OkStatus());
  const std::string full = absl::StrCat(
      R"({"schemaVersion":2,"config":)", Layer("x", 7, ""), R"(,"layers":[)",
      Repeated(Layer(kType, 7, "c2ln"), kMaxSignatures), "]}");
  ASSERT_EQ(client_.PushManifest(SignatureTag(Subject().digest),
                                 kOciManifestMediaType, full),
            absl::OkStatus());
  EXPECT_EQ(
      PushSignature({.payload = "payload", .signature = "one more"}, Subject(),
                    client_),
      absl::ResourceExhaustedError(absl::StrCat(
          "tag \"", SignatureTag(Subject().digest),
          "\" has 100 signatures: expected less\nhint: delete the tag, then "
          "sign again")));
  EXPECT_EQ(Manifest(SignatureTag(Subject().digest)), full);
}

}  // namespace
}  // namespace rules_dockerfile
