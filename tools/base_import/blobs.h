#ifndef TOOLS_BASE_IMPORT_BLOBS_H_
#define TOOLS_BASE_IMPORT_BLOBS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/platform/platform.h"
#include "tools/base_import/source.h"

namespace rules_dockerfile {

struct BlobsOptions {
  ImportSource source;
  Platform platform;
  // What ImportBase() wrote: the config, which has the diff_ids, and the
  // uncompressed layers, base first. A layout requires no layers.
  std::string config;
  std::vector<std::string> layers;
  // Directories that get a file `0000`, `0001`, … for each layer, base first.
  std::string blobs_out;
  std::string descriptors_out;
  int threads = 1;  // of the compression; the bytes do not depend on it
};

// Writes the blobs of a base image as registries store them, and their
// descriptors. Compressed layers keep their bytes, and so their digests; layers
// that came uncompressed, or in a codec that layers cannot have, become gzip
// blobs. Errors name the layer: InvalidArgument `"base.tar": layer 2 of 3: …`.
// After an error, no output is left.
absl::Status WriteBaseBlobs(const BlobsOptions& options);

}  // namespace rules_dockerfile

#endif  // TOOLS_BASE_IMPORT_BLOBS_H_
