#include "lib/docker/endpoint.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

// The host is not looked up, but HTTP requires one.
constexpr absl::string_view kSocketUrl = "http://docker";

DaemonEndpoint SocketEndpoint(std::string name, absl::string_view path) {
  return {.name = std::move(name),
          .unix_socket = std::string(path),
          .url = std::string(kSocketUrl)};
}

// The endpoint of a host as in DOCKER_HOST.
absl::StatusOr<DaemonEndpoint> HostEndpoint(std::string name,
                                            absl::string_view host,
                                            const TlsFiles& tls) {
  absl::string_view address = host;
  if (absl::ConsumePrefix(&address, "unix://")) {
    return SocketEndpoint(std::move(name), address);
  }
  if (absl::ConsumePrefix(&address, "tcp://") ||
      absl::ConsumePrefix(&address, "http://")) {
    const absl::string_view scheme = tls.ca.empty() ? "http://" : "https://";
    return DaemonEndpoint{
        .name = std::move(name),
        .url = absl::StrCat(scheme, absl::StripSuffix(address, "/")),
        .tls = tls};
  }
  if (absl::StartsWith(address, "ssh://")) {
    return absl::UnimplementedError(
        absl::StrCat(name,
                     ": ssh:// hosts are not supported; forward the socket "
                     "with `ssh -L /tmp/docker.sock:/var/run/docker.sock HOST` "
                     "and set DOCKER_HOST=unix:///tmp/docker.sock"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": expected unix://PATH or tcp://HOST:PORT"));
}

std::string ConfigDirectory(const EnvironmentLookup& environment) {
  std::string directory = environment("DOCKER_CONFIG");
  if (!directory.empty()) return directory;
  return absl::StrCat(environment("HOME"), "/.docker");
}

TlsFiles EnvironmentTls(const EnvironmentLookup& environment) {
  if (environment("DOCKER_TLS_VERIFY").empty()) return {};
  std::string directory = environment("DOCKER_CERT_PATH");
  if (directory.empty()) directory = ConfigDirectory(environment);
  return {.ca = directory + "/ca.pem",
          .certificate = directory + "/cert.pem",
          .key = directory + "/key.pem"};
}

// The name of the context in use, "" for none.
absl::StatusOr<std::string> ContextName(const EnvironmentLookup& environment) {
  std::string name = environment("DOCKER_CONTEXT");
  if (name.empty()) {
    const std::string path = ConfigDirectory(environment) + "/config.json";
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return "";  // there need not be one
    const absl::StatusOr<Json> json = ParseJson(*text);
    if (!json.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", path, "\": ", json.status().message()));
    }
    ABSL_ASSIGN_OR_RETURN(name,
                          JsonNode(*json).StringOrEmpty("currentContext"));
  }
  return name == "default" ? "" : name;
}

// The endpoint of a context (docker/cli, cli/context/store).
absl::StatusOr<DaemonEndpoint> ContextEndpoint(
    const std::string& name, const EnvironmentLookup& environment) {
  const std::string path =
      absl::StrCat(ConfigDirectory(environment), "/contexts/meta/",
                   DigestHex(DigestOf(name)), "/meta.json");
  const std::string noun = absl::StrCat("docker context \"", name, "\"");
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(noun, ": ", text.status().message()));
  }
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(*text));
  ABSL_ASSIGN_OR_RETURN(const JsonNode endpoints,
                        JsonNode(json).At("Endpoints"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode docker, endpoints.At("docker"));
  ABSL_ASSIGN_OR_RETURN(const std::string host, docker.StringAt("Host"));
  return HostEndpoint(absl::StrCat(noun, " (", host, ")"), host, {});
}

}  // namespace

absl::StatusOr<std::vector<DaemonEndpoint>> FindDaemonEndpoints(
    const EnvironmentLookup& environment) {
  if (const std::string host = environment("DOCKER_HOST"); !host.empty()) {
    ABSL_ASSIGN_OR_RETURN(
        DaemonEndpoint endpoint,
        HostEndpoint(absl::StrCat("DOCKER_HOST \"", host, "\""), host,
                     EnvironmentTls(environment)));
    return std::vector<DaemonEndpoint>{std::move(endpoint)};
  }
  ABSL_ASSIGN_OR_RETURN(const std::string context, ContextName(environment));
  if (!context.empty()) {
    ABSL_ASSIGN_OR_RETURN(DaemonEndpoint endpoint,
                          ContextEndpoint(context, environment));
    return std::vector<DaemonEndpoint>{std::move(endpoint)};
  }
  std::vector<std::string> sockets = {"/var/run/docker.sock"};
  if (const std::string runtime = environment("XDG_RUNTIME_DIR");
      !runtime.empty()) {
    sockets.push_back(runtime + "/docker.sock");
    sockets.push_back(runtime + "/podman/podman.sock");
  }
  sockets.push_back("/run/podman/podman.sock");
  std::vector<DaemonEndpoint> endpoints;
  for (const std::string& socket : sockets) {
    endpoints.push_back(SocketEndpoint(socket, socket));
  }
  return endpoints;
}

}  // namespace rules_dockerfile
