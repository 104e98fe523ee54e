#include "lib/dockerfile/values/csv.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

absl::Status ErrorAt(size_t position, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("parse error on line 1, column ", position + 1, ": ", what));
}

// Reads the quoted field at `position` and moves `position` past its end quote.
absl::StatusOr<std::string> QuotedField(absl::string_view record,
                                        size_t& position) {
  std::string field;
  ++position;
  while (true) {
    const size_t quote = record.find('"', position);
    if (quote == absl::string_view::npos) {
      return ErrorAt(record.size(), "extraneous or missing \" in quoted-field");
    }
    field += record.substr(position, quote - position);
    position = quote + 1;
    if (position == record.size() || record[position] == ',') return field;
    if (record[position] != '"') {
      return ErrorAt(quote, "extraneous or missing \" in quoted-field");
    }
    field += '"';
    ++position;
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseCsvRecord(
    absl::string_view record) {
  if (record.empty()) return absl::InvalidArgumentError("EOF");
  std::vector<std::string> fields;
  size_t position = 0;
  while (true) {
    std::string field;
    if (position < record.size() && record[position] == '"') {
      ABSL_ASSIGN_OR_RETURN(field, QuotedField(record, position));
    } else {
      const size_t end = std::min(record.find(',', position), record.size());
      field = std::string(record.substr(position, end - position));
      const size_t quote = field.find('"');
      if (quote != std::string::npos) {
        return ErrorAt(position + quote, "bare \" in non-quoted-field");
      }
      position = end;
    }
    fields.push_back(std::move(field));
    if (position >= record.size()) return fields;
    ++position;  // the comma
  }
}

}  // namespace rules_dockerfile
