#include "lib/registry/referrers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/attestation.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/media_type.h"
#include "lib/oci/referrer.h"
#include "lib/registry/client.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/push.h"
#include "lib/registry/push_image.h"
#include "lib/registry/registry_testing.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

// A client of the repository "a/b" of a server with the handler. "HOST" in a
// message represents the server.
class ReferrersClient {
 public:
  explicit ReferrersClient(ScriptedServer::Handler handler)
      : server_(std::move(handler)),
        transport_(MakeCurlTransport()),
        session_(WithoutPauses({.registry = server_.host()}), *transport_,
                 Nobody),
        client_(session_, "a/b") {}

  RegistryClient& client() { return client_; }
  ScriptedServer& server() { return server_; }

  absl::Status Told(const absl::Status& status) {
    return absl::Status(
        status.code(),
        absl::StrReplaceAll(status.message(), {{server_.host(), "HOST"}}));
  }

 private:
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
};

const Descriptor kSubject = {.media_type = std::string(kOciManifestMediaType),
                             .digest = DigestOf("image"),
                             .size = 5};

Artifact TestArtifact(const std::string& text) {
  return MakeArtifact({.artifact_type = "a/b",
                       .blobs = {{.media_type = "text/plain", .bytes = text}},
                       .subject = kSubject});
}

std::string TagPath() {
  return absl::StrCat("/v2/a/b/manifests/", ReferrersTag(kSubject.digest));
}

// How often the server got such a request.
int64_t Count(ScriptedServer& server, absl::string_view method,
              absl::string_view target) {
  return std::ranges::count_if(server.requests(), [&](const Request& request) {
    return request.method == method &&
           absl::StrContains(request.target, target);
  });
}

TEST(Referrers, AreListedUnderATagWhereTheRegistryHasNoList) {
  ReferrersClient registry{MemoryRegistry()};
  const Artifact one = TestArtifact("one");
  const Artifact two = TestArtifact("two");
  EXPECT_EQ(ListReferrers(kSubject.digest, registry.client()).value(),
            std::vector<Descriptor>{});
  for (const Artifact& artifact : {one, two, one}) {
    ASSERT_EQ(PushArtifact(artifact, {}, registry.client()), absl::OkStatus());
  }
  EXPECT_EQ(ListReferrers(kSubject.digest, registry.client()).value(),
            (std::vector<Descriptor>{one.manifest.descriptor,
                                     two.manifest.descriptor}));
  EXPECT_EQ(Count(registry.server(), "PUT", TagPath()), 2);
  // The blobs before what names them, and the list last.
  std::string order;
  for (const Request& request : registry.server().requests()) {
    if (request.method != "PUT") continue;
    absl::StrAppend(&order, absl::StrContains(request.target, "/blobs/") ? "b"
                            : request.target == TagPath()                ? "t"
                                                                         : "m");
  }
  EXPECT_EQ(order, "bbmtbmtm");
}

TEST(Referrers, AreNotListedByTheClientWhereTheRegistryDoes) {
  MemoryRegistry memory;
  ReferrersClient registry([&](const Request& request) {
    Answer answer = memory(request);
    if (request.method == "PUT" &&
        absl::StrContains(request.target, "/manifests/")) {
      return HttpAnswer(201, "",
                        {absl::StrCat("OCI-Subject: ", kSubject.digest)});
    }
    return answer;
  });
  ASSERT_EQ(PushArtifact(TestArtifact("one"), {"sig"}, registry.client()),
            absl::OkStatus());
  EXPECT_EQ(Count(registry.server(), "PUT", TagPath()), 0);
  EXPECT_EQ(Count(registry.server(), "GET", TagPath()), 0);
  EXPECT_EQ(Count(registry.server(), "PUT", "/v2/a/b/manifests/sig"), 1);
}

TEST(Referrers, OfAnArtifactWithoutSubjectAreNone) {
  ReferrersClient registry{MemoryRegistry()};
  const Artifact artifact =
      MakeArtifact({.artifact_type = "a/b",
                    .blobs = {{.media_type = "text/plain", .bytes = "x"}}});
  ASSERT_EQ(PushArtifact(artifact, {}, registry.client()), absl::OkStatus());
  EXPECT_EQ(Count(registry.server(), "PUT", "/manifests/"), 1);
}

