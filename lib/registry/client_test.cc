#include "lib/registry/client.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/oci/descriptor.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";

HttpResponse Response(int status, std::string body = "",
                      std::map<std::string, std::string> headers = {}) {
  return {
      .status = status, .headers = std::move(headers), .body = std::move(body)};
}

// A client of the repository "a/b" of "h.x" that gets these responses.
struct Fixture {
  explicit Fixture(std::vector<absl::StatusOr<HttpResponse>> responses)
      : transport(std::move(responses)),
        session({.registry = "h.x", .sleep = NoPause}, transport,
                [](const std::string&)
                    -> absl::StatusOr<std::optional<Credentials>> {
                  return std::nullopt;
                }),
        client(session, "a/b") {}

  FakeTransport transport;
  RegistrySession session;
  RegistryClient client;
};

Descriptor DataBlob() { return {.digest = DigestOf("data"), .size = 4}; }

absl::StatusOr<std::unique_ptr<ByteSource>> OpenData() {
  return std::make_unique<ViewSource>("data");
}

TEST(RegistryClient, PullsAManifestByTag) {
  Fixture registry({Response(
      200, "{}",
      {{"content-type", absl::StrCat(kManifestType, "; charset=utf-8")},
       {"docker-content-digest", DigestOf("{}")}})});
  const PulledManifest manifest = registry.client.PullManifest("v1").value();
  EXPECT_EQ(manifest.text, "{}");
  EXPECT_EQ(manifest.descriptor, (Descriptor{.media_type = kManifestType,
                                             .digest = DigestOf("{}"),
                                             .size = 2}));
  EXPECT_EQ(registry.transport.Lines(),
            std::vector<std::string>{"GET https://h.x/v2/a/b/manifests/v1"});
}

TEST(RegistryClient, RefusesAManifestThatIsNotWhatWasAskedFor) {
  const std::map<std::string, std::string> type = {
      {"content-type", kManifestType}};
  Fixture registry({Response(200, "{}", type),
                    Response(200, "{}", {{"content-type", "text/html"}})});
  EXPECT_EQ(registry.client.PullManifest(DigestOf("x")).status(),
            absl::DataLossError(absl::StrCat("manifest \"", DigestOf("x"),
                                             "\" has digest \"", DigestOf("{}"),
                                             "\"")));
  EXPECT_EQ(registry.client.PullManifest("v1").status(),
            absl::InvalidArgumentError(
                "\"v1\" has media type \"text/html\": not an image"));
}

TEST(RegistryClient, PullsABlobIntoAFile) {
  const std::string path = absl::StrCat(testing::TempDir(), "/pulled");
  Fixture registry(
      {absl::UnavailableError("broken pipe"), Response(200, "data")});
  EXPECT_EQ(
      registry.client.PullBlob({.digest = DigestOf("data"), .size = 4}, path),
      absl::OkStatus());
  EXPECT_EQ(ReadFile(path).value(), "data");
}

TEST(RegistryClient, WritesNoIncompleteBlob) {
  const std::string path = absl::StrCat(testing::TempDir(), "/refused");
  Fixture registry({Response(200, "date"), Response(200, "data and more")});
  const Descriptor data = {.digest = DigestOf("data"), .size = 4};
  EXPECT_EQ(registry.client.PullBlob(data, path),
            absl::DataLossError(absl::StrCat("blob \"", DigestOf("data"),
                                             "\" has digest \"",
                                             DigestOf("date"), "\"")));
  EXPECT_EQ(registry.client.PullBlob(data, path),
            absl::DataLossError(
                absl::StrCat("registry \"h.x\": blob \"", DigestOf("data"),
                             "\": expected 4 bytes, got more")));
  EXPECT_FALSE(ReadFile(path).ok());
}

TEST(RegistryClient, PushesABlobThatIsNotThere) {
  const std::string digest = DigestOf("data");
  Fixture registry({Response(404),
                    Response(202, "", {{"location", "/u?state=1"}}),
                    Response(201)});
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
            BlobOutcome::kSent);
  EXPECT_EQ(registry.transport.Lines(),
            (std::vector<std::string>{
                absl::StrCat("HEAD https://h.x/v2/a/b/blobs/", digest),
                "POST https://h.x/v2/a/b/blobs/uploads/",
                absl::StrCat("PUT https://h.x/u?state=1&digest=sha256%3A",
                             DigestHex(digest))}));
  EXPECT_EQ(registry.transport.sent()[2].body, "data");
}

