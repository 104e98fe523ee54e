#ifndef LIB_DOCKER_CLIENT_H_
#define LIB_DOCKER_CLIENT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/byte_source.h"
#include "lib/docker/endpoint.h"
#include "lib/http/transport.h"
#include "lib/json/json.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {

enum class DaemonKind { kDocker, kPodman };

// A client of Docker's Engine API, as far as loading images goes. No docker
// command is needed. Externally synchronised.
class DockerClient {
 public:
  // Takes the first endpoint that answers, and is of the `kind`. Unavailable,
  // with what was tried and how to start a daemon, if none does. `transport`
  // must outlive the client.
  static absl::StatusOr<DockerClient> Connect(
      const std::vector<DaemonEndpoint>& endpoints, HttpTransport& transport,
      std::optional<DaemonKind> kind = std::nullopt);

  // Loads the images of a docker-archive, and returns what the daemon calls
  // them: "app:latest", or "sha256:…" if the archive has no name for one.
  // Errors have the daemon's own words.
  absl::StatusOr<std::vector<std::string>> LoadImages(ByteSource& archive);

  // The layers of each image of the daemon, as diff_ids, base first, if an
  // archive may leave out layers that it has: those which, with all layers
  // below them, are the first of an image. That is so with Docker's own store
  // of images, which finds layers by their chain_id; empty with podman and with
  // containerd's store, which require all.
  absl::StatusOr<std::vector<std::vector<std::string>>> KnownLayers();

  // Gives the image `name` one more name; `tag` has a tag.
  absl::Status TagImage(const std::string& name, const ImageReference& tag);

  // The endpoint that answered.
  const DaemonEndpoint& endpoint() const { return endpoint_; }

 private:
  DockerClient(DaemonEndpoint endpoint, DaemonKind kind,
               HttpTransport& transport)
      : endpoint_(std::move(endpoint)), kind_(kind), transport_(&transport) {}
  absl::StatusOr<HttpResponse> Post(const std::string& path,
                                    ByteSource* archive);
  absl::StatusOr<Json> Get(const std::string& path);

  DaemonEndpoint endpoint_;
  DaemonKind kind_;
  HttpTransport* transport_;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKER_CLIENT_H_
