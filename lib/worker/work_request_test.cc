#include "lib/worker/work_request.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/worker/test_messages.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

absl::Status Malformed(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("work request: ", why));
}

std::string Input(absl::string_view path, absl::string_view digest) {
  return TextField(2, TextField(1, path) + TextField(2, digest));
}

TEST(ParseWorkRequest, ReadsWhatBazelSends) {
  const WorkRequest request =
      ParseWorkRequest(
          absl::StrCat(TextField(1, "--a=1"), TextField(1, "é\n"),
                       TextField(1, ""), Input("a", "61"), Input("b", "62"),
                       NumberField(3, 300), NumberField(5, 11),
                       TextField(6, "__sandbox/1"), TextField(99, "new")))
          .value();
  EXPECT_EQ(request.id, 300);
  EXPECT_FALSE(request.cancel);
  EXPECT_EQ(request.sandbox_dir, "__sandbox/1");
  EXPECT_THAT(request.arguments, ElementsAre("--a=1", "é\n", ""));
}

TEST(ParseWorkRequest, KeepsDigestsOfInputsIfAsked) {
  const std::string message = absl::StrCat(
      Input("a", "61"), TextField(2, TextField(2, "62") + TextField(1, "b")),
      TextField(2, TextField(1, "none")), TextField(1, "path"),
      TextField(2,
                TextField(1, "d") + TextField(3, "new") + TextField(2, "64")));
  EXPECT_THAT(ParseWorkRequest(message, InputDigests::kKeep)->digests,
              ElementsAre(Pair("a", "61"), Pair("b", "62"), Pair("d", "64")));
  EXPECT_THAT(ParseWorkRequest(message)->digests, ElementsAre());
}

TEST(ParseWorkRequest, TakesWhatIsMissingForItsDefault) {
  const WorkRequest request = ParseWorkRequest("").value();
  EXPECT_EQ(request.id, 0);
  EXPECT_EQ(request.sandbox_dir, "");
  EXPECT_THAT(request.arguments, ElementsAre());
}

TEST(ParseWorkRequest, ReadsACancellation) {
  const WorkRequest request =
      ParseWorkRequest(NumberField(3, 3) + NumberField(4, 1)).value();
  EXPECT_EQ(request.id, 3);
  EXPECT_TRUE(request.cancel);
}

TEST(ParseWorkRequest, RefusesWhatIsNoRequest) {
  EXPECT_EQ(ParseWorkRequest(NumberField(1, 7)).status(),
            Malformed("field 1: expected text, got a number"));
  EXPECT_EQ(ParseWorkRequest(NumberField(2, 7)).status(),
            Malformed("field 2: expected text, got a number"));
  EXPECT_EQ(ParseWorkRequest(TextField(3, "7")).status(),
            Malformed("field 3: expected a number, got text"));
  EXPECT_EQ(ParseWorkRequest(TextField(4, "")).status(),
            Malformed("field 4: expected a number, got text"));
  EXPECT_EQ(ParseWorkRequest(NumberField(6, 7)).status(),
            Malformed("field 6: expected text, got a number"));
  EXPECT_EQ(
      ParseWorkRequest(TextField(2, "\x0a\x05x"), InputDigests::kKeep).status(),
      Malformed("malformed message"));
  EXPECT_EQ(ParseWorkRequest("{\"arguments\":[]}").status(),
            Malformed("malformed message"));
}

TEST(ParseWorkRequest, RefusesAloneWhatHasAnId) {
  const struct {
    std::string after_id;
    absl::string_view why;
  } cases[] = {
      {NumberField(1, 8), "field 1: expected text, got a number"},
      {"\x0a\x05x", "malformed message"},
      {"\x0f", "malformed message"},
  };
  for (const auto& [after_id, why] : cases) {
    const WorkRequest request =
        ParseWorkRequest(
            absl::StrCat(TextField(1, "a"), NumberField(3, 7), after_id))
            .value();
    EXPECT_EQ(request.id, 7);
    EXPECT_EQ(request.status, Malformed(why));
    EXPECT_THAT(request.arguments, ElementsAre());
  }
}

TEST(WorkResponseMessage, IsWhatBazelReads) {
  EXPECT_EQ(WorkResponseMessage({.id = 0, .exit_code = 0, .output = ""}),
            absl::string_view("\0", 1));
  EXPECT_EQ(WorkResponseMessage({.id = 300,
                                 .exit_code = 1,
                                 .was_cancelled = true,
                                 .output = "a\n\xff"}),
            "\x0e\x08\x01\x12\x05"
            "a\n\uFFFD\x18\xac\x02\x20\x01");
}

}  // namespace
}  // namespace rules_dockerfile
