#include "lib/signature/simple_signing.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kType = "cosign container image signature";

}  // namespace

std::string SigningPayloadText(const SigningPayload& payload) {
  Json critical;
  critical["identity"]["docker-reference"] = payload.reference;
  critical["image"]["docker-manifest-digest"] = payload.digest;
  critical["type"] = kType;
  Json json;
  json["critical"] = critical;
  json["optional"] = nullptr;
  return json.dump();
}

absl::StatusOr<SigningPayload> ParseSigningPayload(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_RETURN_IF_ERROR(root.CheckNoNul());
  ABSL_ASSIGN_OR_RETURN(const JsonNode critical, root.At("critical"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode type, critical.At("type"));
  ABSL_ASSIGN_OR_RETURN(const std::string type_text, type.AsString());
  if (type_text != kType) {
    return type.Error(absl::StrCat("expected \"", kType, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const JsonNode identity, critical.At("identity"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode name, identity.At("docker-reference"));
  ABSL_ASSIGN_OR_RETURN(const std::string name_text, name.AsString());
  const absl::StatusOr<ImageReference> reference =
      ParseImageReference(name_text);
  if (!reference.ok()) return name.Error(reference.status().message());
  ABSL_ASSIGN_OR_RETURN(const JsonNode image, critical.At("image"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode digest,
                        image.At("docker-manifest-digest"));
  ABSL_ASSIGN_OR_RETURN(const std::string digest_text, digest.AsString());
  const absl::StatusOr<std::string> parsed = ParseDigest(digest_text);
  if (!parsed.ok()) return digest.Error(parsed.status().message());
  return SigningPayload{
      .reference = ReferenceText({.registry = reference->registry,
                                  .repository = reference->repository}),
      .digest = *parsed};
}

}  // namespace rules_dockerfile
