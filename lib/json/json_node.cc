#include "lib/json/json_node.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

absl::string_view TypeName(const Json& json) {
  if (json.is_null()) return "null";
  if (json.is_boolean()) return "a boolean";
  if (json.is_string()) return "a string";
  if (json.is_array()) return "an array";
  if (json.is_object()) return "an object";
  return "a number";
}

}  // namespace

absl::Status JsonNode::Error(absl::string_view problem) const {
  if (path_.empty()) return absl::InvalidArgumentError(problem);
  return absl::InvalidArgumentError(
      absl::StrCat("field \"", path_, "\": ", problem));
}

absl::Status JsonNode::WrongType(absl::string_view want) const {
  return Error(absl::StrCat("expected ", want, ", got ", TypeName(*json_)));
}

absl::Status JsonNode::CheckNoNul() const {
  if (json_->is_string()) {
    if (!absl::StrContains(json_->get_ref<const std::string&>(), '\0')) {
      return absl::OkStatus();
    }
    return Error("it holds a NUL");
  }
  if (json_->is_array()) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, AsArray());
    for (const JsonNode& element : elements) {
      ABSL_RETURN_IF_ERROR(element.CheckNoNul());
    }
  }
  if (!json_->is_object()) return absl::OkStatus();
  for (const auto& item : json_->items()) {
    if (absl::StrContains(item.key(), '\0')) {
      return Error("the name of a field holds a NUL");
    }
    ABSL_RETURN_IF_ERROR(Member(item.key(), item.value()).CheckNoNul());
  }
  return absl::OkStatus();
}

JsonNode JsonNode::Member(const std::string& key, const Json& value) const {
  return JsonNode(value, path_.empty() ? key : absl::StrCat(path_, ".", key));
}

absl::StatusOr<std::optional<JsonNode>> JsonNode::Find(
    absl::string_view key) const {
  if (!json_->is_object()) return WrongType("an object");
  const std::string name(key);
  const auto found = json_->find(name);
  if (found == json_->end() || found->is_null()) return std::nullopt;
  return Member(name, *found);
}

absl::StatusOr<JsonNode> JsonNode::At(absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(std::optional<JsonNode> member, Find(key));
  if (member.has_value()) return *std::move(member);
  const std::string path =
      path_.empty() ? std::string(key) : absl::StrCat(path_, ".", key);
  return absl::InvalidArgumentError(
      absl::StrCat("field \"", path, "\" is missing"));
}

absl::StatusOr<std::vector<JsonNode>> JsonNode::AsArray() const {
  if (!json_->is_array()) return WrongType("an array");
  std::vector<JsonNode> elements;
  elements.reserve(json_->size());
  for (size_t i = 0; i < json_->size(); ++i) {
    elements.push_back(JsonNode((*json_)[i], absl::StrCat(path_, "[", i, "]")));
  }
  return elements;
}

absl::StatusOr<std::string> JsonNode::AsString() const {
  if (!json_->is_string()) return WrongType("a string");
  return json_->get<std::string>();
}

absl::StatusOr<int64_t> JsonNode::AsInteger() const {
  if (!json_->is_number_integer()) return WrongType("an integer");
  if (json_->is_number_unsigned() &&
      json_->get<uint64_t>() >
          static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Error("the integer is too large");
  }
  return json_->get<int64_t>();
}

absl::StatusOr<bool> JsonNode::AsBool() const {
  if (!json_->is_boolean()) return WrongType("a boolean");
  return json_->get<bool>();
}

absl::StatusOr<std::vector<std::string>> JsonNode::AsStrings() const {
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, AsArray());
  std::vector<std::string> strings;
  strings.reserve(elements.size());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(std::string text, element.AsString());
    strings.push_back(std::move(text));
  }
  return strings;
}

absl::StatusOr<std::map<std::string, std::string>> JsonNode::AsStringMap()
    const {
  if (!json_->is_object()) return WrongType("an object");
  std::map<std::string, std::string> strings;
  for (const auto& item : json_->items()) {
    ABSL_ASSIGN_OR_RETURN(std::string text,
                          Member(item.key(), item.value()).AsString());
    strings.emplace(item.key(), std::move(text));
  }
  return strings;
}

absl::StatusOr<std::string> JsonNode::StringAt(absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, At(key));
  return member.AsString();
}

absl::StatusOr<int64_t> JsonNode::IntegerAt(absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const JsonNode member, At(key));
  return member.AsInteger();
}

absl::StatusOr<std::string> JsonNode::StringOrEmpty(
    absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member, Find(key));
  if (!member.has_value()) return std::string();
  return member->AsString();
}

absl::StatusOr<bool> JsonNode::BoolOrFalse(absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member, Find(key));
  if (!member.has_value()) return false;
  return member->AsBool();
}

absl::StatusOr<std::vector<std::string>> JsonNode::StringsOrEmpty(
    absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member, Find(key));
  if (!member.has_value()) return std::vector<std::string>();
  return member->AsStrings();
}

absl::StatusOr<std::map<std::string, std::string>> JsonNode::StringMapOrEmpty(
    absl::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> member, Find(key));
  if (!member.has_value()) return std::map<std::string, std::string>();
  return member->AsStringMap();
}

}  // namespace rules_dockerfile
