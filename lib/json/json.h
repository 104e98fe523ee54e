#ifndef LIB_JSON_JSON_H_
#define LIB_JSON_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json_fwd.h"  // IWYU pragma: export
#include "nlohmann/json.hpp"

namespace rules_dockerfile {

// Deeper documents are refused: no image document comes near it.
inline constexpr int kMaxJsonDepth = 64;

// Parses one JSON document of hostile origin. InvalidArgument if it is not
// JSON (`malformed JSON at line 1, column 5: …`), not UTF-8, begins with a byte
// order mark, nests deeper than kMaxJsonDepth, or has an object with a key
// twice (`malformed JSON: duplicate key "a"`), which readers would understand
// differently.
absl::StatusOr<Json> ParseJson(absl::string_view text);

// `json` as text with two spaces of indent and a final newline. Bytes that are
// not UTF-8 become U+FFFD, as in Go.
std::string JsonText(const Json& json);

// The same value with the keys of all objects sorted bytewise.
Json SortedJson(const Json& json);

}  // namespace rules_dockerfile

#endif  // LIB_JSON_JSON_H_
