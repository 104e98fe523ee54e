#include "lib/dockerfile/syntax/logical_line.h"

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/base/characters.h"

namespace rules_dockerfile {
namespace {

// Returns the position of the escape token that continues `line`, npos if none
// does: the last character except spaces and tabs, with no other escape token
// before it.
size_t FindContinuation(absl::string_view line, char escape) {
  const size_t last = line.find_last_not_of(" \t");
  if (last == absl::string_view::npos || line[last] != escape) {
    return absl::string_view::npos;
  }
  if (last > 0 && line[last - 1] == escape) return absl::string_view::npos;
  return last;
}

}  // namespace

std::optional<absl::string_view> PhysicalLineReader::Next() {
  if (rest_.empty() || too_long_) return std::nullopt;
  const size_t end = rest_.find('\n');
  const size_t size = end == absl::string_view::npos ? rest_.size() : end;
  if (size > max_size_) {
    too_long_ = true;
    return std::nullopt;
  }
  const absl::string_view line = rest_.substr(0, size + 1);
  rest_.remove_prefix(line.size());
  ++line_number_;
  return line;
}

absl::string_view TrimLineEnd(absl::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  return line;
}

bool IsComment(absl::string_view line) {
  line = TrimLeadingSpace(line);
  return !line.empty() && line[0] == '#';
}

bool IsContinued(absl::string_view line, char escape) {
  return FindContinuation(line, escape) != absl::string_view::npos;
}

LogicalLine JoinLogicalLine(absl::string_view line, char escape,
                            PhysicalLineReader& lines) {
  LogicalLine joined = {.first = lines.line_number(),
                        .last = lines.line_number()};
  while (true) {
    const size_t continuation = FindContinuation(line, escape);
    joined.text += line.substr(0, continuation);
    if (continuation == absl::string_view::npos) return joined;
    while (true) {
      const std::optional<absl::string_view> next = lines.Next();
      if (!next) return joined;
      joined.last = lines.line_number();
      line = TrimLineEnd(*next);
      if (IsComment(line)) continue;
      if (!TrimSpace(line).empty()) break;
      joined.has_blank_line = true;
    }
  }
}

}  // namespace rules_dockerfile
