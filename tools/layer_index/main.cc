// Writes the index of a layer tar: docs/design/0001_artifacts.md, "Layer tar
// and layer index".
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/layer/layer_index.h"

ABSL_FLAG(std::string, layer, "", "layer tar to read, uncompressed");
ABSL_FLAG(std::string, index_out, "", "layer index to write");

namespace rules_dockerfile {
namespace {

absl::Status WriteIndex() {
  ABSL_ASSIGN_OR_RETURN(const std::string layer, RequiredFlag(FLAGS_layer));
  ABSL_ASSIGN_OR_RETURN(const std::string index_out,
                        RequiredFlag(FLAGS_index_out));
  ABSL_ASSIGN_OR_RETURN(const MappedFile tar, MappedFile::Open(layer));
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index, IndexLayer(tar.contents()));
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(index_out));
  ABSL_RETURN_IF_ERROR(WriteLayerIndex(index, &file));
  return file.Commit();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool("layer_index",
                                   "Writes the index of a layer tar.", argc,
                                   argv, rules_dockerfile::WriteIndex);
}
