#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/network/locked_evidence.h"
#include "lib/signature/image_signature.h"
#include "lib/signature/public_key.h"
#include "lib/signature/signature_testing.h"
#include "lib/signature/signer.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// Any text is a payload, which is the same when it is written and read again,
// or an error.
void ParsesAnyPayload(absl::string_view text) {
  const absl::StatusOr<SigningPayload> payload = ParseSigningPayload(text);
  if (!payload.ok()) return;
  const std::string written = SigningPayloadText(*payload);
  const absl::StatusOr<SigningPayload> again = ParseSigningPayload(written);
  ABSL_CHECK_OK(again) << written;
  ABSL_CHECK(*again == *payload) << written;
}

// An answer is about what was to be signed.
void ParsesAnyAnswer(absl::string_view text) {
  const SigningRequest request = {
      .reference = "h.x/a", .digest = kDigest, .media_type = "m/t"};
  const std::string payload = SigningPayloadText(
      {.reference = request.reference, .digest = request.digest});
  const absl::StatusOr<SigningAnswer> answer =
      ParseSigningAnswer(text, request, payload);
  if (!answer.ok()) return;
  ABSL_CHECK(!answer->signature.empty());
  const absl::StatusOr<SigningPayload> signed_payload =
      ParseSigningPayload(answer->payload);
  ABSL_CHECK_OK(signed_payload);
  ABSL_CHECK_EQ(signed_payload->reference, request.reference);
  ABSL_CHECK_EQ(signed_payload->digest, request.digest);
}

// No bytes are a signature by a key that nobody has signed with.
void ForgesNothing(absl::string_view bytes) {
  static const PublicKey& curve =
      *new PublicKey(PublicKey::Parse(TestKey("P-256").PublicPem()).value());
  static const PublicKey& edwards =
      *new PublicKey(PublicKey::Parse(TestKey("ED25519").PublicPem()).value());
  for (const PublicKey* key : {&curve, &edwards}) {
    ABSL_CHECK(!key->Verifies("message", bytes));
    ABSL_CHECK(!key->Verifies(bytes, bytes));
  }
  const absl::StatusOr<PublicKey> own = PublicKey::Parse(bytes);
  if (own.ok()) ABSL_CHECK(!own->Verifies("message", bytes));
}

// Evidence of any content leads to no image that is not signed.
void RefusesAnyEvidence(absl::string_view text) {
  const absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return;
  const absl::StatusOr<LockedEvidence> evidence =
      LockedEvidenceFromJson(JsonNode(*json));
  if (!evidence.ok()) return;
  ABSL_CHECK(LockedEvidenceFromJson(JsonNode(LockedEvidenceToJson(*evidence)))
                 .value() == *evidence);
  static const SignaturePolicy& policy = *new SignaturePolicy{
      .keys = {
          {"k.pub", PublicKey::Parse(TestKey("P-256").PublicPem()).value()}}};
  const PinnedImage image = {.repository = "h.x/a",
                             .digest = kDigest,
                             .platform = "linux/amd64",
                             .manifest = kDigest,
                             .config = kDigest};
  ABSL_CHECK(!VerifyPinnedImage(image, *evidence, policy).ok());
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(google-build-using-namespace)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ParsesAnyPayload(text);
  ParsesAnyAnswer(text);
  ForgesNothing(text);
  RefusesAnyEvidence(text);
  return 0;
}
