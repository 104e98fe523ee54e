#ifndef LIB_DOCKER_CLIENT_H_
#define LIB_DOCKER_CLIENT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/docker/endpoint.h"
#include "lib/http/transport.h"
#include "lib/oci/reference.h"

namespace rules_dockerfile {

// A client of Docker's Engine API, as far as loading images goes. No docker
// command is needed. Externally synchronised.
class DockerClient {
 public:
  // Takes the first endpoint that answers. Unavailable, with what was tried
  // and how to start a daemon, if none does. `transport` must outlive the
  // client.
  static absl::StatusOr<DockerClient> Connect(
      const std::vector<DaemonEndpoint>& endpoints, HttpTransport& transport);

  // Loads the images of a docker-archive, and returns what the daemon calls
  // them: "app:latest", or "sha256:…" if the archive has no name for one.
  // Errors have the daemon's own words.
  absl::StatusOr<std::vector<std::string>> LoadImages(
      absl::string_view archive);

  // Gives the image `name` one more name; `tag` has a tag.
  absl::Status TagImage(const std::string& name, const Reference& tag);

  // The endpoint that answered.
  const DaemonEndpoint& endpoint() const { return endpoint_; }

 private:
  DockerClient(DaemonEndpoint endpoint, HttpTransport& transport)
      : endpoint_(std::move(endpoint)), transport_(&transport) {}
  absl::StatusOr<HttpResponse> Post(const std::string& path,
                                    absl::string_view body);

  DaemonEndpoint endpoint_;
  HttpTransport* transport_;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKER_CLIENT_H_
