#include "lib/docker/endpoint.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"

namespace rules_dockerfile {
namespace {

EnvironmentLookup Environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto variable = variables.find(name);
    return variable == variables.end() ? "" : variable->second;
  };
}

struct EndpointCase {
  const char* name;
  std::map<std::string, std::string> environment;
  std::vector<DaemonEndpoint> endpoints;
  absl::Status error;
};

class EndpointTable : public testing::TestWithParam<EndpointCase> {};

TEST_P(EndpointTable, ReturnsTheEndpoints) {
  const absl::StatusOr<std::vector<DaemonEndpoint>> endpoints =
      FindDaemonEndpoints(Environment(GetParam().environment));
  EXPECT_EQ(endpoints.status(), GetParam().error);
  if (endpoints.ok()) {
    EXPECT_EQ(*endpoints, GetParam().endpoints);
  }
}

DaemonEndpoint Socket(const std::string& name, const std::string& path) {
  return {.name = name, .unix_socket = path, .url = "http://docker"};
}

INSTANTIATE_TEST_SUITE_P(
    Table, EndpointTable,
    testing::ValuesIn(std::vector<EndpointCase>{
        {"Default",
         {{"HOME", "/nowhere"}},
         {Socket("/var/run/docker.sock", "/var/run/docker.sock"),
          Socket("/run/podman/podman.sock", "/run/podman/podman.sock")},
         absl::OkStatus()},
        {"Rootless",
         {{"XDG_RUNTIME_DIR", "/run/user/7"}},
         {Socket("/var/run/docker.sock", "/var/run/docker.sock"),
          Socket("/run/user/7/docker.sock", "/run/user/7/docker.sock"),
          Socket("/run/user/7/podman/podman.sock",
                 "/run/user/7/podman/podman.sock"),
          Socket("/run/podman/podman.sock", "/run/podman/podman.sock")},
         absl::OkStatus()},
        {"Unix",
         {{"DOCKER_HOST", "unix:///a/b.sock"}, {"DOCKER_CONTEXT", "x"}},
         {Socket("DOCKER_HOST \"unix:///a/b.sock\"", "/a/b.sock")},
         absl::OkStatus()},
        {"Tcp",
         {{"DOCKER_HOST", "tcp://h:2375"}},
         {{.name = "DOCKER_HOST \"tcp://h:2375\"", .url = "http://h:2375"}},
         absl::OkStatus()},
        {"Tls",
         {{"DOCKER_HOST", "tcp://h:2376/"},
          {"DOCKER_TLS_VERIFY", "1"},
          {"DOCKER_CERT_PATH", "/c"}},
         {{.name = "DOCKER_HOST \"tcp://h:2376/\"",
           .url = "https://h:2376",
           .tls = {.ca = "/c/ca.pem",
                   .certificate = "/c/cert.pem",
                   .key = "/c/key.pem"}}},
         absl::OkStatus()},
        {"Ssh",
         {{"DOCKER_HOST", "ssh://h"}},
         {},
         absl::UnimplementedError(
             "DOCKER_HOST \"ssh://h\": ssh:// hosts are not supported; forward "
             "the socket with `ssh -L /tmp/docker.sock:/var/run/docker.sock "
             "HOST` and set DOCKER_HOST=unix:///tmp/docker.sock")},
        {"NoUrl",
         {{"DOCKER_HOST", "h:2375"}},
         {},
         absl::InvalidArgumentError("DOCKER_HOST \"h:2375\": expected "
                                    "unix://PATH or tcp://HOST:PORT")},
        {"NoContext",
         {{"DOCKER_CONTEXT", "x"}, {"DOCKER_CONFIG", "/nowhere"}},
         {},
         absl::InvalidArgumentError(absl::StrCat(
             "docker context \"x\": cannot open \"/nowhere/contexts/meta/",
             DigestHex(DigestOf("x")),
             "/meta.json\": No such file or directory"))},
    }),
    [](const testing::TestParamInfo<EndpointCase>& info) {
      return std::string(info.param.name);
    });

TEST(FindDaemonEndpoints, FollowsTheCurrentContext) {
  const std::string config = absl::StrCat(testing::TempDir(), "/context");
  const std::string meta =
      absl::StrCat(config, "/contexts/meta/", DigestHex(DigestOf("colima")));
  std::filesystem::create_directories(meta);
  ASSERT_TRUE(
      WriteFile(config + "/config.json", R"({"currentContext": "colima"})")
          .ok());
  ASSERT_TRUE(WriteFile(meta + "/meta.json",
                        R"({"Name": "colima", "Endpoints": {"docker": )"
                        R"({"Host": "unix:///home/a/.colima/docker.sock"}}})")
                  .ok());
  EXPECT_EQ(
      FindDaemonEndpoints(Environment({{"DOCKER_CONFIG", config}})).value(),
      (std::vector<DaemonEndpoint>{
          Socket("docker context \"colima\" "
                 "(unix:///home/a/.colima/docker.sock)",
                 "/home/a/.colima/docker.sock")}));
}

}  // namespace
}  // namespace rules_dockerfile
