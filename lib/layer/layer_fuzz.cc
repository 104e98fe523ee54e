#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/tar/header.h"

namespace rules_dockerfile {
namespace {

// Any index is refused, or survives its text form, application and the differ.
void TakesAnyIndex(const absl::StatusOr<LayerIndex>& index,
                   absl::string_view tar) {
  if (!index.ok()) return;
  const absl::StatusOr<LayerIndex> again =
      ParseLayerIndex(LayerIndexToText(*index));
  ABSL_CHECK_OK(again);
  ABSL_CHECK(*again == *index);
  FileTree tree;
  if (!tree.AddLayer(*index, 0).ok()) return;
  for (const auto& [path, node] : tree.nodes()) {
    if (path.empty()) continue;
    const size_t slash = path.rfind('/');
    const FileNode* parent =
        tree.Find(slash == std::string::npos ? "" : path.substr(0, slash));
    ABSL_CHECK(parent != nullptr);
    ABSL_CHECK(parent->type == LayerEntryType::kDirectory);
    ABSL_CHECK(tree.Resolve(path, /*follow_last=*/false).value() == path);
  }
  StringSink sink;
  absl::StatusOr<LayerIndex> written =
      WriteChangeset(FileTree(), tree, ReadFromLayers({tar}), {}, &sink);
  if (!written.ok()) return;
  written->snapshot.clear();  // no tar has it
  const absl::StatusOr<LayerIndex> read = IndexLayer(sink.contents());
  ABSL_CHECK_OK(read);
  ABSL_CHECK(*read == *written);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  TakesAnyIndex(ParseLayerIndex(input), "");
  std::string tar(input);
  for (size_t at = 0; at + kTarBlockSize <= tar.size(); at += kTarBlockSize) {
    PutTarChecksum(absl::MakeSpan(tar).subspan(at, kTarBlockSize));
  }
  TakesAnyIndex(IndexLayer(tar), tar);
  return 0;
}
