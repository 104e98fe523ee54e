#ifndef LIB_IMAGE_TEST_YAML_FIELDS_H_
#define LIB_IMAGE_TEST_YAML_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/image_test/yaml_value.h"

namespace rules_dockerfile {

// A value and the way to it, so that errors say where they are: InvalidArgument
// `line 7: commandTests[0].exitCode: expected an integer, got "x"`. Borrows the
// value.
class YamlNode {
 public:
  explicit YamlNode(const YamlValue& value, std::string path = "")
      : value_(&value), path_(std::move(path)) {}

  int line() const { return value_->line; }
  absl::Status Error(absl::string_view problem) const;

  // A scalar of any type as it is written.
  absl::StatusOr<std::string> AsString() const;
  absl::StatusOr<bool> AsBool() const;  // YAML 1.1: yes and no, too
  absl::StatusOr<int64_t> AsInteger() const;
  absl::StatusOr<std::vector<YamlNode>> AsSequence() const;
  absl::StatusOr<std::vector<std::string>> AsStrings() const;

  const YamlValue& value() const { return *value_; }
  const std::string& path() const { return path_; }

 private:
  const YamlValue* value_;
  std::string path_;
};

// The members of a mapping, all of which are known. A missing member, and one
// that is null, is none, or the default.
class YamlFields {
 public:
  // InvalidArgument `line 3: commandTests[0]: unknown key "comand"; known keys:
  // "args", "command", …`.
  static absl::StatusOr<YamlFields> Of(
      const YamlNode& node, const std::vector<absl::string_view>& known);

  std::optional<YamlNode> Find(absl::string_view key) const;
  absl::StatusOr<std::string> String(absl::string_view key) const;
  // InvalidArgument if it is missing or empty.
  absl::StatusOr<std::string> RequiredString(absl::string_view key) const;
  absl::StatusOr<bool> Bool(absl::string_view key, bool otherwise) const;
  absl::StatusOr<int64_t> Integer(absl::string_view key,
                                  int64_t otherwise) const;
  absl::StatusOr<std::vector<std::string>> Strings(absl::string_view key) const;
  absl::StatusOr<std::vector<YamlNode>> Sequence(absl::string_view key) const;

  const YamlNode& node() const { return node_; }

 private:
  explicit YamlFields(YamlNode node) : node_(std::move(node)) {}

  YamlNode node_;
};

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_YAML_FIELDS_H_
