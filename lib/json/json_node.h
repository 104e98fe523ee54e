#ifndef LIB_JSON_JSON_NODE_H_
#define LIB_JSON_JSON_NODE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"

namespace rules_dockerfile {

// A JSON value and the way to it, so that errors say where they are:
// InvalidArgument `field "layers[2].size": expected an integer, got a string`.
// Borrows the document.
//
//   JsonNode root(json);
//   ABSL_ASSIGN_OR_RETURN(JsonNode config, root.At("config"));
//   ABSL_ASSIGN_OR_RETURN(std::string digest, config.StringAt("digest"));
class JsonNode {
 public:
  explicit JsonNode(const Json& json) : json_(&json) {}

  const Json& json() const { return *json_; }
  const std::string& path() const { return path_; }

  // The member `key`; an error if it is missing or null:
  // `field "config.digest" is missing`.
  absl::StatusOr<JsonNode> At(absl::string_view key) const;

  // The member `key`, nullopt if it is missing or null. An error only if this
  // is not an object.
  absl::StatusOr<std::optional<JsonNode>> Find(absl::string_view key) const;

  absl::StatusOr<std::vector<JsonNode>> AsArray() const;
  absl::StatusOr<std::string> AsString() const;
  absl::StatusOr<int64_t> AsInteger() const;
  absl::StatusOr<bool> AsBool() const;
  absl::StatusOr<std::vector<std::string>> AsStrings() const;
  absl::StatusOr<std::map<std::string, std::string>> AsStringMap() const;

  // At() and the conversion.
  absl::StatusOr<std::string> StringAt(absl::string_view key) const;
  absl::StatusOr<int64_t> IntegerAt(absl::string_view key) const;

  // The member as a value, or the empty one if it is missing or null.
  absl::StatusOr<std::string> StringOrEmpty(absl::string_view key) const;
  absl::StatusOr<bool> BoolOrFalse(absl::string_view key) const;
  absl::StatusOr<std::vector<std::string>> StringsOrEmpty(
      absl::string_view key) const;
  absl::StatusOr<std::map<std::string, std::string>> StringMapOrEmpty(
      absl::string_view key) const;

  // `field "config.Env[0]": it holds a NUL`, which ends a string early for one
  // program and not for another, if any string or key in it does.
  absl::Status CheckNoNul() const;

  // The error `field "<path>": <problem>`, for callers that judge values.
  absl::Status Error(absl::string_view problem) const;

 private:
  JsonNode(const Json& json, std::string path)
      : json_(&json), path_(std::move(path)) {}
  absl::Status WrongType(absl::string_view want) const;
  JsonNode Member(const std::string& key, const Json& value) const;

  const Json* json_;
  std::string path_;
};

}  // namespace rules_dockerfile

#endif  // LIB_JSON_JSON_NODE_H_
