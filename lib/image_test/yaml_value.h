#ifndef LIB_IMAGE_TEST_YAML_VALUE_H_
#define LIB_IMAGE_TEST_YAML_VALUE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

struct YamlMember;

// A value of a YAML document, and with that of a JSON one. Aliases are
// replaced by what they mean, keys `<<` by the members they bring in.
struct YamlValue {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  Kind kind = Kind::kNull;
  int line = 0;  // from 1
  std::string scalar;
  bool quoted = false;  // the scalar: it is a string whatever it looks like
  std::vector<YamlValue> items;
  std::vector<YamlMember> members;
};

struct YamlMember {
  std::string key;
  int line = 0;
  YamlValue value;
};

// Parses one document of hostile origin. InvalidArgument `line 3: …` if it is
// not YAML, has a key twice or one that is not a scalar, is nested deeper than
// 64 levels, or has more than 100000 values with its aliases.
absl::StatusOr<YamlValue> ParseYaml(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_YAML_VALUE_H_
