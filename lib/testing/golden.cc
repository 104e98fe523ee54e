#include "lib/testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/base/line_difference.h"

namespace rules_dockerfile {

testing::AssertionResult MatchesGolden(const std::string& path,
                                       absl::string_view text) {
  if (const char* work_tree = std::getenv("UPDATE_GOLDENS")) {
    std::ofstream out(std::string(work_tree) + "/" + path, std::ios::binary);
    out << text;
    return out.flush() ? testing::AssertionSuccess()
                       : testing::AssertionFailure() << "cannot write " << path;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return testing::AssertionFailure() << "no golden file " << path;
  const std::string want((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  const std::optional<LineDifference> difference =
      FirstLineDifference(want, text);
  if (!difference.has_value()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << path << ":" << difference->line
         << " differs\n  want: " << difference->want
         << "\n  got:  " << difference->got
         << "\nto accept: tools/dev/update_goldens.sh <this test's label>";
}

}  // namespace rules_dockerfile
