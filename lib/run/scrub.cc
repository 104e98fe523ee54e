#include "lib/run/scrub.h"

#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

absl::Status Scrub(const FileTree& lower, const IgnorePatterns& patterns,
                   FileTree& upper) {
  if (patterns.patterns().empty()) return absl::OkStatus();
  std::vector<std::string> scrubbed;
  for (const auto& [path, node] : upper.nodes()) {
    if (node.type != LayerEntryType::kDirectory && patterns.Ignores(path)) {
      scrubbed.push_back(path);
    }
  }
  for (const std::string& path : scrubbed) {
    const FileNode* const before = lower.Find(path);
    if (before == nullptr || before->type == LayerEntryType::kDirectory) {
      upper.Remove(path);
    } else {
      ABSL_RETURN_IF_ERROR(upper.Put(path, *before));
    }
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
