#include "lib/network/network_lock.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

const char kHex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

NetworkLock Example() {
  return {.files = {{.stage = "build",
                     .platform = "linux/amd64",
                     .url = "https://h/a.tgz",
                     .sha256 = kHex,
                     .size = 3,
                     .modified = 1700000000}},
          .runs = {{.stage = "build",
                    .platform = "linux/amd64",
                    .instruction = "RUN a\n",
                    .recorded = 1764072000,
                    .requests = {{.method = "GET",
                                  .url = "mirror:debian/x",
                                  .body_sha256 = "",
                                  .status = 200,
                                  .sha256 = kHex,
                                  .size = 7,
                                  .body = "",
                                  .headers = {{"ETag", "\"a\""}}},
                                 {.method = "POST",
                                  .url = "https://h/p",
                                  .body_sha256 = kHex,
                                  .status = 201,
                                  .sha256 = kHex,
                                  .size = 2,
                                  .body = "ok",
                                  .headers = {}}}},
                   {.stage = "1",
                    .platform = "linux/arm/v7",
                    .instruction = "RUN b\n",
                    .recorded = 0,
                    .requests = {}}}};
}

TEST(NetworkLock, IsWrittenWithARequestALine) {
  EXPECT_EQ(NetworkLockToText(Example()),
            R"({
  "version": 1,
  "files": [
    {"stage":"build","platform":"linux/amd64","url":"https://h/a.tgz","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":3,"modified":1700000000}
  ],
  "runs": [
    {
      "stage": "build",
      "platform": "linux/amd64",
      "instruction": "RUN a\n",
      "recorded": 1764072000,
      "requests": [
        {"method":"GET","url":"mirror:debian/x","status":200,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":7,"headers":{"ETag":"\"a\""}},
        {"method":"POST","url":"https://h/p","body_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","status":201,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":2,"body":"b2s=","headers":{}}
      ]
    },
    {
      "stage": "1",
      "platform": "linux/arm/v7",
      "instruction": "RUN b\n",
      "recorded": 0,
      "requests": []
    }
  ]
}
)");
}

TEST(NetworkLock, ParsingItsTextGivesAnEqualLock) {
  EXPECT_THAT(ParseNetworkLock(NetworkLockToText(Example())),
              IsOkAndHolds(Example()));
  EXPECT_THAT(ParseNetworkLock(NetworkLockToText({})),
              IsOkAndHolds(NetworkLock{}));
}

struct BadLock {
  const char* name;
  const char* text;
  const char* error;
};

class BadLockTest : public testing::TestWithParam<BadLock> {};

TEST_P(BadLockTest, IsRefused) {
  EXPECT_THAT(ParseNetworkLock(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    NetworkLock, BadLockTest,
    testing::ValuesIn<BadLock>({
        {"Version", R"({"version": 2, "runs": []})",
         "version 2 of the lock: want 1"},
        {"NoRuns", R"({"version": 1, "files": []})",
         "field \"runs\" is missing"},
        {"Status",
         R"({"version": 1, "files": [], "runs": [{"stage": "s", "platform": "p", "instruction": "i", "recorded": 0, "requests": [{"method": "GET", "url": "u", "status": 99}]}]})",
         "field \"runs[0].requests[0]\": status 99: want 200 to 599"},
        {"Hex",
         R"({"version": 1, "files": [], "runs": [{"stage": "s", "platform": "p", "instruction": "i", "recorded": 0, "requests": [{"method": "GET", "url": "u", "status": 200, "sha256": "XY"}]}]})",
         "field \"runs[0].requests[0]\": sha256 \"XY\": want 64 lower-case hex "
         "digits"},
        {"Header",
         R"({"version": 1, "files": [], "runs": [{"stage": "s", "platform": "p", "instruction": "i", "recorded": 0, "requests": [{"method": "GET", "url": "u", "status": 200, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 0, "headers": {"Set-Cookie": "x"}}]}]})",
         "field \"runs[0].requests[0]\": header \"Set-Cookie\" is not allowed"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(LockedHeaderName, IsTheUsualSpelling) {
  EXPECT_EQ(LockedHeaderName("etag"), "ETag");
  EXPECT_EQ(LockedHeaderName("CONTENT-TYPE"), "Content-Type");
  EXPECT_EQ(LockedHeaderName("Set-Cookie"), "");
}

}  // namespace
}  // namespace rules_dockerfile
