// Loads an image archive into Docker or podman.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/docker/client.h"
#include "lib/docker/endpoint.h"
#include "lib/http/curl_transport.h"
#include "lib/http/transport.h"
#include "lib/oci/reference.h"

ABSL_FLAG(std::string, archive, "", "archive as layout_assemble writes it");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "one more name for the image");

namespace rules_dockerfile {
namespace {

std::string Environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value == nullptr ? "" : value;
}

absl::Status LoadImage() {
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_archive));
  std::vector<Reference> tags;
  for (const std::string& text : FLAGS_tag_values()) {
    ABSL_ASSIGN_OR_RETURN(Reference tag, ParseReference(text));
    tags.push_back(WithDefaultTag(std::move(tag)));
  }
  ABSL_ASSIGN_OR_RETURN(const MappedFile archive, MappedFile::Open(path));
  ABSL_ASSIGN_OR_RETURN(const std::vector<DaemonEndpoint> endpoints,
                        FindDaemonEndpoints(Environment));
  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  ABSL_ASSIGN_OR_RETURN(DockerClient client,
                        DockerClient::Connect(endpoints, *transport));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        client.LoadImages(archive.contents()));
  for (const std::string& name : names) {
    std::printf("Loaded image: %s\n", name.c_str());
  }
  for (const Reference& tag : tags) {
    ABSL_RETURN_IF_ERROR(client.TagImage(names[0], tag));
    std::printf("Loaded image: %s\n", FamiliarText(tag).c_str());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_load",
      "Loads an image archive into the daemon at $DOCKER_HOST, of the docker "
      "context, or at the sockets of Docker and podman.",
      argc, argv, rules_dockerfile::LoadImage);
}
