#include "lib/registry/push.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/server_testing.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/push_image.h"
#include "lib/registry/registry_testing.h"

namespace rules_dockerfile {
namespace {

using Outcomes = std::vector<BlobOutcome>;
using Request = ScriptedServer::Request;

TEST(Push, FindsABadTagBeforeAnythingIsSent) {
  ScriptedServer server{MemoryRegistry()};
  Repository repository({.registry = server.host()}, "a/b");
  EXPECT_EQ(repository.Push(MakeLayout("layout"), {"v1", "../x"}),
            absl::InvalidArgumentError(
                "invalid tag \"../x\": expected at most 128 letters, digits, "
                "\"_\", \".\" and \"-\", not beginning with \".\" or \"-\""));
  EXPECT_EQ(server.Lines(), std::vector<std::string>{});
}

TEST(Push, SendsNoBlobThatAnotherRepositoryHas) {
  ScriptedServer server{MemoryRegistry()};
  const std::string layout = MakeLayout("layout");
  Repository first({.registry = server.host()}, "one");
  ASSERT_TRUE(first.Push(layout, {"v1"}).ok());
  EXPECT_EQ(first.outcomes(), (Outcomes(2, BlobOutcome::kSent)));
  Repository second({.registry = server.host()}, "a/two");
  ASSERT_TRUE(second.Push(layout, {"v1"}, {"none", "one"}).ok());
  EXPECT_EQ(second.outcomes(), (Outcomes(2, BlobOutcome::kMounted)));
  ASSERT_TRUE(second.Push(layout, {}).ok());
  EXPECT_EQ(second.outcomes(), (Outcomes(2, BlobOutcome::kPresent)));
}

TEST(Push, MountsWhatWasPulledFromTheRegistry) {
  ScriptedServer server{MemoryRegistry()};
  Repository first({.registry = server.host()}, "a/one");
  ASSERT_TRUE(first.Push(MakeLayout("layout"), {"v1"}).ok());
  const std::string pulled = TempDirectory("pulled");
  ASSERT_TRUE(first.Pull({.reference = "v1", .layout = pulled}).ok());
  Repository second({.registry = server.host()}, "two");
  ASSERT_TRUE(second.Push(pulled, {"v1"}).ok());
  EXPECT_EQ(second.outcomes(), (Outcomes(2, BlobOutcome::kMounted)));
}

TEST(Push, MountsFromTheRepositoryOfTheBase) {
  ScriptedServer server{MemoryRegistry()};
  const std::string layout = MakeLayout(
      "layout", absl::StrCat(R"({"org.opencontainers.image.base.name":")",
                             server.host(), R"(/a/base:12"})"));
  Repository base({.registry = server.host()}, "a/base");
  ASSERT_TRUE(base.Push(layout, {}).ok());
  Repository second({.registry = server.host()}, "two");
  ASSERT_TRUE(second.Push(layout, {}).ok());
  EXPECT_EQ(second.outcomes(), (Outcomes(2, BlobOutcome::kMounted)));
}

// Then they can all be asked for at the same time, whatever is to be sent.
TEST(Push, AsksForAllBlobsBeforeItSendsOne) {
  ScriptedServer server{MemoryRegistry()};
  Pusher pusher;
  const PushImage image = PushImageOfLayout(MakeLayout("layout")).value();
  const PushTarget target = {
      .image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}};
  Blobs blobs;
  ASSERT_EQ(pusher.Push({target}, {.jobs = 1}, blobs), absl::OkStatus());
  std::string methods;
  for (const Request& request : server.requests()) {
    if (absl::StrContains(request.target, "/blobs/")) {
      absl::StrAppend(&methods, request.method, " ");
    }
  }
  EXPECT_EQ(methods, "HEAD HEAD POST PUT POST PUT ");
}

// Removes a blob of a layout: the image is then one whose layer was left in a
// registry.
PushImage WithoutLayer(const std::string& layout) {
  PushImage image = PushImageOfLayout(layout).value();
  EXPECT_EQ(image.files.erase(DigestOf(kLayer)), 1);
  return image;
}

