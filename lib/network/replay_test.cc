#include "lib/network/replay.h"

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/network/recorder.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

Mirrors TestMirrors() {
  return *Mirrors::Parse({"deb=http://mirror/debian/", "all=http://mirror"});
}

// A server whose answers contain the request, and how often it was asked.
class Server {
 public:
  absl::StatusOr<ProxyResponse> Answer(const ProxyRequest& request) {
    ++asked_;
    if (request.url == "http://down/") {
      return absl::UnavailableError("cannot connect");
    }
    ProxyResponse response = {
        .status = request.url == "http://h/moved" ? 301 : 200,
        .headers = {{"etag", "1"}, {"Set-Cookie", "c"}},
        .body = request.method + " " + request.url + " " + request.body};
    for (const auto& [name, value] : request.headers) {
      response.body += "\n" + name + ": " + value;
    }
    return response;
  }
  int asked() const { return asked_; }

 private:
  int asked_ = 0;
};

class RecordAndReplay : public testing::Test {
 protected:
  Replay MakeReplay() {
    const auto requests = recorder_.Requests();
    EXPECT_TRUE(requests.ok()) << requests.status();
    return Replay(
        {.stage = "", .instruction = "", .recorded = 0, .requests = *requests},
        TestMirrors(),
        [this](const std::string& sha256) -> absl::StatusOr<std::string> {
          const auto found = blobs_.find(sha256);
          if (found == blobs_.end()) return absl::NotFoundError("no blob");
          return found->second;
        },
        "bazel run //app:image.lock");
  }
  // Records a request, and keeps what a download would bring.
  ProxyResponse Record(const ProxyRequest& request) {
    ProxyResponse response = recorder_.Answer(request);
    blobs_[BodyKey(response.body)] = response.body;
    return response;
  }

  Server server_;
  Recorder recorder_{TestMirrors(), [this](const ProxyRequest& request) {
                       return server_.Answer(request);
                     }};
  std::map<std::string, std::string> blobs_;
};

TEST_F(RecordAndReplay, ReplayReturnsWhatTheRecordingReturned) {
  for (const ProxyRequest& request :
       {ProxyRequest{"GET", "http://h/a", {{"X", "y"}, {"Range", "0-1"}}, ""},
        ProxyRequest{"GET", "http://mirror/debian/dists/x", {}, ""},
        ProxyRequest{"GET", "http://h/moved", {}, ""},
        ProxyRequest{"POST", "http://h/a", {}, "question"}}) {
    const ProxyResponse recorded = Record(request);
    EXPECT_EQ(MakeReplay().Answer(request), recorded) << request.url;
  }
}

TEST_F(RecordAndReplay, ARepeatedRequestIsAskedOnce) {
  const ProxyRequest request = {"GET", "http://h/a", {}, ""};
  EXPECT_EQ(Record(request), Record(request));
  EXPECT_EQ(server_.asked(), 1);
}

TEST_F(RecordAndReplay, WhatDependsOnTheClientIsNotPassedOn) {
  EXPECT_EQ(Record({"GET",
                    "http://h/a",
                    {{"If-None-Match", "1"}, {"range", "0-"}, {"A", "b"}},
                    ""}),
            (ProxyResponse{200, {{"ETag", "1"}}, "GET http://h/a \nA: b"}));
}

TEST_F(RecordAndReplay, ALockNamesMirrorsByName) {
  Record({"GET", "http://mirror/debian/dists/x", {}, ""});
  Record({"GET", "http://mirror/other", {}, ""});
  Record({"GET", "http://mirrors/debian/y", {}, ""});
  const auto requests = *recorder_.Requests();
  ASSERT_EQ(requests.size(), 3);
  EXPECT_EQ(requests[0].url, "http://mirrors/debian/y");
  EXPECT_EQ(requests[1].url, "mirror:all/other");
  EXPECT_EQ(requests[2].url, "mirror:deb/dists/x");
}

TEST_F(RecordAndReplay, HeadIsAnsweredFromGet) {
  const ProxyResponse recorded = Record({"GET", "http://h/a", {}, ""});
  EXPECT_EQ(MakeReplay().Answer({"HEAD", "http://h/a", {}, ""}), recorded);
}

TEST_F(RecordAndReplay, AnUnreachableServerIsNotRemembered) {
  EXPECT_EQ(recorder_.Answer({"GET", "http://down/", {}, ""}),
            (ProxyResponse{502,
                           {{"Content-Type", "text/plain"}},
                           "recording: cannot connect\n"}));
  EXPECT_TRUE(recorder_.Requests()->empty());
}

TEST_F(RecordAndReplay, CredentialsInAnUrlAreRefusedAndNotTold) {
  Record({"GET", "http://user:pw@h/a?x=1", {}, ""});
  Record({"GET", "http://h/b?Token=abc", {}, ""});
  EXPECT_THAT(recorder_.Requests(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "GET http://h/a: refusing to record a URL with embedded "
                       "credentials\nGET http://h/b: refusing to record a URL "
                       "with embedded credentials"));
}

TEST_F(RecordAndReplay, ALongAnswerToAPostIsRefused) {
  Record({"POST", "http://h/a", {}, std::string(2 << 20, 'x')});
  EXPECT_THAT(
      recorder_.Requests(),
      StatusIs(
          absl::StatusCode::kFailedPrecondition,
          "POST http://h/a: a response of 2097168 bytes to a POST cannot be "
          "locked: only the response to a GET can be downloaded again"));
}

TEST_F(RecordAndReplay, WhatWasNotRecordedIsRefused) {
  Record({"GET", "http://h/a", {}, ""});
  EXPECT_EQ(
      MakeReplay().Answer({"GET", "http://h/b", {}, ""}),
      (ProxyResponse{403,
                     {{"Content-Type", "text/plain"}},
                     "locked network: GET http://h/b is not in the lock "
                     "file; to record it: bazel run //app:image.lock\n"}));
}

TEST_F(RecordAndReplay, AWrongBlobIsRefused) {
  const ProxyResponse recorded = Record({"GET", "http://h/a", {}, ""});
  blobs_[BodyKey(recorded.body)] = "other";
  EXPECT_EQ(MakeReplay().Answer({"GET", "http://h/a", {}, ""}).body,
            "locked network: http://h/a: expected bytes with SHA-256 " +
                BodyKey(recorded.body) + ", got " + BodyKey("other") + "\n");
}

TEST(Mirrors, RequireNameAndUrl) {
  EXPECT_THAT(Mirrors::Parse({"x"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "mirror \"x\": expected NAME=http://host/path"));
}

}  // namespace
}  // namespace rules_dockerfile
