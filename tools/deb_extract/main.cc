// deb_extract: creates a layer of the files of Debian packages, with dpkg's
// database in the state in which `dpkg --configure -a` completes the
// installation.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/apt/extract.h"
#include "lib/base/tool.h"
#include "lib/worker/action_tool.h"

RULES_DOCKERFILE_REPEATED_FLAG(deb, "Debian package to extract");
RULES_DOCKERFILE_REPEATED_FLAG(file,
                               "DEST=SRC: a file that is not from a package");
ABSL_FLAG(int64_t, epoch, 0, "latest modification time, and that of new files");
ABSL_FLAG(std::string, layer_out, "", "layer tar to write");
ABSL_FLAG(std::string, index_out, "", "layer index to write");

namespace rules_dockerfile {
namespace {

absl::Status Run() {
  ExtractOptions options;
  options.debs = FLAGS_deb_values();
  options.files = FLAGS_file_values();
  options.epoch = absl::GetFlag(FLAGS_epoch);
  ABSL_ASSIGN_OR_RETURN(options.layer_out, RequiredFlag(FLAGS_layer_out));
  ABSL_ASSIGN_OR_RETURN(options.index_out, RequiredFlag(FLAGS_index_out));
  return ExtractDebs(options);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "deb_extract", "Creates a layer of the files of Debian packages.", argc,
      argv, rules_dockerfile::Run);
}
