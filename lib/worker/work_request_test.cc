#include "lib/worker/work_request.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

absl::Status Malformed(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("malformed work request: ", why));
}

TEST(ParseWorkRequest, ReadsWhatBazelSends) {
  const WorkRequest request =
      ParseWorkRequest(
          R"({"arguments":["--a\u003d1","é\n"],"inputs":[{"path":"a",)"
          R"("digest":"YQ=="},{"path":"arguments","more":[["x"],{"y":null}]}],)"
          R"("requestId":12,"verbosity":11,"sandboxDir":"__sandbox/1"})")
          .value();
  EXPECT_EQ(request.id, 12);
  EXPECT_FALSE(request.cancel);
  EXPECT_EQ(request.sandbox_dir, "__sandbox/1");
  EXPECT_THAT(request.arguments, ElementsAre("--a=1", "é\n"));
}

TEST(ParseWorkRequest, KeepsDigestsOfInputsIfAsked) {
  constexpr absl::string_view kLine =
      R"({"inputs":[{"path":"a","digest":"YQ=="},{"digest":"Yg==","path":"b"},)"
      R"({"path":"none"},{"path":"d","digest":"ZA==","more":{"path":"e",)"
      R"("digest":"ZQ=="}}],"arguments":["path","digest"],)"
      R"("others":[{"path":"f","digest":"Zg=="}]})";
  EXPECT_THAT(
      ParseWorkRequest(kLine, InputDigests::kKeep)->digests,
      ElementsAre(Pair("a", "YQ=="), Pair("b", "Yg=="), Pair("d", "ZA==")));
  EXPECT_THAT(ParseWorkRequest(kLine)->digests, ElementsAre());
}

TEST(ParseWorkRequest, TakesWhatIsMissingForItsDefault) {
  const WorkRequest request = ParseWorkRequest("{}").value();
  EXPECT_EQ(request.id, 0);
  EXPECT_EQ(request.sandbox_dir, "");
  EXPECT_THAT(request.arguments, ElementsAre());
}

TEST(ParseWorkRequest, ReadsACancellation) {
  const WorkRequest request =
      ParseWorkRequest(R"({"requestId":3,"cancel":true})").value();
  EXPECT_EQ(request.id, 3);
  EXPECT_TRUE(request.cancel);
}

TEST(ParseWorkRequest, RefusesOtherTypes) {
  EXPECT_EQ(ParseWorkRequest("[]").status(),
            Malformed("expected an object, got an array"));
  EXPECT_EQ(ParseWorkRequest("7").status(),
            Malformed("expected an object, got a number"));
  EXPECT_EQ(ParseWorkRequest(R"({"arguments":{}})").status(),
            Malformed("field \"arguments\": unexpected an object"));
  EXPECT_EQ(ParseWorkRequest(R"({"arguments":[["a"]]})").status(),
            Malformed("field \"arguments\": unexpected an array"));
  EXPECT_EQ(ParseWorkRequest(R"({"cancel":"true"})").status(),
            Malformed("field \"cancel\": unexpected a string"));
  EXPECT_EQ(ParseWorkRequest(R"({"requestId":1.5})").status(),
            Malformed("field \"requestId\": unexpected a number"));
  EXPECT_EQ(ParseWorkRequest(R"({"requestId":4294967296})").status(),
            Malformed("field \"requestId\": it has more than 32 bits"));
}

TEST(ParseWorkRequest, RefusesAloneWhatHasAnId) {
  const struct {
    absl::string_view line;
    absl::string_view why;
  } cases[] = {
      {R"({"arguments":[1,{"a":[2]}],"requestId":7})",
       "field \"arguments\": unexpected a number"},
      {R"({"arguments":{"requestId":8},"requestId":7})",
       "field \"arguments\": unexpected an object"},
      {R"({"requestId":7,"sandboxDir":[]})",
       "field \"sandboxDir\": unexpected an array"},
      {"{\"arguments\":[\"a\xe4\"],\"requestId\":7}",
       "parse error at line 1, column 18: syntax error while parsing value - "
       "invalid string: ill-formed UTF-8 byte; last read: '\"a\xe4\"'"},
  };
  for (const auto& [line, why] : cases) {
    const WorkRequest request = ParseWorkRequest(line).value();
    EXPECT_EQ(request.id, 7);
    EXPECT_EQ(request.status, Malformed(why));
    EXPECT_THAT(request.arguments, ElementsAre());
  }
}

TEST(WorkResponseText, IsALine) {
  EXPECT_EQ(WorkResponseText({.id = 0, .exit_code = 0, .output = ""}),
            "{\"exitCode\":0,\"output\":\"\"}\n");
  EXPECT_EQ(WorkResponseText({.id = 5,
                              .exit_code = 1,
                              .was_cancelled = true,
                              .output = "a\n\xff"}),
            "{\"exitCode\":1,\"output\":\"a\\n\uFFFD\",\"requestId\":5,"
            "\"wasCancelled\":true}\n");
}

}  // namespace
}  // namespace rules_dockerfile
