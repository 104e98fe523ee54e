#include "lib/run/scrub.h"

#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/tree_pair.h"

namespace rules_dockerfile {

absl::Status Scrub(const FileTree& lower, const IgnorePatterns& patterns,
                   FileTree& upper) {
  if (patterns.patterns().empty()) return absl::OkStatus();
  std::vector<std::string> scrubbed;
  ABSL_RETURN_IF_ERROR(
      VisitDifferences(lower, upper, [&](const NodePair& pair) {
        if (pair.after != nullptr &&
            pair.after->type != LayerEntryType::kDirectory &&
            patterns.Ignores(pair.path)) {
          scrubbed.emplace_back(pair.path);
        }
        return absl::OkStatus();
      }));
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
