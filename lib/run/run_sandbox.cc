#include "lib/run/run_sandbox.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/layer/file_tree.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

int64_t LargestOwner(const FileTree& tree) {
  int64_t largest = 0;
  for (const auto& [path, node] : tree.nodes()) {
    largest = std::max({largest, node.uid, node.gid});
  }
  return largest;
}

}  // namespace

absl::StatusOr<SandboxChoice> ChooseRunSandbox(std::optional<SandboxMode> asked,
                                               const FileTree& lower,
                                               SandboxNeeds needs) {
  if (!asked.has_value()) {
    needs.largest_id = LargestOwner(lower);
    return ChooseSandbox(needs);
  }
  if (asked == SandboxMode::kMapped && needs.keeps_files) {
    return absl::InvalidArgumentError(
        "--mode=mapped does not support --cache_mounts");
  }
  return SandboxChoice{.mode = *asked, .why = "as asked"};
}

}  // namespace rules_dockerfile
