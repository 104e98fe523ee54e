#ifndef LIB_REGISTRY_PULL_SOURCE_H_
#define LIB_REGISTRY_PULL_SOURCE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/oci/descriptor.h"

namespace rules_dockerfile {

// A manifest or index as a registry has it.
struct PulledManifest {
  std::string text;
  Descriptor descriptor;  // its media type, digest and size
};

// A larger blob is not read into memory.
inline constexpr int64_t kMaxReadBlob = 16 << 20;

// A repository that images are pulled from, at one host or several. What comes
// from it is checked against digests and sizes: DataLoss if it differs.
class PullSource {
 public:
  virtual ~PullSource() = default;

  virtual const std::string& registry() const = 0;
  virtual const std::string& repository() const = 0;

  // The manifest or index with the tag or digest. InvalidArgument if the
  // registry sends something else, Unimplemented for an image of schema 1.
  virtual absl::StatusOr<PulledManifest> PullManifest(
      const std::string& reference) = 0;

  // The manifest or index that an index lists. DataLoss and InvalidArgument
  // also if its size and media type are not what the index says.
  virtual absl::StatusOr<PulledManifest> PullManifest(
      const Descriptor& descriptor) = 0;

  // Writes the blob to the file `path`, completely or not at all; an existing
  // file is replaced atomically.
  virtual absl::Status PullBlob(const Descriptor& descriptor,
                                const std::string& path) = 0;

  // The blob. ResourceExhausted `blob "sha256:…": expected at most 16777216
  // bytes, got 16777217` before a request is sent.
  virtual absl::StatusOr<std::string> ReadBlob(
      const Descriptor& descriptor) = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_PULL_SOURCE_H_
