#include "lib/http/transport.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

// RFC 9110, "Tokens".
bool IsToken(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(c) ||
           absl::string_view("!#$%&'*+-.^_`|~").find(c) !=
               absl::string_view::npos;
  });
}

bool IsControl(char c) { return absl::ascii_iscntrl(c); }

}  // namespace

absl::Status CheckRequest(const HttpRequest& request) {
  if (!IsToken(request.method)) {
    return absl::InvalidArgumentError("the method is not a token");
  }
  if (absl::c_any_of(request.url,
                     [](char c) { return IsControl(c) || c == ' '; })) {
    return absl::InvalidArgumentError(
        "the URL has a control character or a space");
  }
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) {
      return absl::InvalidArgumentError("the name of a header is not a token");
    }
    if (absl::c_any_of(value, IsControl)) {
      return absl::InvalidArgumentError(
          absl::StrCat("header \"", name, "\" has a control character"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<HttpResponse> HttpTransport::Send(const HttpRequest& request) {
  ABSL_RETURN_IF_ERROR(CheckRequest(request));
  return SendChecked(request);
}

std::string UrlEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace rules_dockerfile