TEST(RegistryClient, MountsABlobFromARepositoryThatHasIt) {
  const std::string digest = DigestOf("data");
  Fixture registry({Response(404), Response(403), Response(404), Response(200),
                    Response(201)});
  EXPECT_EQ(
      registry.client.PushBlob(DataBlob(), OpenData, {"no/1", "no/2", "c/d"})
          .value(),
      BlobOutcome::kMounted);
  EXPECT_EQ(registry.transport.Lines(),
            (std::vector<std::string>{
                absl::StrCat("HEAD https://h.x/v2/a/b/blobs/", digest),
                absl::StrCat("HEAD https://h.x/v2/no/1/blobs/", digest),
                absl::StrCat("HEAD https://h.x/v2/no/2/blobs/", digest),
                absl::StrCat("HEAD https://h.x/v2/c/d/blobs/", digest),
                absl::StrCat("POST https://h.x/v2/a/b/blobs/uploads/"
                             "?mount=sha256%3A",
                             DigestHex(digest), "&from=c%2Fd")}));
}

TEST(RegistryClient, SendsABlobThatTheRegistryDoesNotMount) {
  const std::map<std::string, std::string> location = {{"location", "/u"}};
  Fixture uploads({Response(404), Response(200), Response(202, "", location),
                   Response(201)});
  EXPECT_EQ(uploads.client.PushBlob(DataBlob(), OpenData, {"c/d"}).value(),
            BlobOutcome::kSent);
  Fixture refuses({Response(404), Response(200), Response(405),
                   Response(202, "", location), Response(201)});
  EXPECT_EQ(refuses.client.PushBlob(DataBlob(), OpenData, {"c/d"}).value(),
            BlobOutcome::kSent);
  EXPECT_EQ(refuses.transport.Lines()[3],
            "POST https://h.x/v2/a/b/blobs/uploads/");
}

HttpResponse Started(const std::string& path) {
  return Response(202, "", {{"location", path}});
}

TEST(RegistryClient, StartsALostUploadAgain) {
  for (const HttpResponse& lost :
       {Response(404), Response(416),
        Response(400, R"({"errors":[{"code":"DIGEST_INVALID"}]})")}) {
    Fixture registry({Response(404), Started("/one"), lost, Response(404),
                      Started("/two"), Response(201)});
    EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
              BlobOutcome::kSent);
    const std::string query =
        absl::StrCat("?digest=sha256%3A", DigestHex(DigestOf("data")));
    EXPECT_EQ(registry.transport.Lines()[2],
              absl::StrCat("PUT https://h.x/one", query));
    EXPECT_EQ(registry.transport.Lines()[5],
              absl::StrCat("PUT https://h.x/two", query));
  }
}

TEST(RegistryClient, SendsTheRestOfABrokenUpload) {
  for (const absl::StatusOr<HttpResponse>& broken :
       {absl::StatusOr<HttpResponse>(Response(503)),
        absl::StatusOr<HttpResponse>(absl::UnavailableError("broken pipe"))}) {
    Fixture registry(
        {Response(404), Started("/u?s=1"), broken,
         Response(204, "", {{"range", "0-1"}, {"location", "/u?s=2"}}),
         Started("/u?s=3"), Response(201)});
    EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
              BlobOutcome::kSent);
    const std::string query =
        absl::StrCat("&digest=sha256%3A", DigestHex(DigestOf("data")));
    EXPECT_EQ(
        registry.transport.Lines(),
        (std::vector<std::string>{
            absl::StrCat("HEAD https://h.x/v2/a/b/blobs/", DigestOf("data")),
            "POST https://h.x/v2/a/b/blobs/uploads/",
            absl::StrCat("PUT https://h.x/u?s=1", query),
            "GET https://h.x/u?s=1", "PATCH https://h.x/u?s=2",
            absl::StrCat("PUT https://h.x/u?s=3", query)}));
    const std::vector<FakeTransport::Sent>& sent = registry.transport.sent();
    EXPECT_EQ(sent[2].body, "data");
    EXPECT_EQ(sent[4].body, "ta");
    EXPECT_EQ(sent[4].request.headers.at("Content-Range"), "2-3");
    EXPECT_EQ(sent[5].body, "");
  }
}

TEST(RegistryClient, EndsAnUploadOfWhichAllHasArrived) {
  Fixture registry({Response(404), Started("/u"), Response(500),
                    Response(204, "", {{"range", "bytes=0-3"}}),
                    Response(201)});
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
            BlobOutcome::kSent);
  EXPECT_EQ(registry.transport.sent()[4].request.method, "PUT");
  EXPECT_EQ(registry.transport.sent()[4].body, "");
}

