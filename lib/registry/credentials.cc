#include "lib/registry/credentials.h"

#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/registry/credential_helper.h"
#include "lib/registry/netrc.h"

namespace rules_dockerfile {
namespace {

// docker login keeps Docker Hub under the address of its first API.
constexpr absl::string_view kDockerHubKey = "https://index.docker.io/v1/";

// The keys under which a registry may stand, the usual one first.
std::vector<std::string> KeysOf(const std::string& registry) {
  if (registry == "docker.io") {
    return {std::string(kDockerHubKey), "index.docker.io", "docker.io"};
  }
  return {registry, absl::StrCat("https://", registry),
          absl::StrCat("https://", registry, "/"),
          absl::StrCat("http://", registry)};
}

// An element of "auths".
absl::StatusOr<std::optional<Credentials>> FromAuth(const JsonNode& node) {
  Credentials credentials;
  ABSL_ASSIGN_OR_RETURN(credentials.identity_token,
                        node.StringOrEmpty("identitytoken"));
  ABSL_ASSIGN_OR_RETURN(const std::string auth, node.StringOrEmpty("auth"));
  if (auth.empty()) {
    ABSL_ASSIGN_OR_RETURN(credentials.username, node.StringOrEmpty("username"));
    ABSL_ASSIGN_OR_RETURN(credentials.password, node.StringOrEmpty("password"));
  } else {
    std::string decoded;
    const size_t colon = absl::Base64Unescape(auth, &decoded)
                             ? decoded.find(':')
                             : std::string::npos;
    if (colon == std::string::npos) {
      return node.Error("\"auth\" is not base64 of user:password");
    }
    credentials.username = decoded.substr(0, colon);
    credentials.password = decoded.substr(colon + 1);
  }
  // `docker login` with a store leaves an empty object here.
  if (credentials == Credentials()) return std::nullopt;
  return credentials;
}

// The output of a credential helper.
absl::StatusOr<Credentials> FromHelper(const std::string& name,
                                       absl::string_view output) {
  const absl::StatusOr<Json> json = ParseJson(output);
  if (!json.ok() || !json->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("docker-credential-", name, " returned no JSON"));
  }
  const JsonNode node(*json);
  ABSL_ASSIGN_OR_RETURN(std::string username, node.StringAt("Username"));
  ABSL_ASSIGN_OR_RETURN(std::string secret, node.StringAt("Secret"));
  if (username == "<token>") {
    return Credentials{.identity_token = std::move(secret)};
  }
  return Credentials{.username = std::move(username),
                     .password = std::move(secret)};
}

absl::StatusOr<std::optional<Credentials>> AskHelper(
    const std::string& name, const std::string& key,
    const CredentialHelper& helper) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> output,
                        helper(name, key));
  if (!output.has_value()) return std::nullopt;
  return FromHelper(name, *output);
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> ConfigFiles() {
  std::vector<std::string> files;
  if (const std::string docker = Environment("DOCKER_CONFIG");
      !docker.empty()) {
    files.push_back(docker + "/config.json");
  } else {
    files.push_back(Environment("HOME") + "/.docker/config.json");
  }
  if (const std::string podman = Environment("REGISTRY_AUTH_FILE");
      !podman.empty()) {
    files.push_back(podman);
  } else if (const std::string runtime = Environment("XDG_RUNTIME_DIR");
             !runtime.empty()) {
    files.push_back(runtime + "/containers/auth.json");
  }
  return files;
}

std::string NetrcFile() {
  const std::string file = Environment("NETRC");
  return file.empty() ? Environment("HOME") + "/.netrc" : file;
}

}  // namespace

absl::StatusOr<std::optional<Credentials>> FindCredentials(
    absl::string_view config_json, const std::string& registry,
    const CredentialHelper& helper) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(config_json));
  const JsonNode root(json);
  const std::vector<std::string> keys = KeysOf(registry);
  ABSL_ASSIGN_OR_RETURN(const auto helpers,
                        root.StringMapOrEmpty("credHelpers"));
  for (const std::string& key : keys) {
    const auto found = helpers.find(key);
    if (found != helpers.end()) return AskHelper(found->second, key, helper);
  }
  ABSL_ASSIGN_OR_RETURN(const std::string store,
                        root.StringOrEmpty("credsStore"));
  if (!store.empty()) {
    ABSL_ASSIGN_OR_RETURN(std::optional<Credentials> credentials,
                          AskHelper(store, keys[0], helper));
    if (credentials.has_value()) return credentials;
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> auths,
                        root.Find("auths"));
  if (!auths.has_value()) return std::nullopt;
  for (const std::string& key : keys) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> auth, auths->Find(key));
    if (auth.has_value()) return FromAuth(*auth);
  }
  return std::nullopt;
}

CredentialLookup SystemCredentials() {
  return [](const std::string& registry)
             -> absl::StatusOr<std::optional<Credentials>> {
    for (const std::string& path : ConfigFiles()) {
      const absl::StatusOr<std::string> text = ReadFile(path);
      if (!text.ok()) continue;  // there need not be one
      absl::StatusOr<std::optional<Credentials>> credentials =
          FindCredentials(*text, registry, RunCredentialHelper);
      if (!credentials.ok()) {
        return absl::Status(
            credentials.status().code(),
            absl::StrCat("\"", path, "\": ", credentials.status().message()));
      }
      if (credentials->has_value()) return credentials;
    }
    const absl::StatusOr<std::string> netrc = ReadFile(NetrcFile());
    if (!netrc.ok()) return std::nullopt;  // there need not be one
    return FindInNetrc(*netrc, registry);
  };
}

}  // namespace rules_dockerfile
