// Removes what layer_run keeps in its snapshot cache: docs/sandbox.md,
// "Snapshots".
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/run/snapshot_cache.h"

ABSL_FLAG(std::string, snapshot_cache, "", "directory of the cache");
ABSL_FLAG(int64_t, size, 0,
          "size limit, in MiB; the least recently used are removed first");

namespace rules_dockerfile {
namespace {

constexpr int kMebibyteBits = 20;

absl::Status Clean() {
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        RequiredFlag(FLAGS_snapshot_cache));
  const SnapshotCache cache(directory, absl::GetFlag(FLAGS_size)
                                           << kMebibyteBits);
  ABSL_ASSIGN_OR_RETURN(const SnapshotCache::Cleaned cleaned, cache.Clean());
  std::cout << "removed " << cleaned.removed << " snapshots, "
            << (cleaned.removed_size >> kMebibyteBits) << " MiB; "
            << (cleaned.kept_size >> kMebibyteBits) << " MiB stay";
  if (cleaned.in_use > 0) std::cout << ", " << cleaned.in_use << " in use";
  std::cout << "\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool("snapshot_clean",
                                   "Removes snapshots of layer_run.", argc,
                                   argv, rules_dockerfile::Clean);
}
