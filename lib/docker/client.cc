#include "lib/docker/client.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_source.h"
#include "lib/docker/endpoint.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

HttpRequest RequestTo(const DaemonEndpoint& endpoint, std::string method,
                      absl::string_view path) {
  return {.method = std::move(method),
          .url = absl::StrCat(endpoint.url, path),
          .unix_socket = endpoint.unix_socket,
          .tls = endpoint.tls};
}

// The text of the JSON field, "" if the text is not such JSON.
std::string FieldOrEmpty(absl::string_view text, absl::string_view field) {
  const absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return "";
  return JsonNode(*json).StringOrEmpty(field).value_or("");
}

// What the daemon says of a request that failed.
absl::Status DaemonError(const HttpResponse& response) {
  std::string message = FieldOrEmpty(response.body, "message");
  if (message.empty()) message = response.body;
  const std::string text =
      absl::StrCat("the daemon returned ", response.status, ": ",
                   absl::StripTrailingAsciiWhitespace(message));
  if (response.status == 404) return absl::NotFoundError(text);
  if (response.status == 401 || response.status == 403) {
    return absl::PermissionDeniedError(text);
  }
  return absl::UnknownError(text);
}

// The names in the progress messages of a load, one JSON object a line.
absl::StatusOr<std::vector<std::string>> LoadedNames(absl::string_view body) {
  std::vector<std::string> names;
  for (const absl::string_view line :
       absl::StrSplit(body, '\n', absl::SkipWhitespace())) {
    const std::string error = FieldOrEmpty(line, "error");
    if (!error.empty()) {
      return absl::UnknownError(
          absl::StrCat("the daemon cannot load the image: ", error));
    }
    const std::string stream = FieldOrEmpty(line, "stream");
    for (absl::string_view message : absl::StrSplit(stream, '\n')) {
      if (absl::ConsumePrefix(&message, "Loaded image: ") ||
          absl::ConsumePrefix(&message, "Loaded image ID: ") ||
          absl::ConsumePrefix(&message, "Loaded image(s): ")) {
        for (const absl::string_view name : absl::StrSplit(message, ',')) {
          names.emplace_back(absl::StripAsciiWhitespace(name));
        }
      }
    }
  }
  if (names.empty()) {
    return absl::UnknownError(
        absl::StrCat("the daemon does not report what it loaded: ", body));
  }
  return names;
}

}  // namespace

absl::StatusOr<DockerClient> DockerClient::Connect(
    const std::vector<DaemonEndpoint>& endpoints, HttpTransport& transport,
    std::optional<DaemonKind> kind) {
  std::string tried;
  for (const DaemonEndpoint& endpoint : endpoints) {
    const absl::StatusOr<HttpResponse> pong =
        transport.Send(RequestTo(endpoint, "GET", "/_ping"));
    absl::Status status = pong.ok() ? DaemonError(*pong) : pong.status();
    if (pong.ok() && pong->status == 200) {
      const DaemonKind answers = pong->Header("libpod-api-version").empty()
                                     ? DaemonKind::kDocker
                                     : DaemonKind::kPodman;
      if (kind.value_or(answers) == answers) {
        return DockerClient(endpoint, answers, transport);
      }
      status = absl::UnavailableError(answers == DaemonKind::kDocker
                                          ? "it is Docker, not podman"
                                          : "it is podman, not Docker");
    }
    absl::StrAppend(&tried, "\n  ", endpoint.name, ": ", status.message());
  }
  return absl::UnavailableError(absl::StrCat(
      "no Docker daemon responds; tried", tried,
      "\nhint: start one (`sudo systemctl start docker`, or for podman "
      "`systemctl --user start podman.socket`), or set DOCKER_HOST"));
}

absl::StatusOr<HttpResponse> DockerClient::Post(const std::string& path,
                                                ByteSource* archive) {
  HttpRequest request = RequestTo(endpoint_, "POST", path);
  if (archive != nullptr) {
    request.source = archive;
    request.headers["Content-Type"] = "application/x-tar";
  }
  ABSL_ASSIGN_OR_RETURN(HttpResponse response, transport_->Send(request));
  if (response.status / 100 != 2) return DaemonError(response);
  return response;
}

absl::StatusOr<Json> DockerClient::Get(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        transport_->Send(RequestTo(endpoint_, "GET", path)));
  if (response.status != 200) return DaemonError(response);
  return ParseJson(response.body);
}

absl::StatusOr<std::vector<std::string>> DockerClient::LoadImages(
    ByteSource& archive) {
  ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                        Post("/images/load?quiet=1", &archive));
  return LoadedNames(response.body);
}

absl::StatusOr<std::vector<std::vector<std::string>>>
DockerClient::KnownLayers() {
  std::vector<std::vector<std::string>> known;
  if (kind_ == DaemonKind::kPodman) return known;
  ABSL_ASSIGN_OR_RETURN(const Json info, Get("/info"));
  if (absl::StrContains(JsonText(info), "io.containerd.snapshotter")) {
    return known;
  }
  ABSL_ASSIGN_OR_RETURN(const Json images, Get("/images/json"));
  if (!images.is_array()) return known;
  for (const Json& image : images) {
    const std::string id = JsonNode(image).StringOrEmpty("Id").value_or("");
    const absl::StatusOr<Json> details =
        Get(absl::StrCat("/images/", UrlEncode(id), "/json"));
    // Somebody may have removed it.
    if (!details.ok() || !details->is_object()) continue;
    const auto root = details->find("RootFS");
    if (root == details->end() || !root->is_object()) continue;
    absl::StatusOr<std::vector<std::string>> layers =
        JsonNode(*root).StringsOrEmpty("Layers");
    if (layers.ok()) known.push_back(*std::move(layers));
  }
  return known;
}

absl::Status DockerClient::TagImage(const std::string& name,
                                    const ImageReference& tag) {
  const ImageReference repository = {.registry = tag.registry,
                                     .repository = tag.repository};
  return Post(absl::StrCat("/images/", UrlEncode(name),
                           "/tag?repo=", UrlEncode(FamiliarText(repository)),
                           "&tag=", UrlEncode(tag.tag)),
              nullptr)
      .status();
}

}  // namespace rules_dockerfile
