#include "lib/docker/client.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/docker/endpoint.h"
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
          "no Docker daemon responds; tried\n  /a: Could not connect\n  /b: "
          "the daemon returned 403: forbidden\nhint: start one (`sudo "
          "systemctl start docker`, or for podman `systemctl --user start "
          "podman.socket`), or set DOCKER_HOST"));
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
          "no Docker daemon responds; tried\n  /b: it is Docker, not "
          "podman\nhint: start one (`sudo systemctl start docker`, or for "
          "podman `systemctl --user start podman.socket`), or set "
          "DOCKER_HOST"));
}

TEST(DockerClient, ListsTheLayersThatDockerHas) {
  FakeTransport transport(
      {Response(200, "OK"), Response(200, R"({"Driver":"overlay2"})"),
       Response(200, R"([{"Id":"sha256:1"},{"Id":"sha256:2"},{}])"),
       Response(200, R"({"RootFS":{"Type":"layers","Layers":["a","b"]}})"),
       Response(404, R"({"message":"No such image"})"),
       Response(200, R"({"RootFS":{"Type":"layers"}})")});
  DockerClient client =
      DockerClient::Connect({Socket("/a")}, transport).value();
  EXPECT_EQ(client.KnownLayers().value(),
            (std::vector<std::vector<std::string>>{{"a", "b"}, {}}));
  EXPECT_EQ(transport.Lines()[3], "GET http://docker/images/sha256%3A1/json");
}

// They require all layers.
TEST(DockerClient, ListsNoLayersOfPodmanAndContainerd) {
  const HttpResponse podman = {.status = 200,
                               .headers = {{"libpod-api-version", "4.3.1"}}};
  FakeTransport transport(
      {podman, Response(200, "OK"),
       Response(200, R"({"Driver":"overlayfs","DriverStatus":)"
                     R"([["driver-type","io.containerd.snapshotter.v1"]]})")});
  for (int i = 0; i < 2; ++i) {
    DockerClient client =
        DockerClient::Connect({Socket("/a")}, transport).value();
    EXPECT_EQ(client.KnownLayers().value(),
              std::vector<std::vector<std::string>>{});
  }
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
