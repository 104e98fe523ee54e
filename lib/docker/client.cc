#include "lib/docker/client.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_source.h"
#include "lib/base/parallel.h"
#include "lib/docker/endpoint.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr int kJobs = 8;  // requests at a time
// The first with /images/NAME/json?manifests=1.
constexpr int kManifestsApiVersion = 48;

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
      // Docker 28 has it beside "Loaded image: ".
      if (absl::StartsWith(message, "Error unpacking image ")) {
        return absl::UnknownError(
            absl::StrCat("the daemon cannot load the image: ", message));
      }
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

// 48 of "1.48".
int ApiVersionOf(absl::string_view text) {
  int minor = 0;
  if (!absl::ConsumePrefix(&text, "1.")) return 0;
  return absl::SimpleAtoi(text, &minor) ? minor : 0;
}

// The member, an empty object if it is missing or no object.
Json MemberObject(const Json& json, const std::string& key) {
  if (!json.is_object()) return Json::object();
  const auto member = json.find(key);
  if (member == json.end() || !member->is_object()) return Json::object();
  return *member;
}

// The diff_ids of `docker image inspect`.
std::vector<std::string> DiffIdsOf(const Json& image) {
  if (!image.is_object()) return {};
  const auto root = image.find("RootFS");
  if (root == image.end() || !root->is_object()) return {};
  return JsonNode(*root).StringsOrEmpty("Layers").value_or(
      std::vector<std::string>());
}

// The digests of the manifests that `docker image inspect` says are complete.
std::vector<std::string> AvailableManifests(const Json& image) {
  std::vector<std::string> digests;
  if (!image.is_object()) return digests;
  const auto manifests = image.find("Manifests");
  if (manifests == image.end() || !manifests->is_array()) return digests;
  for (const Json& manifest : *manifests) {
    if (!manifest.is_object()) continue;
    const auto available = manifest.find("Available");
    if (available == manifest.end() || *available != true) continue;
    digests.push_back(JsonNode(manifest).StringOrEmpty("ID").value_or(""));
  }
  return digests;
}

// `tried` has a line for each endpoint.
absl::Status NoDaemon(std::optional<DaemonKind> kind, absl::string_view tried) {
  constexpr absl::string_view kDocker = "`sudo systemctl start docker`";
  constexpr absl::string_view kPodman =
      "`systemctl --user start podman.socket`";
  const auto error = [&](absl::string_view who, absl::string_view start) {
    return absl::UnavailableError(absl::StrCat(who, "; tried", tried,
                                               "\nhint: start it (", start,
                                               "), or set DOCKER_HOST"));
  };
  if (!kind.has_value()) {
    return error("neither Docker nor podman responds",
                 absl::StrCat(kDocker, " or ", kPodman));
  }
  return *kind == DaemonKind::kDocker
             ? error("Docker does not respond", kDocker)
             : error("podman does not respond", kPodman);
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
        return DockerClient(endpoint, answers,
                            ApiVersionOf(pong->Header("api-version")),
                            transport);
      }
      status = absl::UnavailableError(answers == DaemonKind::kDocker
                                          ? "it is Docker, not podman"
                                          : "it is podman, not Docker");
    }
    absl::StrAppend(&tried, "\n  ", endpoint.name, ": ", status.message());
  }
  return NoDaemon(kind, tried);
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

// Of Docker, the store that an image is in, if `docker image inspect` tells:
// its own has directories of the image, containerd's has its descriptor.
std::optional<LayerStore> DockerClient::StoreOf(const Json& image) const {
  if (!MemberObject(MemberObject(image, "GraphDriver"), "Data").empty()) {
    return LayerStore::kChains;
  }
  if (MemberObject(image, "Descriptor").empty()) return std::nullopt;
  return StoreOfContainerd();
}

// Older ones cannot be asked whether they have all of an image.
LayerStore DockerClient::StoreOfContainerd() const {
  return api_version_ >= kManifestsApiVersion ? LayerStore::kContent
                                              : LayerStore::kNone;
}

// Takes as long as several other requests: Docker runs programs to answer.
absl::StatusOr<LayerStore> DockerClient::AskForStore() {
  ABSL_ASSIGN_OR_RETURN(const Json info, Get("/info"));
  return absl::StrContains(JsonText(info), "io.containerd.snapshotter")
             ? StoreOfContainerd()
             : LayerStore::kChains;
}

absl::StatusOr<KnownLayers> DockerClient::FindKnownLayers() {
  ABSL_ASSIGN_OR_RETURN(const Json images, Get("/images/json"));
  std::set<std::string> ids;  // podman has an image once for each name
  if (images.is_array()) {
    for (const Json& image : images) {
      ids.insert(JsonNode(image).StringOrEmpty("Id").value_or(""));
    }
  }
  ids.erase("");
  return FindLayersOf(std::vector<std::string>(ids.begin(), ids.end()));
}

absl::StatusOr<KnownLayers> DockerClient::FindLayersOf(
    const std::vector<std::string>& names) {
  std::vector<Json> images(names.size());
  ABSL_RETURN_IF_ERROR(ForEachInParallel(names.size(), kJobs, [&](size_t i) {
    absl::StatusOr<Json> image =
        Get(absl::StrCat("/images/", UrlEncode(names[i]), "/json"));
    // Somebody may have removed it.
    if (image.ok()) images[i] = *std::move(image);
    return absl::OkStatus();
  }));
  KnownLayers known;
  for (const Json& image : images) known.images.push_back(DiffIdsOf(image));
  ABSL_ASSIGN_OR_RETURN(known.store, FindStore(images));
  if (known.store == LayerStore::kNone) known.images.clear();
  return known;
}

absl::StatusOr<LayerStore> DockerClient::FindStore(
    const std::vector<Json>& images) {
  if (kind_ == DaemonKind::kPodman) return LayerStore::kBlobs;
  bool has_images = false;
  for (const Json& image : images) {
    if (!image.is_object()) continue;
    const std::optional<LayerStore> store = StoreOf(image);
    if (store.has_value()) return *store;
    has_images = true;
  }
  if (!has_images) return LayerStore::kNone;
  return AskForStore();
}

absl::StatusOr<bool> DockerClient::HasContent(
    const std::vector<std::string>& names,
    const std::set<std::string>& manifests) {
  std::set<std::string> missing = manifests;
  for (const std::string& name : names) {
    ABSL_ASSIGN_OR_RETURN(
        const Json image,
        Get(absl::StrCat("/v1.", kManifestsApiVersion, "/images/",
                         UrlEncode(name), "/json?manifests=1")));
    for (const std::string& digest : AvailableManifests(image)) {
      missing.erase(digest);
    }
  }
  return missing.empty();
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
