#include "lib/base/line_difference.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

std::optional<LineDifference> FirstLineDifference(absl::string_view want,
                                                  absl::string_view got) {
  if (want == got) return std::nullopt;
  const std::vector<absl::string_view> want_lines = absl::StrSplit(want, '\n');
  const std::vector<absl::string_view> got_lines = absl::StrSplit(got, '\n');
  size_t line = 0;
  while (line < want_lines.size() && line < got_lines.size() &&
         want_lines[line] == got_lines[line]) {
    ++line;
  }
  const auto shown = [line](const std::vector<absl::string_view>& lines) {
    return std::string(line < lines.size() ? lines[line] : "<end>");
  };
  return LineDifference{
      .line = line + 1, .want = shown(want_lines), .got = shown(got_lines)};
}

}  // namespace rules_dockerfile
