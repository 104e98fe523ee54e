#include "lib/docker/client.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/docker/endpoint.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

HttpResponse Response(int status, const std::string& body) {
  return {.status = status, .body = body};
}

DaemonEndpoint Socket(const std::string& path) {
  return {.name = path, .unix_socket = path, .url = "http://docker"};
}

TEST(DockerClient, TakesTheFirstEndpointThatAnswers) {
  FakeTransport transport({absl::UnavailableError("no"), Response(200, "OK")});
  const absl::StatusOr<DockerClient> client =
      DockerClient::Connect({Socket("/a"), Socket("/b")}, transport);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(client->endpoint(), Socket("/b"));
}

TEST(DockerClient, SaysWhatItTriedAndHowToStartADaemon) {
  FakeTransport transport({absl::UnavailableError("Could not connect"),
                           Response(403, "{\"message\":\"forbidden\"}\n")});
  EXPECT_EQ(
      DockerClient::Connect({Socket("/a"), Socket("/b")}, transport).status(),
      absl::UnavailableError(
          "neither Docker nor podman responds; tried\n  /a: Could not connect"
          "\n  /b: the daemon returned 403: forbidden\nhint: start it (`sudo "
          "systemctl start docker` or `systemctl --user start "
          "podman.socket`), or set DOCKER_HOST"));
}

TEST(DockerClient, NamesOnlyTheRequestedKind) {
  FakeTransport transport({absl::UnavailableError("Could not connect")});
  EXPECT_EQ(
      DockerClient::Connect({Socket("/a")}, transport, DaemonKind::kDocker)
          .status(),
      absl::UnavailableError(
          "Docker does not respond; tried\n  /a: Could not connect\nhint: "
          "start it (`sudo systemctl start docker`), or set "
          "DOCKER_HOST"));
}

struct LoadCase {
  const char* name;
  HttpResponse response;
  std::vector<std::string> names;
  absl::Status error;
};

class Load : public testing::TestWithParam<LoadCase> {};

TEST_P(Load, ReadsTheAnswer) {
  FakeTransport transport({Response(200, "OK"), GetParam().response});
  DockerClient client =
      DockerClient::Connect({Socket("/a")}, transport).value();
  ViewSource archive("archive");
  const absl::StatusOr<std::vector<std::string>> names =
      client.LoadImages(archive);
  EXPECT_EQ(names.status(), GetParam().error);
  EXPECT_EQ(names.value_or(std::vector<std::string>()), GetParam().names);
  const FakeTransport::Sent& sent = transport.sent().back();
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.url, "http://docker/images/load?quiet=1");
  EXPECT_EQ(sent.request.unix_socket, "/a");
  EXPECT_EQ(sent.request.headers.at("Content-Type"), "application/x-tar");
  EXPECT_EQ(sent.body, "archive");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Load,
    testing::ValuesIn(std::vector<LoadCase>{
        {"Docker",
         Response(200,
                  "{\"stream\":\"Loaded image: app:1\\n\"}\r\n"
                  "{\"stream\":\"Loaded image: b/c:latest\\n\"}\r\n"),
         {"app:1", "b/c:latest"},
         absl::OkStatus()},
        {"DockerWithoutName",
         Response(200, "{\"stream\":\"Loaded image ID: sha256:0\\n\"}\r\n"),
         {"sha256:0"},
         absl::OkStatus()},
        {"Podman",
         Response(200, "{\"stream\":\"Loaded image: localhost/app:1\"}"),
         {"localhost/app:1"},
         absl::OkStatus()},
        {"ErrorInTheStream",
         Response(200,
                  "{\"errorDetail\":{\"message\":\"invalid tar header\"},"
                  "\"error\":\"invalid tar header\"}\r\n"),
         {},
         absl::UnknownError(
             "the daemon cannot load the image: invalid tar header")},
        {"NotUnpacked",
         Response(200,
                  "{\"stream\":\"Loaded image: app:1\\n\"}\r\n"
                  "{\"stream\":\"Error unpacking image app:1: content "
                  "digest sha256:0: not found\\n\"}\r\n"),
         {},
         absl::UnknownError("the daemon cannot load the image: Error unpacking "
                            "image app:1: content digest sha256:0: not found")},
        {"Refused",
         Response(500, "{\"message\":\"no space left\"}\n"),
         {},
         absl::UnknownError("the daemon returned 500: no space left")},
        {"NotJson",
         Response(404, "page not found\n"),
         {},
         absl::NotFoundError("the daemon returned 404: page not found")},
        {"Silence",
         Response(200, ""),
         {},
         absl::UnknownError("the daemon does not report what it loaded: ")},
    }),
    [](const testing::TestParamInfo<LoadCase>& info) {
      return std::string(info.param.name);
    });