TEST(Push, SendsTheRestOfAnUploadThatBreaksOff) {
  ScriptedServer server{MemoryRegistry(2)};
  Pusher pusher;
  const PushImage image = PushImageOfLayout(MakeLayout("layout")).value();
  const PushTarget target = {
      .image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}};
  Blobs blobs;
  ASSERT_EQ(pusher.Push({target}, {.jobs = 1}, blobs), absl::OkStatus());
  EXPECT_EQ(blobs.outcomes(), (Outcomes(2, BlobOutcome::kSent)));
  EXPECT_EQ(std::ranges::count_if(server.requests(),
                                  [](const Request& request) {
                                    return request.method == "PATCH";
                                  }),
            2);
  Repository repository({.registry = server.host()}, "a");
  EXPECT_EQ(
      repository.Pull({.reference = "v1", .layout = TempDirectory("pulled")})
          .status(),
      absl::OkStatus());
}

// MemoryRegistry compares Content-Range with what has arrived.
TEST(Push, SendsABlobInChunks) {
  ScriptedServer server{MemoryRegistry()};
  const std::string layout = MakeLayout("layout");
  Repository repository({.registry = server.host(), .chunk_size = 7}, "a");
  ASSERT_EQ(repository.Push(layout, {"v1"}), absl::OkStatus());
  std::vector<std::string> chunks;
  for (const Request& request : server.requests()) {
    if (request.method != "PATCH") continue;
    EXPECT_LE(request.body.size(), 7u);
    if (absl::StrContains(kLayer, request.body)) chunks.push_back(request.body);
  }
  EXPECT_EQ(chunks, (std::vector<std::string>{"not rea", "lly a l", "ayer"}));
  EXPECT_EQ(
      repository.Pull({.reference = "v1", .layout = TempDirectory("pulled")})
          .status(),
      absl::OkStatus());
}

TEST(Push, SendsNoSmallerChunksThanTheRegistryTakes) {
  MemoryRegistry registry;
  ScriptedServer server([&](const Request& request) {
    ScriptedServer::Answer answer = registry(request);
    if (request.method == "POST") {
      const size_t end = answer.bytes.find("\r\n") + 2;
      answer.bytes.insert(end, "OCI-Chunk-Min-Length: 10\r\n");
    }
    return answer;
  });
  Repository repository({.registry = server.host(), .chunk_size = 7}, "a");
  ASSERT_EQ(repository.Push(MakeLayout("layout"), {"v1"}), absl::OkStatus());
  std::vector<std::string> chunks;
  for (const Request& request : server.requests()) {
    if (request.method == "PATCH" && absl::StrContains(kLayer, request.body)) {
      chunks.push_back(request.body);
    }
  }
  EXPECT_EQ(chunks, (std::vector<std::string>{"not really", " a layer"}));
}

TEST(Push, GoesOnAfterAChunkThatBreaksOff) {
  MemoryRegistry registry;
  int patches = 0;
  ScriptedServer server([&](const Request& request) -> ScriptedServer::Answer {
    if (request.method != "PATCH" || ++patches != 2) return registry(request);
    Request half = request;
    half.body.resize(3);
    const size_t begin = request.body.size();
    half.headers["content-range"] = absl::StrCat(begin, "-", begin + 2);
    registry(half);
    return {};  // the connection ends
  });
  Pusher pusher({.chunk_size = 7});
  const PushImage image = PushImageOfLayout(MakeLayout("layout")).value();
  const PushTarget target = {
      .image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}};
  Blobs blobs;
  ASSERT_EQ(pusher.Push({target}, {.jobs = 1}, blobs), absl::OkStatus());
  EXPECT_EQ(blobs.outcomes(), (Outcomes(2, BlobOutcome::kSent)));
  std::string ranges;
  for (const Request& request : server.requests()) {
    if (request.method != "PATCH") continue;
    absl::StrAppend(&ranges, request.headers.at("content-range"), " ");
  }
  EXPECT_TRUE(absl::StartsWith(ranges, "0-6 7-13 10-16 17-")) << ranges;
}

TEST(Push, RefusesAnIndexInAnIndex) {
  const std::string layout = MakeLayout("nested");
  const std::string inner =
      absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexMediaType,
                   R"(","manifests":[]})");
  const std::string listed = PutBlob(layout, kOciIndexMediaType, inner);
  const std::string outer = PutBlob(
      layout, kOciIndexMediaType,
      absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexMediaType,
                   R"(","manifests":[)", listed, "]}"));
  ASSERT_EQ(WriteFile(layout + "/index.json",
                      absl::StrCat(R"({"schemaVersion":2,"manifests":[)", outer,
                                   "]}")),
            absl::OkStatus());
  EXPECT_EQ(PushImageOfLayout(layout).status(),
            absl::UnimplementedError(
                absl::StrCat("the index lists the index \"", DigestOf(inner),
                             "\": expected images")));
}

