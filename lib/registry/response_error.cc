#include "lib/registry/response_error.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxMessage = 1000;

struct RegistryError {
  std::string code;
  std::string message;
};

std::vector<RegistryError> ParseErrors(absl::string_view body) {
  std::vector<RegistryError> errors;
  const absl::StatusOr<Json> json = ParseJson(body);
  if (!json.ok() || !json->is_object()) return errors;
  const auto found = json->find("errors");
  if (found == json->end() || !found->is_array()) return errors;
  for (const Json& element : *found) {
    const JsonNode error(element);
    errors.push_back({.code = error.StringOrEmpty("code").value_or(""),
                      .message = error.StringOrEmpty("message").value_or("")});
  }
  return errors;
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string printable;
  for (const char c : text.substr(0, kMaxMessage)) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&printable, "\\x%02x",
                            static_cast<unsigned char>(c));
    } else {
      printable.push_back(c);
    }
  }
  return printable;
}

std::string ErrorMessage(const HttpResponse& response) {
  const std::vector<RegistryError> errors = ParseErrors(response.body);
  if (!errors.empty()) {
    return Printable(errors[0].message.empty() ? errors[0].code
                                               : errors[0].message);
  }
  if (!response.body.empty()) {
    return Printable(absl::StripAsciiWhitespace(response.body));
  }
  return response.status == 401 ? "the credentials were rejected"
                                : "no reason given";
}

bool HasErrorCode(const HttpResponse& response, absl::string_view code) {
  return absl::c_any_of(ParseErrors(response.body),
                        [&](const RegistryError& e) { return e.code == code; });
}

}  // namespace rules_dockerfile