// Answers the tag with an index, and all else as a registry does.
ScriptedServer::Handler WithTag(MemoryRegistry& memory, std::string type,
                                std::string body) {
  return [&memory, type, body](const Request& request) {
    if (request.method == "GET" && request.target == TagPath()) {
      return HttpAnswer(200, body, {absl::StrCat("Content-Type: ", type)});
    }
    return memory(request);
  };
}

TEST(Referrers, LeaveATagThatIsNoIndex) {
  const struct {
    const char* type;
    const char* body;
    const char* problem;
  } kCases[] = {
      {"application/vnd.oci.image.manifest.v1+json", "{}",
       "expected an index of referrers, got "
       "\"application/vnd.oci.image.manifest.v1+json\""},
      {"application/vnd.oci.image.index.v1+json",
       R"({"schemaVersion":2,"manifests":[],"config":{}})",
       "expected an index, got one that is also a manifest: it has the field "
       "\"config\""},
      {"application/vnd.oci.image.index.v1+json", "no JSON",
       "malformed JSON at line 1, column 2: syntax error while parsing value - "
       "invalid literal; last read: 'no'"},
      {"text/html", "<p>", nullptr},
  };
  const std::string tag = ReferrersTag(kSubject.digest);
  for (const auto& test : kCases) {
    MemoryRegistry memory;
    ReferrersClient registry(WithTag(memory, test.type, test.body));
    const std::string problem =
        test.problem != nullptr
            ? test.problem
            : absl::StrCat("\"", tag,
                           "\" has media type \"text/html\": not an image");
    EXPECT_EQ(PushArtifact(TestArtifact("one"), {}, registry.client()),
              absl::InvalidArgumentError(
                  absl::StrCat("tag \"", tag, "\": ", problem)));
    EXPECT_EQ(Count(registry.server(), "PUT", TagPath()), 0);
  }
}

TEST(Referrers, GiveUpWhereOthersKeepChangingTheTag) {
  MemoryRegistry memory;
  ReferrersClient registry(WithTag(memory, std::string(kOciIndexMediaType),
                                   R"({"schemaVersion":2,"manifests":[]})"));
  EXPECT_EQ(
      PushArtifact(TestArtifact("one"), {}, registry.client()),
      absl::AbortedError(absl::StrCat("tag \"", ReferrersTag(kSubject.digest),
                                      "\": other clients keep changing "
                                      "it")));
  EXPECT_EQ(Count(registry.server(), "PUT", TagPath()), 5);
}

std::string IndexOf(const std::vector<Descriptor>& referrers) {
  return IndexToText(
      {.media_type = std::string(kOciIndexMediaType), .manifests = referrers});
}

TEST(Referrers, AreReadFromAllPages) {
  const Descriptor one = TestArtifact("one").manifest.descriptor;
  const Descriptor two = TestArtifact("two").manifest.descriptor;
  const std::string list = absl::StrCat("/v2/a/b/referrers/", kSubject.digest);
  for (const std::string& origin : {"", "http://other.example"}) {
    ReferrersClient registry([&](const Request& request) {
      if (request.target == list) {
        return HttpAnswer(
            200, IndexOf({one}),
            {absl::StrCat("Link: <", origin, list, "?last=1>; rel=\"next\"")});
      }
      if (request.target == list + "?last=1") {
        return HttpAnswer(200, IndexOf({one, two}), {});
      }
      return HttpAnswer(500);
    });
    EXPECT_EQ(ListReferrers(kSubject.digest, registry.client()).value(),
              (std::vector<Descriptor>{one, two}));
  }
}

TEST(Referrers, RefuseHostileLists) {
  std::vector<Descriptor> many;
  for (int i = 0; i < 4097; ++i) {
    many.push_back({.media_type = "m", .digest = DigestOf(absl::StrCat(i))});
  }
  const std::string list = absl::StrCat("/v2/a/b/referrers/", kSubject.digest);
  const struct {
    std::string body;
    std::string link;
    std::string problem;
  } kCases[] = {
      {"[]", "", "expected an object, got an array"},
      {R"({"schemaVersion":2})", "", "field \"manifests\" is missing"},
      {IndexOf(many), "", "expected at most 4096"},
      {IndexOf({}), "</v2/other/referrers/x?y>; rel=\"next\"",
       absl::StrCat("expected a next page below \"", list,
                    "?\", got \"/v2/other/referrers/x?y\"")},
      {IndexOf({}), "<http://evil.example>; rel=\"next\"",
       absl::StrCat("expected a next page below \"", list, "?\", got \"\"")},
      {IndexOf({}), "rel=\"next\"", "the header Link has no URL"},
      {IndexOf({}), absl::StrCat("<", list, "?again>; rel=\"next\""),
       "expected at most 256 pages"},
  };
  for (const auto& test : kCases) {
    ReferrersClient registry([&](const Request&) {
      std::vector<std::string> headers;
      if (!test.link.empty()) headers.push_back("Link: " + test.link);
      return HttpAnswer(200, test.body, headers);
    });
    EXPECT_EQ(ListReferrers(kSubject.digest, registry.client()).status(),
              absl::InvalidArgumentError(absl::StrCat(
                  "referrers of \"", kSubject.digest, "\": ", test.problem)));
  }
  ReferrersClient registry([](const Request&) { return HttpAnswer(403); });
  EXPECT_EQ(
      registry.Told(ListReferrers(kSubject.digest, registry.client()).status()),
      absl::PermissionDeniedError(
          "registry \"HOST\" returned 403: no reason given"));
}

