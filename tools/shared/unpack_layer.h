#ifndef TOOLS_SHARED_UNPACK_LAYER_H_
#define TOOLS_SHARED_UNPACK_LAYER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "tools/shared/output_set.h"

namespace rules_dockerfile {

// Decompresses `data` (Decompress()) to the file `path`, and returns the
// digest of that.
absl::StatusOr<std::string> WriteDecompressed(absl::string_view data,
                                              const std::string& path,
                                              OutputSet& outputs);

// A layer without its compression.
struct UnpackedLayer {
  std::string diff_id;
  MappedFile tar;
};

// Writes the tar in a layer's blob, in whatever codec that is, to `tar_path`
// and its index (docs/design/0001_artifacts.md) to `index_path`. Memory does
// not grow with the blob. InvalidArgument `gzip data is truncated`, `not a tar
// archive`, and the errors of IndexLayer().
absl::StatusOr<UnpackedLayer> UnpackLayer(absl::string_view blob,
                                          const std::string& tar_path,
                                          const std::string& index_path,
                                          OutputSet& outputs);

}  // namespace rules_dockerfile

#endif  // TOOLS_SHARED_UNPACK_LAYER_H_
