// Which requests to a registry are sent again, and when.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/registry/credentials.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

constexpr char kActions[] = "repository:a/b:pull";

HttpResponse Response(int status, std::string body = "",
                      std::map<std::string, std::string> headers = {}) {
  return {
      .status = status, .headers = std::move(headers), .body = std::move(body)};
}

absl::StatusOr<std::optional<Credentials>> NoCredentials(const std::string&) {
  return std::nullopt;
}

TEST(RegistrySession, TriesAgainWhatMayGoAway) {
  std::vector<absl::Duration> waits;
  SessionOptions options = {.registry = "h.x", .sleep = NoPause};
  options.sleep = [&](absl::Duration wait) { waits.push_back(wait); };
  FakeTransport transport({absl::UnavailableError("broken pipe"), Response(503),
                           Response(429), Response(200, "fine")});
  RegistrySession session(options, transport, NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->body, "fine");
  EXPECT_EQ(waits, (std::vector<absl::Duration>{
                       absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)}));

  FakeTransport down(std::vector<absl::StatusOr<HttpResponse>>(
      4, absl::UnavailableError("cannot connect: Connection refused")));
  RegistrySession gone(options, down, NoCredentials);
  EXPECT_EQ(gone.Send({.url = "/v2/"}, kActions).status(),
            absl::UnavailableError(
                "registry \"h.x\": cannot connect: Connection refused"));
}

TEST(RegistrySession, WaitsAsLongAsTheRegistryAsks) {
  std::vector<absl::Duration> waits;
  SessionOptions options = {.registry = "h.x", .sleep = NoPause};
  options.sleep = [&](absl::Duration wait) { waits.push_back(wait); };
  options.now = [] { return absl::FromUnixSeconds(784111777 - 90); };
  FakeTransport transport(
      {Response(429, "", {{"retry-after", "7"}}),
       Response(503, "", {{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}),
       Response(500, "", {{"retry-after", "7"}}), Response(200)});
  RegistrySession session(options, transport, NoCredentials);
  EXPECT_EQ(session.Send({.url = "/v2/"}, kActions)->status, 200);
  EXPECT_EQ(waits, (std::vector<absl::Duration>{
                       absl::Seconds(7), absl::Seconds(90), absl::Seconds(4)}));

  FakeTransport busy({Response(429, "too many", {{"retry-after", "3600"}})});
  RegistrySession later(options, busy, NoCredentials);
  EXPECT_EQ(
      later.ResponseError(*later.Send({.url = "/v2/"}, kActions)),
      absl::UnavailableError("registry \"h.x\" returned 429: too many: it asks "
                             "for a pause of 1h, and 2m is the maximum"));
}

TEST(RegistrySession, DoesNotRepeatWhatTookTooLong) {
  FakeTransport transport(
      {absl::DeadlineExceededError("no response within 1m")});
  RegistrySession session({.registry = "h.x", .sleep = NoPause}, transport,
                          NoCredentials);
  EXPECT_EQ(
      session.Send({.url = "/v2/"}, kActions).status(),
      absl::DeadlineExceededError("registry \"h.x\": no response within 1m"));
}

}  // namespace
}  // namespace rules_dockerfile