TEST(Push, SendsABlobOnceToSeveralRepositories) {
  ScriptedServer server{MemoryRegistry()};
  Pusher pusher;
  const PushImage image = PushImageOfLayout(MakeLayout("layout")).value();
  const std::vector<PushTarget> targets = {
      {.image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}},
      {.image = &image, .repository = {server.host(), "b"}, .tags = {"v2"}},
      {.image = &image, .repository = {server.host(), "a"}, .tags = {"v3"}}};
  Blobs planned;
  ASSERT_EQ(pusher.Push(targets, {.dry_run = true}, planned), absl::OkStatus());
  for (const Request& request : server.requests()) {
    EXPECT_EQ(request.method, "HEAD");
  }
  Blobs blobs;
  ASSERT_EQ(pusher.Push(targets, {}, blobs), absl::OkStatus());
  const Outcomes expected = {BlobOutcome::kSent, BlobOutcome::kSent,
                             BlobOutcome::kMounted, BlobOutcome::kMounted};
  EXPECT_EQ(planned.outcomes(), expected);
  EXPECT_EQ(blobs.outcomes(), expected);
  EXPECT_EQ(blobs.count(), 4);
  EXPECT_EQ(blobs.sent() * 2, blobs.size());
  // The tags come last.
  const std::vector<std::string> lines = server.Lines();
  EXPECT_EQ(std::vector<std::string>(lines.end() - 3, lines.end()),
            (std::vector<std::string>{"PUT /v2/a/manifests/v1",
                                      "PUT /v2/b/manifests/v2",
                                      "PUT /v2/a/manifests/v3"}));
}

TEST(Push, CopiesALayerThatWasLeftInAnotherRegistry) {
  ScriptedServer server{MemoryRegistry()};
  ScriptedServer other{MemoryRegistry()};
  const std::string layout = MakeLayout("layout");
  Repository base({.registry = other.host()}, "debian");
  ASSERT_EQ(base.Push(layout, {"12"}), absl::OkStatus());
  const PushImage image = WithoutLayer(layout);
  const PushTarget target = {
      .image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}};
  const PushOptions options = {
      .sources = {{"docker.example", "none"}, {other.host(), "debian"}},
      .jobs = 1};
  Blobs blobs;
  Pusher pusher;
  ASSERT_EQ(pusher.Push({target}, options, blobs), absl::OkStatus());
  ASSERT_EQ(blobs.done().size(), 2);
  EXPECT_EQ(blobs.done()[0].copied_from, other.host() + "/debian");
  EXPECT_EQ(blobs.done()[1].copied_from, "");
  Repository repository({.registry = server.host()}, "a");
  EXPECT_EQ(
      repository.Pull({.reference = "v1", .layout = TempDirectory("pulled")})
          .status(),
      absl::OkStatus());
  // In the same registry it is mounted.
  const PushTarget beside = {
      .image = &image, .repository = {other.host(), "a"}, .tags = {"v1"}};
  Blobs mounted;
  ASSERT_EQ(pusher.Push({beside}, options, mounted), absl::OkStatus());
  EXPECT_EQ(mounted.outcomes(), (Outcomes(2, BlobOutcome::kMounted)));
}

TEST(Push, RefusesALayerThatIsNowhere) {
  ScriptedServer server{MemoryRegistry()};
  const PushImage image = WithoutLayer(MakeLayout("layout"));
  const PushTarget target = {
      .image = &image, .repository = {server.host(), "a"}, .tags = {"v1"}};
  Pusher pusher;
  for (const bool dry_run : {true, false}) {
    Blobs blobs;
    EXPECT_EQ(
        pusher.Push({target},
                    {.sources = {{server.host(), "none"}}, .dry_run = dry_run},
                    blobs),
        absl::NotFoundError(
            absl::StrCat("layer \"", DigestOf(kLayer),
                         "\" is missing, and no repository of a base has it")));
  }
}

}  // namespace
}  // namespace rules_dockerfile