TEST(DockerClient, TakesTheRequestedKind) {
  const HttpResponse podman = {.status = 200,
                               .headers = {{"libpod-api-version", "4.3.1"}}};
  FakeTransport transport({podman, Response(200, "OK"), Response(200, "OK")});
  EXPECT_EQ(DockerClient::Connect({Socket("/a"), Socket("/b")}, transport,
                                  DaemonKind::kDocker)
                ->endpoint(),
            Socket("/b"));
  EXPECT_EQ(
      DockerClient::Connect({Socket("/b")}, transport, DaemonKind::kPodman)
          .status(),
      absl::UnavailableError(
          "podman does not respond; tried\n  /b: it is Docker, not podman\n"
          "hint: start it (`systemctl --user start podman.socket`), or set "
          "DOCKER_HOST"));
}

// A daemon that has images "1", "2" and, until it is asked for it, "gone".
class Daemon {
 public:
  explicit Daemon(std::string info, std::vector<std::string> ping = {})
      : info_(std::move(info)), ping_(std::move(ping)) {}

  // What it says of image "2".
  std::string second = R"({"RootFS":{"Type":"layers"}})";

  std::vector<std::string> Lines() { return server_.Lines(); }

  absl::StatusOr<KnownLayers> Find() {
    return Ask([](DockerClient& client) { return client.FindKnownLayers(); });
  }

  absl::StatusOr<KnownLayers> Find(const std::vector<std::string>& names) {
    return Ask(
        [&](DockerClient& client) { return client.FindLayersOf(names); });
  }

 private:
  absl::StatusOr<KnownLayers> Ask(
      absl::FunctionRef<absl::StatusOr<KnownLayers>(DockerClient& client)>
          ask) {
    const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
    ABSL_ASSIGN_OR_RETURN(
        DockerClient client,
        DockerClient::Connect(
            {{.name = "test", .url = absl::StrCat("http://", server_.host())}},
            *transport));
    return ask(client);
  }

  ScriptedServer::Answer Answer(const std::string& target) {
    if (target == "/_ping") return HttpAnswer(200, "OK", ping_);
    if (target == "/info") return HttpAnswer(info_.empty() ? 500 : 200, info_);
    if (target == "/images/json") {
      return HttpAnswer(
          200, R"([{"Id":"1"},{"Id":"2"},{"Id":"1"},{},{"Id":"gone"}])");
    }
    if (target == "/images/1/json") {
      return HttpAnswer(200, R"({"RootFS":{"Layers":["a","b"]}})");
    }
    if (target == "/images/2/json") {
      return HttpAnswer(200, second);
    }
    return HttpAnswer(404, R"({"message":"No such image"})");
  }

  std::string info_;
  std::vector<std::string> ping_;
  ScriptedServer server_{[this](const ScriptedServer::Request& request) {
    return Answer(request.target);
  }};
};

struct StoreCase {
  const char* name;
  std::string info;
  std::vector<std::string> ping;
  LayerStore store;
};

class KnownLayersOf : public testing::TestWithParam<StoreCase> {};

