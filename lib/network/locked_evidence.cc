#include "lib/network/locked_evidence.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::string> Base64At(const JsonNode& node,
                                     absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, node.At(key));
  ABSL_ASSIGN_OR_RETURN(const std::string text, member.AsString());
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) {
    return member.Error("expected base64");
  }
  return bytes;
}

}  // namespace

Json LockedEvidenceToJson(const LockedEvidence& evidence) {
  Json json = {{"image", evidence.image}, {"policy", evidence.policy}};
  json["signatures"] = Json::array();
  for (const ImageSignature& signature : evidence.signatures) {
    json["signatures"].push_back(
        {{"payload", absl::Base64Escape(signature.payload)},
         {"signature", absl::Base64Escape(signature.signature)}});
  }
  json["documents"] = Json::array();
  for (const std::string& document : evidence.documents) {
    json["documents"].push_back(absl::Base64Escape(document));
  }
  return json;
}

absl::StatusOr<LockedEvidence> LockedEvidenceFromJson(const JsonNode& node) {
  LockedEvidence evidence;
  ABSL_ASSIGN_OR_RETURN(evidence.image, node.StringAt("image"));
  ABSL_ASSIGN_OR_RETURN(evidence.policy, node.StringAt("policy"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode documents, node.At("documents"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                        documents.AsStrings());
  for (const std::string& text : texts) {
    if (!absl::Base64Unescape(text, &evidence.documents.emplace_back())) {
      return documents.Error("expected base64");
    }
  }
  ABSL_ASSIGN_OR_RETURN(const JsonNode signatures, node.At("signatures"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> list, signatures.AsArray());
  for (const JsonNode& item : list) {
    ImageSignature signature;
    ABSL_ASSIGN_OR_RETURN(signature.payload, Base64At(item, "payload"));
    ABSL_ASSIGN_OR_RETURN(signature.signature, Base64At(item, "signature"));
    evidence.signatures.push_back(std::move(signature));
  }
  return evidence;
}

}  // namespace rules_dockerfile
