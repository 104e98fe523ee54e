#include "lib/layer/layer_stack.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/decompressor.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

absl::Status InLayer(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("layer \"", path, "\": ", status.message()));
}

}  // namespace

absl::StatusOr<LayerStack> LayerStack::Open(
    const std::vector<std::string>& paths) {
  LayerStack stack;
  for (const std::string& path : paths) {
    ABSL_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
    absl::string_view tar = file.contents();
    stack.files_.push_back(std::move(file));
    if (DetectCodec(tar) != Codec::kNone) {
      absl::StatusOr<std::string> decompressed = DecompressToString(tar);
      ABSL_RETURN_IF_ERROR(InLayer(path, decompressed.status()));
      stack.decompressed_.push_back(*std::move(decompressed));
      tar = stack.decompressed_.back();
    }
    const absl::StatusOr<LayerIndex> index = IndexLayer(tar);
    ABSL_RETURN_IF_ERROR(InLayer(path, index.status()));
    const int source = static_cast<int>(stack.tars_.size());
    ABSL_RETURN_IF_ERROR(InLayer(path, stack.tree_.AddLayer(*index, source)));
    stack.tars_.push_back(tar);
  }
  return stack;
}

}  // namespace rules_dockerfile
