// Tests an image as a configuration of container-structure-test says.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/image_test/run_image_tests.h"
#include "lib/image_test/test_report.h"
#include "lib/run/mount_source.h"
#include "tools/image_run/container_flags.h"

RULES_DOCKERFILE_REPEATED_FLAG(tests, "NAME=FILE: tests in YAML or JSON");

namespace rules_dockerfile {
namespace {

absl::Status Test() {
  ABSL_ASSIGN_OR_RETURN(const ContainerFlags flags,
                        ReadContainerFlags("TEST_TMPDIR"));
  std::vector<StructureFile> files;
  for (const std::string& flag : FLAGS_tests_values()) {
    ABSL_ASSIGN_OR_RETURN(const NamedValue named, ParseNamedValue(flag));
    files.push_back({.path = named.value, .name = named.name});
  }
  ABSL_ASSIGN_OR_RETURN(const std::vector<TestResult> results,
                        RunImageTests(flags.image, files, flags.place));
  const auto xml = flags.place.caller.variable("XML_OUTPUT_FILE");
  if (xml.has_value()) {
    ABSL_RETURN_IF_ERROR(WriteFile(*xml, ResultsXml(results)));
  }
  std::fputs(PrintableText(ResultsText(results)).c_str(), stdout);
  std::fflush(stdout);
  if (AllPassed(results)) return absl::OkStatus();
  return absl::FailedPreconditionError("the image fails its tests");
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_test",
      "Tests an image with configurations of container-structure-test.", argc,
      argv, rules_dockerfile::Test);
}
