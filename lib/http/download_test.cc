#include "lib/http/download.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/http/transport_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

HttpResponse Redirect(const std::string& location) {
  return {.status = 302, .headers = {{"location", location}}, .body = ""};
}

// What a download over these answers says.
absl::Status Error(std::vector<absl::StatusOr<HttpResponse>> answers) {
  FakeTransport transport(std::move(answers));
  StringSink sink;
  return Download(transport, "https://h/a", &sink).status();
}

TEST(Download, FollowsRedirects) {
  FakeTransport transport({Redirect("/b"), Redirect("https://other/c"),
                           HttpResponse{.status = 200, .body = "bytes"}});
  StringSink sink;
  EXPECT_TRUE(Download(transport, "https://h/a", &sink).ok());
  EXPECT_EQ(sink.contents(), "bytes");
  EXPECT_THAT(
      transport.Lines(),
      ElementsAre("GET https://h/a", "GET https://h/b", "GET https://other/c"));
}

TEST(Download, NeverLeavesTls) {
  EXPECT_THAT(Error({Redirect("http://h/b")}),
              StatusIs(absl::StatusCode::kUnavailable,
                       "GET https://h/a: redirect to \"http://h\" is not "
                       "followed"));
}

TEST(Download, EndsAfterFiveRedirects) {
  EXPECT_THAT(Error({Redirect("/1"), Redirect("/2"), Redirect("/3"),
                     Redirect("/4"), Redirect("/5"), Redirect("/6")}),
              StatusIs(absl::StatusCode::kUnavailable,
                       "GET https://h/a: too many redirects"));
}

TEST(Download, ReportsTheStatus) {
  EXPECT_THAT(Error({HttpResponse{.status = 404}}),
              StatusIs(absl::StatusCode::kUnavailable,
                       "GET https://h/a: got status 404"));
}

}  // namespace
}  // namespace rules_dockerfile
