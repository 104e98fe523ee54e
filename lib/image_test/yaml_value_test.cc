#include "lib/image_test/yaml_value.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;

// The value with its lines: {key@1: "quoted"@1, list@2: [a@2, ~@3]@2}@1.
std::string Dump(const YamlValue& value) {
  std::string text;
  switch (value.kind) {
    case YamlValue::Kind::kNull:
      text = "~";
      break;
    case YamlValue::Kind::kScalar:
      text =
          value.quoted ? absl::StrCat("\"", value.scalar, "\"") : value.scalar;
      break;
    case YamlValue::Kind::kSequence:
      for (const YamlValue& item : value.items) {
        absl::StrAppend(&text, text.empty() ? "" : ", ", Dump(item));
      }
      text = absl::StrCat("[", text, "]");
      break;
    case YamlValue::Kind::kMapping:
      for (const YamlMember& member : value.members) {
        absl::StrAppend(&text, text.empty() ? "" : ", ", member.key, "@",
                        member.line, ": ", Dump(member.value));
      }
      text = absl::StrCat("{", text, "}");
      break;
  }
  return absl::StrCat(text, "@", value.line);
}

std::string Parsed(absl::string_view text) {
  const absl::StatusOr<YamlValue> value = ParseYaml(text);
  return value.ok() ? Dump(*value) : std::string(value.status().message());
}

TEST(ParseYaml, ReadsYaml) {
  EXPECT_EQ(Parsed("a: 1\nb:\n- 'x'\n- ~\n- |\n  text\n"),
            "{a@1: 1@1, b@2: [\"x\"@3, ~@4, \"text\n\"@5]@3}@1");
}

TEST(ParseYaml, ReadsJson) {
  EXPECT_EQ(Parsed("{\n  \"a\": [true, \"b\"],\n  \"c\": null}"),
            "{a@2: [true@2, \"b\"@2]@2, c@3: ~@3}@1");
}

TEST(ParseYaml, ReplacesAliases) {
  EXPECT_EQ(Parsed("a: &x [1]\nb: *x"), "{a@1: [1@1]@1, b@2: [1@1]@1}@1");
}

TEST(ParseYaml, MergesMappings) {
  EXPECT_EQ(Parsed("a: &x {k: 1, l: 2}\nb:\n  l: 3\n  <<: *x"),
            "{a@1: {k@1: 1@1, l@1: 2@1}@1, b@2: {l@3: 3@3, k@1: 1@1}@3}@1");
}

TEST(ParseYaml, SaysWhatIsWrong) {
  EXPECT_EQ(Parsed("a: 1\na: 2"), "line 2: the key \"a\" is given twice");
  EXPECT_EQ(Parsed("? [a]\n: b"), "line 1: a key is not a scalar");
  EXPECT_EQ(Parsed("a: 1\n<<: 2"), "line 2: \"<<\" merges mappings only");
  EXPECT_EQ(Parsed("a: 1\nb: [2"), "line 2: end of sequence flow not found");
  EXPECT_EQ(Parsed("a: *b"), "line 1: the referenced anchor is not defined: b");
}

TEST(ParseYaml, RefusesWhatHasNoEnd) {
  EXPECT_EQ(Parsed("&a [*a]"), "line 1: it is nested too deeply");
  EXPECT_EQ(Parsed(std::string(100, '[') + std::string(100, ']')),
            "line 1: it is nested too deeply");
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    absl::StrAppend(&laughs, "a", i, ": &a", i, " [");
    for (int k = 0; k < 10; ++k) {
      absl::StrAppend(&laughs, k == 0 ? "" : ", ", "*a", i - 1);
    }
    absl::StrAppend(&laughs, "]\n");
  }
  EXPECT_THAT(ParseYaml(laughs), StatusIs(absl::StatusCode::kInvalidArgument,
                                          "line 1: it is too large"));
}

}  // namespace
}  // namespace rules_dockerfile
