#include "lib/image_test/yaml_fields.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/image_test/yaml_value.h"

namespace rules_dockerfile {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text, "\"");
}

// What a value is, for a message.
std::string Name(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::kNull:
      return "nothing";
    case YamlValue::Kind::kScalar:
      return Quoted(value.scalar);
    case YamlValue::Kind::kSequence:
      return "a list";
    case YamlValue::Kind::kMapping:
      return "a mapping";
  }
  return "";
}

}  // namespace

absl::Status YamlNode::Error(absl::string_view problem) const {
  return absl::InvalidArgumentError(absl::StrCat(
      "line ", value_->line, ": ", path_, path_.empty() ? "" : ": ", problem));
}

absl::StatusOr<std::string> YamlNode::AsString() const {
  if (value_->kind == YamlValue::Kind::kScalar) return value_->scalar;
  return Error(absl::StrCat("expected a string, got ", Name(*value_)));
}

absl::StatusOr<bool> YamlNode::AsBool() const {
  const std::string text = absl::AsciiStrToLower(value_->scalar);
  if (value_->kind == YamlValue::Kind::kScalar && !value_->quoted) {
    if (text == "true" || text == "yes" || text == "on") return true;
    if (text == "false" || text == "no" || text == "off") return false;
  }
  return Error(absl::StrCat("expected true or false, got ", Name(*value_)));
}

absl::StatusOr<int64_t> YamlNode::AsInteger() const {
  int64_t number = 0;
  if (value_->kind == YamlValue::Kind::kScalar && !value_->quoted &&
      absl::SimpleAtoi(value_->scalar, &number)) {
    return number;
  }
  return Error(absl::StrCat("expected an integer, got ", Name(*value_)));
}

absl::StatusOr<std::vector<YamlNode>> YamlNode::AsSequence() const {
  if (value_->kind != YamlValue::Kind::kSequence) {
    return Error(absl::StrCat("expected a list, got ", Name(*value_)));
  }
  std::vector<YamlNode> nodes;
  for (size_t i = 0; i < value_->items.size(); ++i) {
    nodes.emplace_back(value_->items[i], absl::StrCat(path_, "[", i, "]"));
  }
  return nodes;
}

absl::StatusOr<std::vector<std::string>> YamlNode::AsStrings() const {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes, AsSequence());
  std::vector<std::string> strings;
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(std::string text, node.AsString());
    strings.push_back(std::move(text));
  }
  return strings;
}

absl::StatusOr<YamlFields> YamlFields::Of(
    const YamlNode& node, const std::vector<absl::string_view>& known) {
  if (node.value().kind != YamlValue::Kind::kMapping) {
    return node.Error(
        absl::StrCat("expected a mapping, got ", Name(node.value())));
  }
  for (const YamlMember& member : node.value().members) {
    if (absl::c_linear_search(known, member.key)) continue;
    std::vector<std::string> names;
    for (const absl::string_view name : known) names.push_back(Quoted(name));
    std::sort(names.begin(), names.end());
    YamlValue key;
    key.line = member.line;
    return YamlNode(key, node.path())
        .Error(absl::StrCat("unknown key ", Quoted(member.key),
                            "; known keys: ", absl::StrJoin(names, ", ")));
  }
  return YamlFields(node);
}

std::optional<YamlNode> YamlFields::Find(absl::string_view key) const {
  for (const YamlMember& member : node_.value().members) {
    if (member.key != key || member.value.kind == YamlValue::Kind::kNull) {
      continue;
    }
    return YamlNode(
        member.value,
        absl::StrCat(node_.path(), node_.path().empty() ? "" : ".", key));
  }
  return std::nullopt;
}

absl::StatusOr<std::string> YamlFields::String(absl::string_view key) const {
  const std::optional<YamlNode> found = Find(key);
  if (!found.has_value()) return "";
  return found->AsString();
}

absl::StatusOr<std::string> YamlFields::RequiredString(
    absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(std::string text, String(key));
  if (!text.empty()) return text;
  return node_.Error(absl::StrCat(Quoted(key), " is missing"));
}

absl::StatusOr<bool> YamlFields::Bool(absl::string_view key,
                                      bool otherwise) const {
  const std::optional<YamlNode> found = Find(key);
  if (!found.has_value()) return otherwise;
  return found->AsBool();
}

absl::StatusOr<int64_t> YamlFields::Integer(absl::string_view key,
                                            int64_t otherwise) const {
  const std::optional<YamlNode> found = Find(key);
  if (!found.has_value()) return otherwise;
  return found->AsInteger();
}

absl::StatusOr<std::vector<std::string>> YamlFields::Strings(
    absl::string_view key) const {
  const std::optional<YamlNode> found = Find(key);
  if (!found.has_value()) return std::vector<std::string>();
  return found->AsStrings();
}

absl::StatusOr<std::vector<YamlNode>> YamlFields::Sequence(
    absl::string_view key) const {
  const std::optional<YamlNode> found = Find(key);
  if (!found.has_value()) return std::vector<YamlNode>();
  return found->AsSequence();
}

}  // namespace rules_dockerfile