TEST(Referrers, AreComparedWithWhatTheRegistrySays) {
  const Artifact artifact = TestArtifact("one");
  const std::string image =
      R"({"schemaVersion":2,"config":{"mediaType":"a","digest":")" +
      DigestOf("") + R"(","size":0},"layers":[]})";
  Descriptor listed = artifact.manifest.descriptor;
  ReferrersClient registry([&](const Request& request) {
    const std::string type =
        absl::StrCat("Content-Type: ", kOciManifestMediaType);
    if (absl::StrContains(request.target, "/referrers/")) {
      return HttpAnswer(200, IndexOf({listed}), {});
    }
    if (absl::StrContains(request.target, listed.digest)) {
      return HttpAnswer(200, artifact.manifest.text, {type});
    }
    return HttpAnswer(200, image, {type});
  });
  EXPECT_EQ(ReadReferrers("v1", registry.client()).status(),
            absl::InvalidArgumentError(absl::StrCat(
                "manifest \"", listed.digest, "\": expected a referrer of \"",
                DigestOf(image), "\"")));
  listed.size = 1;
  EXPECT_EQ(ReadReferrers("v1", registry.client()).status(),
            absl::DataLossError(absl::StrCat("manifest \"", listed.digest,
                                             "\": expected 1 bytes, got ",
                                             artifact.manifest.text.size())));
}

// Of the digest of an image in a layout.
Descriptor RootOf(const std::string& layout) {
  return PushImageOfLayout(layout)->root;
}

TEST(Referrers, FollowTheImageThatIsPushed) {
  const std::string layout = MakeLayout("layout");
  PushImage image = PushImageOfLayout(layout).value();
  const Attestation attestation =
      MakeAttestation(kSpdxPredicate, {{"a", 1}}, image.root.digest, {});
  image.referrers = {AttestationReferrer(attestation, image.root)};
  ReferrersClient registry{MemoryRegistry()};
  Pusher pusher;
  Blobs blobs;
  const PushTarget target = {.image = &image,
                             .repository = {registry.server().host(), "a/b"},
                             .tags = {"v1"}};
  ASSERT_EQ(pusher.Push({target}, {.dry_run = true}, blobs), absl::OkStatus());
  EXPECT_EQ(Count(registry.server(), "PUT", "/v2/"), 0);
  ASSERT_EQ(pusher.Push({target}, {}, blobs), absl::OkStatus());
  const std::vector<Referrer> referrers =
      ReadReferrers("v1", registry.client()).value();
  ASSERT_EQ(referrers.size(), 1);
  EXPECT_EQ(referrers[0].subject, RootOf(layout).digest);
  EXPECT_EQ(referrers[0].type, "application/vnd.in-toto+json");
  EXPECT_EQ(referrers[0].predicates,
            std::vector<std::string>{std::string(kSpdxPredicate)});
  std::vector<std::string> manifests;
  for (const Request& request : registry.server().requests()) {
    if (request.method == "PUT" &&
        absl::StrContains(request.target, "/manifests/")) {
      manifests.push_back(request.target);
    }
  }
  EXPECT_EQ(
      manifests,
      (std::vector<std::string>{
          "/v2/a/b/manifests/v1",
          absl::StrCat("/v2/a/b/manifests/", referrers[0].manifest.digest),
          absl::StrCat("/v2/a/b/manifests/",
                       ReferrersTag(image.root.digest))}));
}

}  // namespace
}  // namespace rules_dockerfile