TEST_P(KnownLayersOf, AreThoseOfItsImages) {
  Daemon daemon(GetParam().info, GetParam().ping);
  const absl::StatusOr<KnownLayers> known = daemon.Find();
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->store, GetParam().store);
  std::vector<std::vector<std::string>> images = {{"a", "b"}, {}, {}};
  if (GetParam().store == LayerStore::kNone) images.clear();
  EXPECT_EQ(known->images, images);
}

constexpr char kContainerd[] =
    R"({"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]})";

INSTANTIATE_TEST_SUITE_P(
    Table, KnownLayersOf,
    testing::ValuesIn(std::vector<StoreCase>{
        {"Docker",
         R"({"Driver":"overlay2"})",
         {"Api-Version: 1.41"},
         LayerStore::kChains},
        {"Podman",
         "",
         {"Api-Version: 1.41", "Libpod-Api-Version: 4.3.1"},
         LayerStore::kBlobs},
        {"Containerd",
         kContainerd,
         {"Api-Version: 1.48"},
         LayerStore::kContent},
        {"OldContainerd",
         kContainerd,
         {"Api-Version: 1.47"},
         LayerStore::kNone},
        {"ContainerdOfNoVersion", kContainerd, {}, LayerStore::kNone},
    }),
    [](const testing::TestParamInfo<StoreCase>& info) {
      return std::string(info.param.name);
    });

// What Docker 20.10 and Docker 28 with containerd's store say of an image.
constexpr char kOfOwnStore[] =
    R"({"GraphDriver":{"Data":{"UpperDir":"/d"},"Name":"overlay2"}})";
constexpr char kOfContainerd[] =
    R"({"Descriptor":{"digest":"sha256:0"},)"
    R"("GraphDriver":{"Data":null,"Name":"overlayfs"}})";

TEST(DockerClient, TakesTheStoreFromAnImage) {
  for (const auto& [image, store] : std::map<std::string, LayerStore>{
           {kOfOwnStore, LayerStore::kChains},
           {kOfContainerd, LayerStore::kContent}}) {
    Daemon daemon("", {"Api-Version: 1.48"});
    daemon.second = image;
    const absl::StatusOr<KnownLayers> known = daemon.Find({"2"});
    ASSERT_TRUE(known.ok()) << known.status();
    EXPECT_EQ(known->store, store);
    EXPECT_EQ(daemon.Lines(),
              (std::vector<std::string>{"GET /_ping", "GET /images/2/json"}));
  }
}

TEST(DockerClient, FindsTheLayersOfSomeImages) {
  Daemon daemon(R"({"Driver":"overlay2"})");
  const absl::StatusOr<KnownLayers> known = daemon.Find({"1", "gone"});
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->store, LayerStore::kChains);
  EXPECT_EQ(known->images,
            (std::vector<std::vector<std::string>>{{"a", "b"}, {}}));
}

TEST(DockerClient, AsksForNoStoreWithoutImages) {
  Daemon daemon("");
  const absl::StatusOr<KnownLayers> known = daemon.Find({"gone"});
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->store, LayerStore::kNone);
}

TEST(DockerClient, ReportsADaemonThatDoesNotSayWhichStoreItHas) {
  EXPECT_EQ(Daemon("").Find().status(),
            absl::UnknownError("the daemon returned 500: "));
}

TEST(DockerClient, TagsAnImage) {
  FakeTransport transport({Response(200, "OK"), Response(201, "")});
  DockerClient client =
      DockerClient::Connect({Socket("/a")}, transport).value();
  EXPECT_EQ(client.TagImage("b/c:1", ParseImageReference("h:5/app:v1").value()),
            absl::OkStatus());
  EXPECT_EQ(transport.Lines().back(),
            "POST http://docker/images/b%2Fc%3A1/tag?repo=h%3A5%2Fapp&tag=v1");
}

}  // namespace
}  // namespace rules_dockerfile
