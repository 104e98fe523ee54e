#include "lib/sbom/paragraphs.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

bool IsEmptyLine(absl::string_view line) {
  return absl::StripAsciiWhitespace(line).empty();
}

void ReadLine(absl::string_view line, Fields& fields) {
  if (line[0] == ' ' || line[0] == '\t') {
    fields.Continue(absl::StripAsciiWhitespace(line));
    return;
  }
  const size_t colon = line.find(':');
  if (colon == line.npos || colon == 0) return;
  fields.Add(line.substr(0, colon),
             absl::StripAsciiWhitespace(line.substr(colon + 1)));
}

}  // namespace

void Fields::Add(absl::string_view name, absl::string_view value) {
  fields_.emplace_back(name, value);
}

void Fields::Continue(absl::string_view line) {
  if (fields_.empty()) return;
  absl::StrAppend(&fields_.back().second, "\n", line);
}

absl::string_view Fields::Value(absl::string_view name) const {
  for (const auto& [other, value] : fields_) {
    if (absl::EqualsIgnoreCase(name, other)) return value;
  }
  return "";
}

std::vector<absl::string_view> Fields::Values(absl::string_view name) const {
  std::vector<absl::string_view> values;
  for (const auto& [other, value] : fields_) {
    if (absl::EqualsIgnoreCase(name, other)) values.push_back(value);
  }
  return values;
}

absl::string_view TakeLine(absl::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  absl::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  absl::ConsumeSuffix(&line, "\r");
  return line;
}

void VisitParagraphs(absl::string_view text,
                     absl::FunctionRef<void(const Fields& fields)> visit) {
  Fields fields;
  while (!text.empty()) {
    const absl::string_view line = TakeLine(text);
    if (!IsEmptyLine(line)) {
      ReadLine(line, fields);
      continue;
    }
    if (!fields.empty()) visit(fields);
    fields = Fields();
  }
  if (!fields.empty()) visit(fields);
}

Fields FirstParagraph(absl::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const absl::string_view line = TakeLine(text);
    if (IsEmptyLine(line)) {
      if (!fields.empty()) break;
      continue;
    }
    ReadLine(line, fields);
  }
  return fields;
}

}  // namespace rules_dockerfile
