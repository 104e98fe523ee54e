// Writes what the root of an image holds as an mtree(5) text.
#include <cstddef>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/mtree.h"
#include "lib/worker/action_tool.h"

RULES_DOCKERFILE_REPEATED_FLAG(index, "index of each layer, base first");
ABSL_FLAG(std::string, mtree_out, "", "text to write");

namespace rules_dockerfile {
namespace {

absl::Status WriteMtree() {
  ABSL_ASSIGN_OR_RETURN(const std::string mtree_out,
                        RequiredFlag(FLAGS_mtree_out));
  const std::vector<std::string> paths = FLAGS_index_values();
  FileTree tree;
  for (size_t i = 0; i < paths.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(paths[i]));
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
    index.snapshot.clear();  // the image does not have it
    ABSL_RETURN_IF_ERROR(tree.AddLayer(index, static_cast<int>(i)));
  }
  return WriteFile(mtree_out, MtreeText(tree));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "mtree_write",
      "Lists the files of an image, all layers applied, as mtree.", argc, argv,
      rules_dockerfile::WriteMtree);
}
