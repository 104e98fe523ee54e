#include "lib/signature/signer.h"

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/clean_path.h"
#include "lib/base/printable.h"
#include "lib/base/program.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/signature/simple_signing.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kVersion = 1;
constexpr absl::string_view kCertificateAnnotation =
    "dev.sigstore.cosign/certificate";
constexpr absl::string_view kChainAnnotation = "dev.sigstore.cosign/chain";
// More of a program's own words are cut off.
constexpr size_t kMaxWords = 1000;

// The base64 of a member; "" if it is missing.
absl::StatusOr<std::string> Base64OrEmpty(const JsonNode& node,
                                          absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, node.StringOrEmpty(key));
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("field \"", key, "\": expected base64"));
  }
  return bytes;
}

absl::Status CheckPayload(absl::string_view text,
                          const SigningRequest& request) {
  const absl::StatusOr<SigningPayload> payload = ParseSigningPayload(text);
  if (!payload.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the payload: ", payload.status().message()));
  }
  const SigningPayload expected = {.reference = request.reference,
                                   .digest = request.digest};
  if (*payload == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the payload: expected ", expected.reference, "@", expected.digest,
      ", got ", payload->reference, "@", payload->digest));
}

// Annotations that only this process sets, or that have their own field.
absl::Status CheckAnnotations(
    const std::map<std::string, std::string>& annotations) {
  for (const absl::string_view name :
       {kSignatureAnnotation, kCertificateAnnotation, kChainAnnotation}) {
    if (!annotations.contains(std::string(name))) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the annotation \"", name, "\" is not allowed"));
  }
  return absl::OkStatus();
}

// The environment of the program, sorted by name.
std::vector<std::string> EnvironmentOf(const Signer& signer) {
  std::vector<std::string> named = {"HOME", "PATH"};
  named.insert(named.end(), signer.environment.begin(),
               signer.environment.end());
  std::map<std::string, std::string> variables;
  for (const std::string& text : named) {
    const size_t equals = text.find('=');
    if (equals != text.npos) {
      variables[text.substr(0, equals)] = text.substr(equals + 1);
    } else if (const char* const value = std::getenv(text.c_str())) {
      variables[text] = value;
    }
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) {
    environment.push_back(absl::StrCat(name, "=", value));
  }
  return environment;
}

absl::StatusOr<SigningAnswer> Ask(const Signer& signer,
                                  const SigningRequest& request) {
  const std::string payload = SigningPayloadText(
      {.reference = request.reference, .digest = request.digest});
  ABSL_ASSIGN_OR_RETURN(
      const ProgramResult result,
      RunProgram({.argv = {signer.program},
                  .input = SigningRequestText(request, payload),
                  .max_output = kMaxSigningAnswer + 1,
                  .timeout = signer.timeout,
                  .environment = EnvironmentOf(signer)}));
  if (result.timed_out) {
    return absl::DeadlineExceededError(absl::StrCat(
        "expected an answer within ", absl::FormatDuration(signer.timeout)));
  }
  if (result.output.size() > kMaxSigningAnswer) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an answer of at most ", kMaxSigningAnswer,
                     " bytes, got more"));
  }
  // An answer with an error says more than an exit code.
  if (result.succeeded() || absl::StrContains(result.output, "\"error\"")) {
    return ParseSigningAnswer(result.output, request, payload);
  }
  return absl::AbortedError(result.exit_code < 0
                                ? std::string("it was killed by a signal")
                                : absl::StrCat("exit code ", result.exit_code));
}

}  // namespace

std::string SigningRequestText(const SigningRequest& request,
                               absl::string_view payload) {
  Json json;
  json["version"] = kVersion;
  json["reference"] = request.reference;
  json["digest"] = request.digest;
  json["mediaType"] = request.media_type;
  json["payload"] = absl::Base64Escape(payload);
  return absl::StrCat(json.dump(), "\n");
}

absl::StatusOr<SigningAnswer> ParseSigningAnswer(absl::string_view text,
                                                 const SigningRequest& request,
                                                 absl::string_view payload) {
  const absl::StatusOr<Json> json = ParseJson(text);
  // A parser's message quotes the text.
  if (!json.ok()) {
    return absl::InvalidArgumentError("expected an answer in JSON");
  }
  const JsonNode root(*json);
  ABSL_ASSIGN_OR_RETURN(const std::string error, root.StringOrEmpty("error"));
  if (!error.empty()) {
    return absl::AbortedError(
        absl::StrCat("it says: ", PrintableText(error.substr(0, kMaxWords))));
  }
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("version"));
  if (version != kVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("version: expected ", kVersion, ", got ", version));
  }
  SigningAnswer answer;
  ABSL_ASSIGN_OR_RETURN(answer.signature, Base64OrEmpty(root, "signature"));
  if (answer.signature.empty()) {
    return absl::InvalidArgumentError("expected a signature, got none");
  }
  ABSL_ASSIGN_OR_RETURN(answer.payload, Base64OrEmpty(root, "payload"));
  if (answer.payload.empty()) answer.payload = std::string(payload);
  ABSL_RETURN_IF_ERROR(CheckPayload(answer.payload, request));
  ABSL_ASSIGN_OR_RETURN(answer.annotations,
                        root.StringMapOrEmpty("annotations"));
  ABSL_RETURN_IF_ERROR(CheckAnnotations(answer.annotations));
  for (const auto& [field, annotation] :
       {std::pair("certificate", kCertificateAnnotation),
        std::pair("chain", kChainAnnotation)}) {
    ABSL_ASSIGN_OR_RETURN(std::string value, root.StringOrEmpty(field));
    if (!value.empty()) {
      answer.annotations[std::string(annotation)] = std::move(value);
    }
  }
  return answer;
}

absl::StatusOr<SigningAnswer> AskSigner(const Signer& signer,
                                        const SigningRequest& request) {
  absl::StatusOr<SigningAnswer> answer = Ask(signer, request);
  if (answer.ok()) return answer;
  return absl::Status(answer.status().code(),
                      absl::StrCat("signer \"", PathBase(signer.program),
                                   "\": ", answer.status().message()));
}

}  // namespace rules_dockerfile
