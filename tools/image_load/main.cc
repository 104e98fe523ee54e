// Loads images into Docker, podman, containerd or kind.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/docker/client.h"
#include "lib/docker/endpoint.h"
#include "lib/http/curl_transport.h"
#include "lib/http/transport.h"
#include "lib/oci/image_archive.h"
#include "lib/reference/reference.h"
#include "tools/image_load/daemon_load.h"
#include "tools/image_load/import.h"
#include "tools/image_load/import_load.h"
#include "tools/image_load/loaded_images.h"
#include "tools/shared/image_list.h"

ABSL_FLAG(std::string, archive, "", "archive as layout_assemble writes it");
RULES_DOCKERFILE_REPEATED_FLAG(image, "list of the files of an image");
ABSL_FLAG(std::string, runfiles, ".",
          "directory that the paths in --image are relative to");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "one more name for the image");
ABSL_FLAG(
    std::string, to, "",
    "destination: docker, podman, containerd[:NAMESPACE] or kind[:CLUSTER]; "
    "default: the first of Docker and podman that responds");

namespace rules_dockerfile {
namespace {

std::string Environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value == nullptr ? "" : value;
}

absl::StatusOr<std::vector<ImageReference>> ParseNames(
    const std::vector<std::string>& names) {
  std::vector<ImageReference> references;
  for (const std::string& name : names) {
    ABSL_ASSIGN_OR_RETURN(ImageReference reference, ParseImageReference(name));
    references.push_back(WithDefaultTag(std::move(reference)));
  }
  return references;
}

// The images of --image.
absl::StatusOr<std::vector<ArchivedImage>> ReadImages() {
  std::vector<ArchivedImage> images;
  for (const std::string& path : FLAGS_image_values()) {
    ABSL_ASSIGN_OR_RETURN(ImageList list,
                          ReadImageList(path, absl::GetFlag(FLAGS_runfiles)));
    ArchivedImage& image = images.emplace_back();
    image.contents = std::move(list.contents);
    ABSL_ASSIGN_OR_RETURN(image.tags, ParseNames(list.names));
  }
  if (!FLAGS_tag_values().empty() && images.size() > 1) {
    return absl::InvalidArgumentError("--tag: expected one image, got several");
  }
  ABSL_ASSIGN_OR_RETURN(const std::vector<ImageReference> tags,
                        ParseNames(FLAGS_tag_values()));
  if (!images.empty()) {
    images[0].tags.insert(images[0].tags.end(), tags.begin(), tags.end());
  }
  return images;
}

absl::StatusOr<DockerClient> Connect(LoadTarget target,
                                     HttpTransport& transport) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<DaemonEndpoint> endpoints,
                        FindDaemonEndpoints(Environment));
  std::optional<DaemonKind> kind;
  if (target == LoadTarget::kDocker) kind = DaemonKind::kDocker;
  if (target == LoadTarget::kPodman) kind = DaemonKind::kPodman;
  return DockerClient::Connect(endpoints, transport, kind);
}

void PrintLoaded(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::printf("Loaded image: %s\n", name.c_str());
  }
}

absl::Status LoadArchiveIntoDaemon(FileSource& archive, LoadTarget target) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<ImageReference> tags,
                        ParseNames(FLAGS_tag_values()));
  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  ABSL_ASSIGN_OR_RETURN(DockerClient client, Connect(target, *transport));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        client.LoadImages(archive));
  PrintLoaded(names);
  for (const ImageReference& tag : tags) {
    ABSL_RETURN_IF_ERROR(client.TagImage(names[0], tag));
    PrintLoaded({FamiliarText(tag)});
  }
  return absl::OkStatus();
}

absl::Status LoadArchive(const LoadDestination& to) {
  ABSL_ASSIGN_OR_RETURN(FileSource archive,
                        FileSource::Open(absl::GetFlag(FLAGS_archive)));
  switch (to.target) {
    case LoadTarget::kContainerd:
      return ImportIntoContainerd(to.name, archive);
    case LoadTarget::kKind:
      return ImportIntoKind(to.name, archive);
    default:
      return LoadArchiveIntoDaemon(archive, to.target);
  }
}

absl::StatusOr<LoadedImages> LoadImages(
    const std::vector<ArchivedImage>& images, const LoadDestination& to) {
  if (to.target == LoadTarget::kContainerd) {
    return LoadIntoContainerd(to.name, images);
  }
  if (to.target == LoadTarget::kKind) return LoadIntoKind(to.name, images);
  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  ABSL_ASSIGN_OR_RETURN(DockerClient client, Connect(to.target, *transport));
  return LoadIntoDaemon(images, client);
}

absl::Status Load() {
  if (absl::GetFlag(FLAGS_archive).empty() == FLAGS_image_values().empty()) {
    return absl::InvalidArgumentError("expected one of --archive and --image");
  }
  ABSL_ASSIGN_OR_RETURN(const LoadDestination to,
                        ParseLoadDestination(absl::GetFlag(FLAGS_to)));
  ABSL_ASSIGN_OR_RETURN(const std::vector<ArchivedImage> images, ReadImages());
  if (images.empty()) return LoadArchive(to);
  ABSL_ASSIGN_OR_RETURN(const LoadedImages loaded, LoadImages(images, to));
  PrintLoaded(loaded.names);
  for (const std::string& note : loaded.notes) {
    absl::FPrintF(stderr, "image_load: note: %s\n", note);
  }
  absl::PrintF("%d bytes sent, %d already there\n", loaded.sent, loaded.there);
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_load",
      "Loads images into the daemon at $DOCKER_HOST, of the docker context, or "
      "at the sockets of Docker and podman; or into containerd or kind.",
      argc, argv, rules_dockerfile::Load);
}
