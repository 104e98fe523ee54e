#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/apt/deb_package.h"
#include "lib/apt/package_tree.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

// Any bytes are refused or extracted, and what was extracted can be read.
void ExtractsAnyBytes(absl::string_view deb) {
  absl::StatusOr<DebPackage> package = ReadDebPackage(deb);
  if (!package.ok()) return;
  PackageTree tree(/*mtime=*/0);
  if (!tree.AddPackage(*std::move(package)).ok()) return;
  if (!tree.Finish().ok()) return;
  for (const auto& [path, node] : tree.files().nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    StringSink sink;
    ABSL_CHECK_OK(tree.ReadData(node, &sink));
    ABSL_CHECK_EQ(static_cast<int64_t>(sink.contents().size()), node.size)
        << path;
  }
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rules_dockerfile::ExtractsAnyBytes(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
