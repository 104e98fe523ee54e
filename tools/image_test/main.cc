// Tests an image as a configuration of container-structure-test says.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/container/container.h"
#include "lib/container/container_plan.h"
#include "lib/image_test/run_image_tests.h"
#include "lib/image_test/test_report.h"
#include "lib/run/mount_source.h"
#include "lib/run/run_options.h"

ABSL_FLAG(std::string, config, "", "image config");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "layer index, of each layer");
RULES_DOCKERFILE_REPEATED_FLAG(tests, "NAME=FILE, tests as YAML or JSON");
ABSL_FLAG(std::string, mode, "auto", "auto, real or emulated owners");

namespace rules_dockerfile {
namespace {

absl::Status Test() {
  ImageFiles image;
  ABSL_ASSIGN_OR_RETURN(image.config, RequiredFlag(FLAGS_config));
  image.layers = FLAGS_layer_values();
  image.indexes = FLAGS_index_values();
  std::vector<StructureFile> files;
  for (const std::string& flag : FLAGS_tests_values()) {
    ABSL_ASSIGN_OR_RETURN(const NamedValue named, ParseNamedValue(flag));
    files.push_back({.path = named.value, .name = named.name});
  }
  ContainerPlace place = {.caller = ThisCaller()};
  ABSL_ASSIGN_OR_RETURN(place.mode,
                        ParseSandboxMode(absl::GetFlag(FLAGS_mode)));
  const auto variable = place.caller.variable;
  place.temporary = variable("TEST_TMPDIR").value_or("/var/tmp");
  ABSL_ASSIGN_OR_RETURN(const std::vector<TestResult> results,
                        RunImageTests(image, files, place));
  if (const auto xml = variable("XML_OUTPUT_FILE"); xml.has_value()) {
    ABSL_RETURN_IF_ERROR(WriteFile(*xml, ResultsXml(results)));
  }
  std::fputs(ResultsText(results).c_str(), stdout);
  std::fflush(stdout);
  if (AllPassed(results)) return absl::OkStatus();
  return absl::FailedPreconditionError("the image fails its tests");
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_test",
      "Tests an image as configurations of container-structure-test say.", argc,
      argv, rules_dockerfile::Test);
}
