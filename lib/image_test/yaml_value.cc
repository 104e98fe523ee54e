#include "lib/image_test/yaml_value.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "yaml-cpp/yaml.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxDepth = 64;
constexpr int kMaxValues = 100000;

absl::Status Wrong(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

bool HasKey(const YamlValue& mapping, const std::string& key) {
  return absl::c_any_of(mapping.members, [&](const YamlMember& member) {
    return member.key == key;
  });
}

// Copies yaml-cpp's values, which throw, into ours.
class Converter {
 public:
  absl::StatusOr<YamlValue> Convert(const YAML::Node& node, int depth) {
    YamlValue value;
    value.line = LineOf(node);
    if (depth > kMaxDepth) return Wrong(value.line, "it is nested too deeply");
    if (++values_ > kMaxValues) return Wrong(value.line, "it is too large");
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        value.kind = YamlValue::Kind::kScalar;
        value.scalar = node.Scalar();
        value.quoted =
            node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
        break;
      case YAML::NodeType::Sequence:
        value.kind = YamlValue::Kind::kSequence;
        for (const YAML::Node& item : node) {
          ABSL_ASSIGN_OR_RETURN(YamlValue converted, Convert(item, depth + 1));
          value.items.push_back(std::move(converted));
        }
        break;
      case YAML::NodeType::Map:
        value.kind = YamlValue::Kind::kMapping;
        ABSL_RETURN_IF_ERROR(AddMembers(node, depth, value));
        break;
    }
    return value;
  }

 private:
  absl::Status AddMembers(const YAML::Node& node, int depth,
                          YamlValue& mapping) {
    std::vector<YamlValue> merged;
    for (const auto& member : node) {
      const int line = LineOf(member.first);
      if (!member.first.IsScalar()) return Wrong(line, "a key is not a scalar");
      const std::string key = member.first.Scalar();
      ABSL_ASSIGN_OR_RETURN(YamlValue value, Convert(member.second, depth + 1));
      if (key == "<<" && member.first.Tag() != "!") {
        merged.push_back(std::move(value));
        continue;
      }
      if (HasKey(mapping, key)) {
        return Wrong(line,
                     absl::StrCat("the key \"", key, "\" is given twice"));
      }
      mapping.members.push_back({key, line, std::move(value)});
    }
    for (const YamlValue& value : merged) {
      ABSL_RETURN_IF_ERROR(Merge(value, mapping));
    }
    return absl::OkStatus();
  }

  // https://yaml.org/type/merge.html: an existing value stays.
  static absl::Status Merge(const YamlValue& from, YamlValue& mapping) {
    if (from.kind == YamlValue::Kind::kSequence) {
      for (const YamlValue& item : from.items) {
        ABSL_RETURN_IF_ERROR(Merge(item, mapping));
      }
      return absl::OkStatus();
    }
    if (from.kind != YamlValue::Kind::kMapping) {
      return Wrong(from.line, "\"<<\" merges mappings only");
    }
    for (const YamlMember& member : from.members) {
      if (!HasKey(mapping, member.key)) mapping.members.push_back(member);
    }
    return absl::OkStatus();
  }

  int values_ = 0;
};

}  // namespace

absl::StatusOr<YamlValue> ParseYaml(absl::string_view text) {
  try {
    return Converter().Convert(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& error) {
    return Wrong(error.mark.line + 1, error.msg);
  }
}

}  // namespace rules_dockerfile
