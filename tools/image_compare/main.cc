#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/compare/compare_images.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

RULES_DOCKERFILE_REPEATED_FLAG(layout, "OCI layout directory; exactly two");
ABSL_FLAG(std::string, platform, "linux/amd64",
          "platform of the image in an index: os/arch[/variant]");

namespace rules_dockerfile {
namespace {

absl::Status Run() {
  const std::vector<std::string>& layouts = FLAGS_layout_values();
  if (layouts.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected two of --layout, got ", layouts.size()));
  }
  ABSL_ASSIGN_OR_RETURN(const Platform platform,
                        ParsePlatform(absl::GetFlag(FLAGS_platform)));
  const std::unique_ptr<FileSet> files_a = DirectoryFiles(layouts[0]);
  const std::unique_ptr<FileSet> files_b = DirectoryFiles(layouts[1]);
  ABSL_ASSIGN_OR_RETURN(const SourceImage a, ReadImage(*files_a, platform));
  ABSL_ASSIGN_OR_RETURN(const SourceImage b, ReadImage(*files_b, platform));
  ABSL_ASSIGN_OR_RETURN(const std::string text, CompareImages(a, b));
  if (text.empty()) return absl::OkStatus();
  std::fputs(PrintableText(text).c_str(), stdout);
  return absl::FailedPreconditionError("the images differ");
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_compare",
      "Prints what differs between two images; fails if anything does.", argc,
      argv, rules_dockerfile::Run);
}
