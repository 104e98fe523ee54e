#ifndef LIB_DOCKER_CLIENT_H_
#define LIB_DOCKER_CLIENT_H_

#include <optional>
#include <set>
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

// How a daemon finds a layer that an archive leaves out.
enum class LayerStore {
  kNone,    // it does not
  kChains,  // Docker's own store: by its diff_id and those of all layers below
  // podman: by the digest of its blob. Like kChains, it refuses the image
  // without the layer.
  kBlobs,
  // Docker with containerd's store: by the digest of its blob. It may load the
  // image without the layer.
  kContent,
};

// The layers of the images of a daemon.
struct KnownLayers {
  LayerStore store = LayerStore::kNone;
  std::vector<std::vector<std::string>> images;  // diff_ids of each, base first
};

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

  // The layers of the daemon's images; none where an archive must have all.
  // Several requests at a time.
  absl::StatusOr<KnownLayers> FindKnownLayers();

  // The same, of the images of these names or ids only. One that the daemon
  // does not have has no layers.
  absl::StatusOr<KnownLayers> FindLayersOf(
      const std::vector<std::string>& names);

  // Whether the daemon has each blob of the manifests of these digests, in what
  // it calls `names`. For LayerStore::kContent only.
  absl::StatusOr<bool> HasContent(const std::vector<std::string>& names,
                                  const std::set<std::string>& manifests);

  // Gives the image `name` one more name; `tag` has a tag.
  absl::Status TagImage(const std::string& name, const ImageReference& tag);

  // The endpoint that answered.
  const DaemonEndpoint& endpoint() const { return endpoint_; }

 private:
  DockerClient(DaemonEndpoint endpoint, DaemonKind kind, int api_version,
               HttpTransport& transport)
      : endpoint_(std::move(endpoint)),
        kind_(kind),
        api_version_(api_version),
        transport_(&transport) {}
  absl::StatusOr<HttpResponse> Post(const std::string& path,
                                    ByteSource* archive);
  absl::StatusOr<Json> Get(const std::string& path);
  std::optional<LayerStore> StoreOf(const Json& image) const;
  LayerStore StoreOfContainerd() const;
  absl::StatusOr<LayerStore> AskForStore();
  absl::StatusOr<LayerStore> FindStore(const std::vector<Json>& images);

  DaemonEndpoint endpoint_;
  DaemonKind kind_;
  int api_version_;  // 48 for "1.48"; 0 if the daemon does not say
  HttpTransport* transport_;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKER_CLIENT_H_
