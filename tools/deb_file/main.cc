// deb_file: takes one file out of a Debian package.

#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/apt/deb_file.h"
#include "lib/base/tool.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, deb, "", "Debian package");
ABSL_FLAG(std::string, path, "", "path of a file in it");
ABSL_FLAG(std::string, file_out, "", "file to write");

namespace rules_dockerfile {
namespace {

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string deb, RequiredFlag(FLAGS_deb));
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_path));
  ABSL_ASSIGN_OR_RETURN(const std::string out, RequiredFlag(FLAGS_file_out));
  return ExtractDebFile(deb, path, out);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "deb_file", "Extracts one file from a Debian package.", argc, argv,
      rules_dockerfile::Run);
}
