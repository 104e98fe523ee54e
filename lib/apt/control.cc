#include "lib/apt/control.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

absl::Status LineError(int line_number, absl::string_view line,
                       absl::string_view expectation) {
  return absl::InvalidArgumentError(absl::StrCat(
      "control file line ", line_number, ": \"", line, "\": ", expectation));
}

bool HasField(const ControlParagraph& paragraph, absl::string_view name) {
  for (const ControlField& field : paragraph.fields) {
    if (absl::EqualsIgnoreCase(field.name, name)) return true;
  }
  return false;
}

}  // namespace

absl::string_view ControlParagraph::Value(absl::string_view name) const {
  for (const ControlField& field : fields) {
    if (absl::EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return "";
}

absl::StatusOr<std::vector<ControlParagraph>> ParseControl(
    absl::string_view text) {
  std::vector<ControlParagraph> paragraphs;
  ControlParagraph current;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    if (absl::StripAsciiWhitespace(line).empty()) {
      if (!current.fields.empty()) paragraphs.push_back(std::move(current));
      current = {};
      continue;
    }
    if (line[0] == ' ' || line[0] == '\t') {
      if (current.fields.empty()) {
        return LineError(line_number, line,
                         "continues a field, but there is none");
      }
      absl::StrAppend(&current.fields.back().value, "\n",
                      absl::StripTrailingAsciiWhitespace(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == absl::string_view::npos || colon == 0) {
      return LineError(line_number, line, "expected \"Field: value\"");
    }
    const absl::string_view name = line.substr(0, colon);
    if (HasField(current, name)) {
      return LineError(line_number, line, "the field is given twice");
    }
    current.fields.push_back({.name = std::string(name),
                              .value = std::string(absl::StripAsciiWhitespace(
                                  line.substr(colon + 1)))});
  }
  if (!current.fields.empty()) paragraphs.push_back(std::move(current));
  return paragraphs;
}

std::string ControlParagraphToText(const ControlParagraph& paragraph) {
  std::string text;
  for (const ControlField& field : paragraph.fields) {
    const bool value_on_this_line =
        !field.value.empty() && field.value[0] != '\n';
    absl::StrAppend(&text, field.name, value_on_this_line ? ": " : ":",
                    field.value, "\n");
  }
  return text;
}

}  // namespace rules_dockerfile
