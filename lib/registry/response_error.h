#ifndef LIB_REGISTRY_RESPONSE_ERROR_H_
#define LIB_REGISTRY_RESPONSE_ERROR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// `text` of a server, fit for a terminal: control characters as "\x1b", and
// cut off after 1000 bytes.
std::string Printable(absl::string_view text);

// Why a registry refuses, in its own words: the first message of its error
// document (distribution-spec, "Error Codes"), else the complete body.
// Printable.
std::string ErrorMessage(const HttpResponse& response);

// Whether the registry's error document has the code: "DIGEST_INVALID".
bool HasErrorCode(const HttpResponse& response, absl::string_view code);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_RESPONSE_ERROR_H_
