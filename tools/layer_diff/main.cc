// Compares two stacks of layers: prints what differs, and writes the layer that
// turns one into the other. docs/design/0001_artifacts.md, "Tools".
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_stack.h"
#include "lib/layer/tree_diff.h"
#include "lib/worker/action_tool.h"

RULES_DOCKERFILE_REPEATED_FLAG(lower,
                               "layer of the first stack, base first; may be "
                               "compressed");
RULES_DOCKERFILE_REPEATED_FLAG(upper,
                               "layer of the second stack, base first, "
                               "including those of the first stack");
ABSL_FLAG(bool, flatten, false,
          "write the complete second stack as one layer; excludes --lower");
ABSL_FLAG(std::string, layer_out, "",
          "layer tar to write, instead of printing the differences");
ABSL_FLAG(int64_t, epoch, std::numeric_limits<int64_t>::max(),
          "latest modification time to write, in seconds");

namespace rules_dockerfile {
namespace {

absl::Status Diff() {
  const std::string layer_out = absl::GetFlag(FLAGS_layer_out);
  if (absl::GetFlag(FLAGS_flatten)) {
    ABSL_RETURN_IF_ERROR(RequiredFlag(FLAGS_layer_out).status());
    if (!FLAGS_lower_values().empty()) {
      return absl::InvalidArgumentError("--flatten does not support --lower");
    }
  }
  ABSL_ASSIGN_OR_RETURN(const LayerStack lower,
                        LayerStack::Open(FLAGS_lower_values()));
  ABSL_ASSIGN_OR_RETURN(const LayerStack upper,
                        LayerStack::Open(FLAGS_upper_values()));
  if (layer_out.empty()) {
    const std::string diff = DescribeTreeDiff(lower.tree(), upper.tree());
    std::fwrite(diff.data(), 1, diff.size(), stdout);
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(layer_out));
  ABSL_RETURN_IF_ERROR(
      WriteChangeset(lower.tree(), upper.tree(), ReadFromLayers(upper.tars()),
                     {.epoch = absl::GetFlag(FLAGS_epoch)}, &out)
          .status());
  return out.Commit();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_diff", "Compares two stacks of layers, or flattens one.", argc,
      argv, rules_dockerfile::Diff);
}