// Of none: Distribution's says the same of no byte.
TEST(RegistryClient, StartsAgainWhereTheRegistryDoesNotSayWhatArrived) {
  for (const absl::StatusOr<HttpResponse>& answer :
       {absl::StatusOr<HttpResponse>(Response(404)),
        absl::StatusOr<HttpResponse>(Response(416)),
        absl::StatusOr<HttpResponse>(Response(204)),
        absl::StatusOr<HttpResponse>(Response(204, "", {{"range", "0-0"}})),
        absl::StatusOr<HttpResponse>(Response(204, "", {{"range", "0-9"}})),
        absl::StatusOr<HttpResponse>(Response(204, "", {{"range", "1-2"}})),
        absl::StatusOr<HttpResponse>(absl::UnavailableError("reset"))}) {
    Fixture registry({Response(404), Started("/one"), Response(500), answer,
                      Response(404), Started("/two"), Response(201)});
    EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
              BlobOutcome::kSent);
    EXPECT_EQ(registry.transport.sent()[6].body, "data");
  }
}

TEST(RegistryClient, EndsNoUploadOfOtherBytes) {
  const auto open = []() -> absl::StatusOr<std::unique_ptr<ByteSource>> {
    return std::make_unique<ViewSource>("date");
  };
  Fixture registry({Response(404), Started("/u"), Response(201)});
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), open).status(),
            absl::DataLossError(
                absl::StrCat("registry \"h.x\": blob \"", DigestOf("data"),
                             "\" has digest \"", DigestOf("date"), "\"")));
}

TEST(RegistryClient, OpensNoBlobThatTheRegistryHas) {
  const auto open = []() -> absl::StatusOr<std::unique_ptr<ByteSource>> {
    return absl::InternalError("opened");
  };
  Fixture registry(
      {Response(200), Response(404), Response(200), Response(201)});
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), open).value(),
            BlobOutcome::kPresent);
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), open, {"c/d"}).value(),
            BlobOutcome::kMounted);
}

TEST(RegistryClient, PlansWithoutAChange) {
  Fixture registry({Response(200), Response(404), Response(200), Response(404),
                    Response(404)});
  for (const BlobOutcome outcome :
       {BlobOutcome::kPresent, BlobOutcome::kMounted, BlobOutcome::kSent}) {
    EXPECT_EQ(registry.client.PlanBlob(DataBlob(), {"c/d"}).value(), outcome);
  }
  for (const FakeTransport::Sent& sent : registry.transport.sent()) {
    EXPECT_EQ(sent.request.method, "HEAD");
  }
}

TEST(RegistryClient, RefusesAnUploadUrlThatIsNone) {
  Fixture registry({Response(404), Response(202), Response(404),
                    Response(202, "", {{"location", "http://h.x/u"}})});
  EXPECT_EQ(
      registry.client.PushBlob(DataBlob(), OpenData).status(),
      absl::UnavailableError("registry \"h.x\" returned no URL to upload to"));
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).status(),
            absl::UnavailableError("registry \"h.x\": redirect to "
                                   "\"http://h.x\" is not followed"));
}

TEST(RegistryClient, PushesNoExistingBlob) {
  Fixture registry({Response(200)});
  EXPECT_EQ(registry.client.PushBlob(DataBlob(), OpenData).value(),
            BlobOutcome::kPresent);
}

// What Distribution's registry answers while another client pushes a blob of
// the manifest.
TEST(RegistryClient, PushesAManifestAgainThatIsTooEarly) {
  Fixture registry(
      {Response(400, R"({"errors":[{"code":"DIGEST_INVALID","message":"x"}]})"),
       Response(201)});
  EXPECT_EQ(registry.client.PushManifest("v1", kManifestType, "{}"),
            absl::OkStatus());
}

TEST(RegistryClient, PushesAManifest) {
  Fixture registry({Response(201), Response(413)});
  EXPECT_EQ(registry.client.PushManifest("v1", kManifestType, "{}"),
            absl::OkStatus());
  const FakeTransport::Sent& sent = registry.transport.sent()[0];
  EXPECT_EQ(sent.request.method, "PUT");
  EXPECT_EQ(sent.request.url, "https://h.x/v2/a/b/manifests/v1");
  EXPECT_EQ(sent.request.headers.at("Content-Type"), kManifestType);
  EXPECT_EQ(sent.body, "{}");
  EXPECT_EQ(registry.client.PushManifest("v1", kManifestType, "{}"),
            absl::InvalidArgumentError(
                "registry \"h.x\" returned 413: no reason given"));
}

}  // namespace
}  // namespace rules_dockerfile
