#ifndef LIB_IMAGE_TEST_TEXT_CHECK_H_
#define LIB_IMAGE_TEST_TEXT_CHECK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/image_test/structure_config.h"

namespace rules_dockerfile {

// Checks of values against what a test expects. Each returns what is wrong, an
// entry a problem; none if nothing is.
using Problems = std::vector<std::string>;

// What a text, called `what`, must hold and must not: regular expressions. The
// last problem shows the text.
Problems CheckText(absl::string_view what, absl::string_view text,
                   const std::vector<std::string>& expected,
                   const std::vector<std::string>& excluded);

// What a command did.
struct CommandOutcome {
  int exit_code = 0;
  std::string output;
  std::string errors;
};
Problems CheckCommand(const CommandTest& test, const CommandOutcome& outcome);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_TEXT_CHECK_H_
