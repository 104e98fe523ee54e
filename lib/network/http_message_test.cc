#include "lib/network/http_message.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(ParseRequestHead, ReadsLineAndHeaders) {
  const absl::StatusOr<RequestHead> head = ParseRequestHead(
      "GET http://h/p?q HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nA:\tb c \r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(
      *head,
      (RequestHead{.method = "GET",
                   .target = "http://h/p?q",
                   .headers = {{"Host", "h"}, {"X-Empty", ""}, {"A", "b c"}}}));
  EXPECT_EQ(head->Header("host"), "h");
  EXPECT_EQ(head->Header("none"), "");
}

TEST(ParseRequestHead, ReadsLongValues) {
  const std::string value(4096, 'v');
  EXPECT_THAT(
      ParseRequestHead(absl::StrCat("CONNECT registry.example.com:5000 "
                                    "HTTP/1.1\r\nProxy-Authorization: ",
                                    value, " \r\n\r\n")),
      IsOkAndHolds(RequestHead{.method = "CONNECT",
                               .target = "registry.example.com:5000",
                               .headers = {{"Proxy-Authorization", value}}}));
}

struct BadHead {
  const char* name;
  const char* text;
  const char* error;
};

class BadHeadTest : public testing::TestWithParam<BadHead> {};

TEST_P(BadHeadTest, IsRefused) {
  EXPECT_THAT(ParseRequestHead(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    ParseRequestHead, BadHeadTest,
    testing::ValuesIn<BadHead>({
        {"Empty", "", "no request"},
        {"NoVersion", "GET /x\r\n\r\n", "malformed request line \"GET /x\""},
        {"BlankInTarget", "GET /x y HTTP/1.1\n",
         "malformed request line \"GET /x y HTTP/1.1\""},
        {"BlankBeforeColon", "GET /x HTTP/1.1\nA : b\n",
         "malformed header \"A : b\""},
        {"Folded", "GET /x HTTP/1.1\nA: b\n c\n", "malformed header \" c\""},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ResponseText, EndsTheConnection) {
  EXPECT_EQ(ResponseText({.status = 200, .headers = {{"A", "b"}}, .body = "xy"},
                         "GET"),
            "HTTP/1.1 200 -\r\nA: b\r\nContent-Length: 2\r\nConnection: "
            "close\r\n\r\nxy");
  EXPECT_EQ(ResponseText({.status = 200, .headers = {}, .body = "xy"}, "HEAD"),
            "HTTP/1.1 200 -\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(ResponseText({.status = 304, .headers = {}, .body = ""}, "GET"),
            "HTTP/1.1 304 -\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace rules_dockerfile
