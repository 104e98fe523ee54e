#include "lib/testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"

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
  if (want == text) return testing::AssertionSuccess();

  const std::vector<absl::string_view> want_lines = absl::StrSplit(want, '\n');
  const std::vector<absl::string_view> got_lines = absl::StrSplit(text, '\n');
  size_t line = 0;
  while (line < want_lines.size() && line < got_lines.size() &&
         want_lines[line] == got_lines[line]) {
    ++line;
  }
  const auto shown = [line](const std::vector<absl::string_view>& lines) {
    return line < lines.size() ? lines[line] : absl::string_view("<end>");
  };
  return testing::AssertionFailure()
         << path << ":" << line + 1 << " differs\n  want: " << shown(want_lines)
         << "\n  got:  " << shown(got_lines)
         << "\nto accept: tools/dev/update_goldens.sh <this test's label>";
}

}  // namespace rules_dockerfile
