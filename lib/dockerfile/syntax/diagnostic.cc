#include "lib/dockerfile/syntax/diagnostic.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/dockerfile/syntax/line_range.h"
#include "lib/dockerfile/syntax/logical_line.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kRule = "--------------------\n";

// The lines to show around `marked`: both sides grow in turn. A round costs one
// and each line gained one, up to 4 for a single line and 2 for several.
LineRange WithContext(LineRange marked, int line_count) {
  LineRange shown = marked;
  const int limit = marked.first == marked.last ? 4 : 2;
  for (int cost = 0; cost < limit; ++cost) {
    if (shown.first > 1) {
      --shown.first;
      ++cost;
    }
    if (shown.last < line_count) {
      ++shown.last;
      ++cost;
    }
  }
  return shown;
}

}  // namespace

std::string FormatExcerpt(absl::string_view filename,
                          absl::Span<const absl::string_view> lines,
                          LineRange marked) {
  const int count = static_cast<int>(lines.size());
  if (marked.first < 1 || marked.first > count) return "";
  marked.last = std::clamp(marked.last, marked.first, count);
  const LineRange shown = WithContext(marked, count);
  std::string excerpt = absl::StrCat(filename, ":", marked.first, "\n", kRule);
  for (int line = shown.first; line <= shown.last; ++line) {
    const bool is_marked = marked.first <= line && line <= marked.last;
    absl::StrAppendFormat(&excerpt, " %3d | %s %s\n", line,
                          is_marked ? ">>>" : "   ",
                          TrimLineEnd(lines[line - 1]));
  }
  absl::StrAppend(&excerpt, kRule);
  return excerpt;
}

std::string FormatDiagnostic(absl::string_view filename, absl::string_view text,
                             const Diagnostic& diagnostic) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  std::string result;
  for (const LineRange& range : diagnostic.ranges) {
    result += FormatExcerpt(filename, lines, range);
  }
  absl::StrAppend(&result, "error: ", diagnostic.message, "\n");
  return result;
}

}  // namespace rules_dockerfile
