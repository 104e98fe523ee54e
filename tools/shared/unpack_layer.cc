#include "tools/shared/unpack_layer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/compression/decompressor.h"
#include "lib/digest/digest.h"
#include "lib/layer/layer_index.h"
#include "lib/tar/reader.h"
#include "tools/shared/output_set.h"

namespace rules_dockerfile {

absl::StatusOr<std::string> WriteDecompressed(absl::string_view data,
                                              const std::string& path,
                                              OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(OutputFile out, outputs.Create(path));
  DigestingSink digesting(&out);
  ABSL_RETURN_IF_ERROR(Decompress(data, &digesting));
  ABSL_RETURN_IF_ERROR(out.Commit());
  return digesting.Finish();
}

absl::StatusOr<UnpackedLayer> UnpackLayer(absl::string_view blob,
                                          const std::string& tar_path,
                                          const std::string& index_path,
                                          OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(std::string diff_id,
                        WriteDecompressed(blob, tar_path, outputs));
  ABSL_ASSIGN_OR_RETURN(MappedFile tar, MappedFile::Open(tar_path));
  // An empty archive begins with zeros.
  if (!LooksLikeTar(tar.contents()) &&
      !absl::StartsWith(tar.contents(), absl::string_view("\0", 1))) {
    return absl::InvalidArgumentError("not a tar archive");
  }
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index, IndexLayer(tar.contents()));
  ABSL_ASSIGN_OR_RETURN(OutputFile out, outputs.Create(index_path));
  ABSL_RETURN_IF_ERROR(WriteLayerIndex(index, &out));
  ABSL_RETURN_IF_ERROR(out.Commit());
  return UnpackedLayer{.diff_id = std::move(diff_id), .tar = std::move(tar)};
}

}  // namespace rules_dockerfile
