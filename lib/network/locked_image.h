#ifndef LIB_NETWORK_LOCKED_IMAGE_H_
#define LIB_NETWORK_LOCKED_IMAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {

// A blob of a registry, as a descriptor has it.
struct LockedBlob {
  std::string media_type;
  std::string digest;  // "sha256:…"
  int64_t size = 0;

  friend bool operator==(const LockedBlob&, const LockedBlob&) = default;
};

struct LockedLayer {
  LockedBlob blob;
  std::string diff_id;  // "sha256:…"

  friend bool operator==(const LockedLayer&, const LockedLayer&) = default;
};

// The image of a registry for one platform.
struct LockedImage {
  // The full name with the digest that its tag refers to, an index or a
  // manifest: "docker.io/library/debian:12@sha256:…".
  std::string image;
  std::string platform;  // that was asked for, in normal form: "linux/arm/v7"
  LockedBlob manifest;
  LockedBlob config;
  std::vector<LockedLayer> layers;   // base first
  std::vector<std::string> onbuild;  // triggers, in order

  friend bool operator==(const LockedImage&, const LockedImage&) = default;
};

// How a registry authenticates clients: its WWW-Authenticate, which the load
// phase of a build cannot see.
struct LockedRegistry {
  std::string registry;  // as in references: "docker.io", "h:5000"
  std::string realm;     // URL of the token server; "" for user and password
  std::string service;   // "" if none is given

  friend bool operator==(const LockedRegistry&,
                         const LockedRegistry&) = default;
};

// What `image` is found by: its name without the digest, unless it has no tag:
// "docker.io/library/debian:12", "h/a@sha256:…".
std::string LockedImageName(absl::string_view image);

// The objects of a lock, in the order of their fields here, and back.
Json LockedImageToJson(const LockedImage& image);
absl::StatusOr<LockedImage> LockedImageFromJson(const JsonNode& node);
Json LockedRegistryToJson(const LockedRegistry& registry);
absl::StatusOr<LockedRegistry> LockedRegistryFromJson(const JsonNode& node);

// InvalidArgument `docker.io/library/debian:12 is locked twice for linux/amd64`
// if two images have one name and platform: a merge has gone wrong.
absl::Status CheckLockedOnce(absl::Span<const LockedImage> images);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_LOCKED_IMAGE_H_
