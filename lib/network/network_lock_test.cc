#include "lib/network/network_lock.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/locked_image.h"

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

LockedBlob Blob(const std::string& media_type, int64_t size) {
  return {.media_type = media_type,
          .digest = absl::StrCat("sha256:", kHex),
          .size = size};
}

NetworkLock ImageExample() {
  const std::string digest = absl::StrCat("sha256:", kHex);
  return {.registries = {{.registry = "docker.io",
                          .realm = "https://auth.docker.io/token",
                          .service = "registry.docker.io"},
                         {.registry = "h:5000", .realm = "", .service = ""}},
          .images = {{.image = "docker.io/library/debian:12@" + digest,
                      .platform = "linux/amd64",
                      .manifest = Blob("m", 1),
                      .config = Blob("c", 2),
                      .layers = {{.blob = Blob("l", 3), .diff_id = digest}},
                      .onbuild = {"RUN x"}},
                     {.image = "h:5000/a@" + digest,
                      .platform = "linux/arm/v7",
                      .manifest = Blob("m", 1),
                      .config = Blob("c", 2),
                      .layers = {},
                      .onbuild = {}}},
          .files = {},
          .runs = {}};
}

TEST(NetworkLock, HasAnImageALine) {
  EXPECT_EQ(NetworkLockToText(ImageExample()),
            absl::StrReplaceAll(R"({
  "version": 1,
  "registries": [
    {"registry":"docker.io","realm":"https://auth.docker.io/token","service":"registry.docker.io"},
    {"registry":"h:5000","realm":"","service":""}
  ],
  "images": [
    {"image":"docker.io/library/debian:12@DIGEST","platform":"linux/amd64","manifest":{"mediaType":"m","digest":"DIGEST","size":1},"config":{"mediaType":"c","digest":"DIGEST","size":2},"layers":[{"mediaType":"l","digest":"DIGEST","size":3,"diff_id":"DIGEST"}],"onbuild":["RUN x"]},
    {"image":"h:5000/a@DIGEST","platform":"linux/arm/v7","manifest":{"mediaType":"m","digest":"DIGEST","size":1},"config":{"mediaType":"c","digest":"DIGEST","size":2},"layers":[]}
  ],
  "files": [],
  "runs": []
}
)",
                                {{"DIGEST", absl::StrCat("sha256:", kHex)}}));
}

TEST(NetworkLock, HasEvidenceALine) {
  const std::string image =
      absl::StrCat("docker.io/library/debian:12@sha256:", kHex);
  const NetworkLock lock = {
      .signatures = {{.image = image,
                      .policy = "//a:debian.verify",
                      .signatures = {{.payload = "{}", .signature = "\xff"}},
                      .documents = {"{ }", "\xe4"}}}};
  const std::string text = absl::StrCat(
      R"({
  "version": 1,
  "signatures": [
    {"image":")",
      image, R"(","policy":"//a:debian.verify",)",
      R"("signatures":[{"payload":"e30=",)", R"("signature":"/w=="}],)",
      R"("documents":["eyB9","5A=="]}
  ],
  "files": [],
  "runs": []
}
)");
  EXPECT_EQ(NetworkLockToText(lock), text);
  EXPECT_THAT(ParseNetworkLock(text), IsOkAndHolds(lock));
  EXPECT_THAT(ParseNetworkLock(absl::StrReplaceAll(text, {{"e30=", "?"}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"signatures[0].signatures[0].payload\": "
                       "expected base64"));
  EXPECT_THAT(ParseNetworkLock(absl::StrReplaceAll(text, {{"eyB9", "?"}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"signatures[0].documents\": expected base64"));
}

TEST(LockedImageName, IsTheNameWithoutTheDigestUnlessThereIsNoTag) {
  EXPECT_EQ(LockedImageName("h:5000/a:1@sha256:0"), "h:5000/a:1");
  EXPECT_EQ(LockedImageName("h:5000/a@sha256:0"), "h:5000/a@sha256:0");
}

TEST(NetworkLock, ParsingItsTextReturnsAnEqualLock) {
  EXPECT_THAT(ParseNetworkLock(NetworkLockToText(ImageExample())),
              IsOkAndHolds(ImageExample()));
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
         "version 2 of the lock: expected 1"},
        {"NoRuns", R"({"version": 1, "files": []})",
         "field \"runs\" is missing"},
        {"Status",
         R"({"version": 1, "files": [], "runs": [{"stage": "s", "platform": "p", "instruction": "i", "recorded": 0, "requests": [{"method": "GET", "url": "u", "status": 99}]}]})",
         "field \"runs[0].requests[0]\": status 99: expected 200 to 599"},
        {"Hex",
         R"({"version": 1, "files": [], "runs": [{"stage": "s", "platform": "p", "instruction": "i", "recorded": 0, "requests": [{"method": "GET", "url": "u", "status": 200, "sha256": "XY"}]}]})",
         "field \"runs[0].requests[0]\": sha256 \"XY\": expected 64 lower-case "
         "hex digits"},
        {"ImageWithoutDigest",
         R"({"version": 1, "images": [{"image": "docker.io/library/debian:12"}], "files": [], "runs": []})",
         "field \"images[0].image\": expected "
         "registry/repository[:tag]@sha256:…, got "
         "\"docker.io/library/debian:12\""},
        {"ImageWithAWeakDigest",
         R"({"version": 1, "images": [{"image": "h/a:1@md5:0"}], "files": [], "runs": []})",
         "field \"images[0].image\": expected "
         "registry/repository[:tag]@sha256:…, got \"h/a:1@md5:0\""},
        {"NegativeSize",
         R"({"version": 1, "images": [{"image": "h/a:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "platform": "p", "manifest": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": -1}}], "files": [], "runs": []})",
         "field \"images[0].manifest\": the size is negative"},
        {"DiffId",
         R"({"version": 1, "images": [{"image": "h/a:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "platform": "p", "manifest": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "config": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "layers": [{"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1, "diff_id": "x"}]}], "files": [], "runs": []})",
         "field \"images[0].layers[0].diff_id\": digest \"x\": expected "
         "\"sha256:<64 lower-case hex digits>\""},
        {"LockedTwice",
         R"({"version": 1, "images": [
           {"image": "h/a:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "platform": "p", "manifest": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "config": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "layers": []},
           {"image": "h/a:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b850", "platform": "p", "manifest": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "config": {"mediaType": "m", "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 1}, "layers": []}], "files": [], "runs": []})",
         "h/a:1 is locked twice for p"},
        {"Realm",
         R"({"version": 1, "registries": [{"registry": "docker.io", "realm": "https://auth.docker.io@evil.example/"}], "files": [], "runs": []})",
         "field \"registries[0].realm\": expected a URL, got "
         "\"https://auth.docker.io@evil.example/\""},
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
