#ifndef LIB_IMAGE_TEST_RUN_IMAGE_TESTS_H_
#define LIB_IMAGE_TEST_RUN_IMAGE_TESTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/container/container.h"
#include "lib/image_test/test_report.h"

namespace rules_dockerfile {

// A configuration of container-structure-test.
struct StructureFile {
  std::string path;
  std::string name;  // as messages call it
};

// Runs the tests of the files on an image, in their order. Those of files and
// metadata read the layers and the config; a command runs in its own container
// without network, above what the test's `setup` left. InvalidArgument
// `app/tests.yaml: line 3: …` for a file that is wrong. Must not be called
// while other threads run.
absl::StatusOr<std::vector<TestResult>> RunImageTests(
    const ImageFiles& image, const std::vector<StructureFile>& files,
    const ContainerPlace& place);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_RUN_IMAGE_TESTS_H_
