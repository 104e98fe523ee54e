// The limits and the request checks, against a real server.
#include "lib/http/limits.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transfer_watch.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {
namespace {

constexpr absl::Duration kShort = absl::Milliseconds(200);

std::string Url(const ScriptedServer& server) {
  return absl::StrCat("http://", server.host(), "/");
}

TEST(HttpLimits, EndARequestThatNobodyAnswers) {
  ScriptedServer server(nullptr);
  EXPECT_EQ(MakeCurlTransport({.response = kShort})
                ->Send({.url = Url(server)})
                .status(),
            absl::DeadlineExceededError("no response within 200ms"));
}

TEST(HttpLimits, EndAHandshakeThatNobodyAnswers) {
  ScriptedServer server(nullptr);
  EXPECT_EQ(MakeCurlTransport({.connect = kShort})
                ->Send({.url = absl::StrCat("https://", server.host(), "/")})
                .status(),
            absl::DeadlineExceededError("no connection within 200ms"));
}

TEST(HttpLimits, EndAnUploadThatNobodyReads) {
  ScriptedServer server(nullptr);
  const std::string body(64 << 20, 'x');
  EXPECT_EQ(MakeCurlTransport({.stall = kShort})
                ->Send({.method = "PUT", .url = Url(server), .body = body})
                .status(),
            absl::DeadlineExceededError("no data for 200ms"));
}

TEST(HttpLimits, EndAResponseThatStops) {
  ScriptedServer server([](const ScriptedServer::Request&) {
    return ScriptedServer::Answer{
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        .hangs = true};
  });
  EXPECT_EQ(
      MakeCurlTransport({.stall = kShort})->Send({.url = Url(server)}).status(),
      absl::DeadlineExceededError("no data for 200ms"));
}

TEST(HttpLimits, EndAHeadThatStops) {
  ScriptedServer server([](const ScriptedServer::Request&) {
    return ScriptedServer::Answer{.bytes = "HTTP/1.1 200 OK\r\n",
                                  .hangs = true};
  });
  EXPECT_EQ(
      MakeCurlTransport({.stall = kShort})->Send({.url = Url(server)}).status(),
      absl::DeadlineExceededError("no data for 200ms"));
}

TEST(HttpLimits, EndAResponseThatDoesNotEnd) {
  ScriptedServer server([](const ScriptedServer::Request&) {
    return ScriptedServer::Answer{.bytes = "HTTP/1.1 200 OK\r\n\r\n",
                                  .endless = true};
  });
  class Discard : public ByteSink {
   public:
    absl::Status Append(absl::string_view) override { return absl::OkStatus(); }
  } discard;
  EXPECT_EQ(MakeCurlTransport({.total = kShort})
                ->Send({.url = Url(server), .sink = &discard})
                .status(),
            absl::DeadlineExceededError("not completed within 200ms"));
  EXPECT_EQ(MakeCurlTransport()->Send({.url = Url(server)}).status(),
            absl::ResourceExhaustedError(
                "the response is larger than 16777216 bytes"));
}

TEST(TransferWatch, CountsEachLimitFromItsOwnEvent) {
  const absl::Time start = absl::UnixEpoch();
  const auto at = [&](int seconds) { return start + absl::Seconds(seconds); };
  TransferWatch watch({.response = absl::Seconds(10),
                       .stall = absl::Seconds(3),
                       .total = absl::Seconds(100)},
                      2, start);
  EXPECT_EQ(watch.Check(at(50)), absl::OkStatus()) << "not connected";
  watch.Connected(at(50));
  watch.Sent(1, at(52));
  EXPECT_EQ(watch.Check(at(55)), absl::OkStatus());
  EXPECT_EQ(watch.Check(at(56)), absl::DeadlineExceededError("no data for 3s"));
  watch.Sent(1, at(56));
  EXPECT_EQ(watch.Check(at(66)), absl::OkStatus());
  EXPECT_EQ(watch.Check(at(67)),
            absl::DeadlineExceededError("no response within 10s"));
  watch.Rewound(2);
  EXPECT_EQ(watch.Check(at(67)), absl::DeadlineExceededError("no data for 3s"));
  watch.Sent(2, at(90));
  watch.Received(at(95));
  EXPECT_EQ(watch.Check(at(98)), absl::OkStatus());
  EXPECT_EQ(watch.Check(at(99)), absl::DeadlineExceededError("no data for 3s"));
  EXPECT_EQ(watch.Check(at(101)),
            absl::DeadlineExceededError("not completed within 1m40s"));
}

TEST(CheckRequest, RefusesWhatWouldEndALine) {
  const auto header = [](const std::string& name, const std::string& value) {
    return CheckRequest({.url = "http://h/", .headers = {{name, value}}});
  };
  EXPECT_EQ(header("Accept", "a/b, c/d;q=0.5"), absl::OkStatus());
  const absl::Status control = absl::InvalidArgumentError(
      "header \"Authorization\" has a control character");
  for (const char c : {'\0', '\r', '\n', '\x1b', '\x7f'}) {
    EXPECT_EQ(
        header("Authorization",
               absl::StrCat("Bearer T", std::string(1, c), "X-Injected: 1")),
        control);
  }
  EXPECT_EQ(header("A\r\nB", "1"),
            absl::InvalidArgumentError("the name of a header is not a token"));
  EXPECT_EQ(CheckRequest({.method = "GET / HTTP/1.1\r\nA: 1\r\n"}),
            absl::InvalidArgumentError("the method is not a token"));
  for (const char* url : {"http://h/\r\nA: 1", "http://h/ HTTP/1.1",
                          "http://h/\x1b[0m", "http://h\t/"}) {
    EXPECT_EQ(CheckRequest({.url = url}),
              absl::InvalidArgumentError(
                  "the URL has a control character or a space"));
  }
}

TEST(HttpTransport, SendsNothingThatIsNotARequest) {
  ScriptedServer server(
      [](const ScriptedServer::Request&) { return HttpAnswer(200); });
  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  EXPECT_EQ(transport
                ->Send({.url = Url(server),
                        .headers = {{"Authorization", "Bearer T\r\nX-In: 1"}}})
                .status(),
            absl::InvalidArgumentError(
                "header \"Authorization\" has a control character"));
  ASSERT_TRUE(transport->Send({.url = Url(server) + "fine"}).ok());
  EXPECT_EQ(server.Lines(), std::vector<std::string>{"GET /fine"});
}

}  // namespace
}  // namespace rules_dockerfile
