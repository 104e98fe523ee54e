#include "lib/json/json.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

TEST(Json, KeepsTheOrderOfKeys) {
  const absl::StatusOr<Json> json = ParseJson(R"({"b":1,"a":{"d":[],"c":{}}})");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(JsonText(*json),
            "{\n  \"b\": 1,\n  \"a\": {\n    \"d\": [],\n    \"c\": {}\n  "
            "}\n}\n");
  EXPECT_EQ(SortedJson(*json).dump(), R"({"a":{"c":{},"d":[]},"b":1})");
}

TEST(Json, WritesBytesThatAreNotUtf8AsReplacementCharacters) {
  EXPECT_EQ(JsonText(Json("a\xff")), "\"a\xef\xbf\xbd\"\n");
}

struct MalformedCase {
  const char* name;
  std::string text;
  std::string error;
};

class MalformedJson : public testing::TestWithParam<MalformedCase> {};

TEST_P(MalformedJson, IsRefused) {
  EXPECT_EQ(ParseJson(GetParam().text).status(),
            absl::InvalidArgumentError(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedJson,
    testing::ValuesIn(std::vector<MalformedCase>{
        {"Empty", "",
         "malformed JSON at line 1, column 1: attempting to parse an empty "
         "input; check that your input string or stream contains the expected "
         "JSON"},
        {"Truncated", "{\"a\":\n[1",
         "malformed JSON at line 2, column 3: syntax error while parsing array "
         "- unexpected end of input; expected ']'"},
        {"Trailing", "{} {}",
         "malformed JSON at line 1, column 4: syntax error while parsing value "
         "- unexpected '{'; expected end of input"},
        {"NotUtf8", "\"\xff\"",
         "malformed JSON at line 1, column 2: syntax error while parsing value "
         "- invalid string: ill-formed UTF-8 byte; last read: '\"\xff'"},
        {"DuplicateKey", R"({"a":{"b":1,"b":2}})",
         "malformed JSON: duplicate key \"b\""},
        {"DuplicateEscapedKey", R"({"a":1,"\u0061":2})",
         "malformed JSON: duplicate key \"a\""},
        {"ByteOrderMark", "\xef\xbb\xbf{}",
         "malformed JSON: it begins with a byte order mark"},
        {"TooDeep", std::string(100000, '['),
         "malformed JSON: nested deeper than 64"},
    }),
    [](const testing::TestParamInfo<MalformedCase>& info) {
      return std::string(info.param.name);
    });

TEST(JsonNode, ReadsValues) {
  const Json json = Json::parse(
      R"({"s":"x","n":7,"t":true,"l":["a","b"],"m":{"k":"v"},"z":null})");
  const JsonNode root(json);
  EXPECT_EQ(*root.StringAt("s"), "x");
  EXPECT_EQ(*root.IntegerAt("n"), 7);
  EXPECT_EQ(*root.BoolOrFalse("t"), true);
  EXPECT_EQ(*root.StringsOrEmpty("l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(*root.StringMapOrEmpty("m"),
            (std::map<std::string, std::string>{{"k", "v"}}));
  EXPECT_EQ(*root.StringOrEmpty("z"), "");
  EXPECT_EQ(*root.StringsOrEmpty("absent"), std::vector<std::string>());
}

TEST(JsonNode, SaysWhereTheErrorIs) {
  const Json json = Json::parse(
      R"({"a":{"b":[{"c":1},{"c":"x"}]},"m":{"k":1},"big":18446744073709551615})");
  const JsonNode root(json);
  const JsonNode b = root.At("a")->At("b").value();
  const std::vector<JsonNode> elements = b.AsArray().value();
  EXPECT_EQ(elements[1].IntegerAt("c").status().message(),
            "field \"a.b[1].c\": expected an integer, got a string");
  EXPECT_EQ(elements[0].StringAt("d").status().message(),
            "field \"a.b[0].d\" is missing");
  EXPECT_EQ(root.StringMapOrEmpty("m").status().message(),
            "field \"m.k\": expected a string, got a number");
  EXPECT_EQ(b.Find("x").status().message(),
            "field \"a.b\": expected an object, got an array");
  EXPECT_EQ(root.IntegerAt("big").status().message(),
            "field \"big\": the integer is too large");
  const Json list = Json::array();
  EXPECT_EQ(JsonNode(list).At("x").status().message(),
            "expected an object, got an array");
}

}  // namespace
}  // namespace rules_dockerfile
