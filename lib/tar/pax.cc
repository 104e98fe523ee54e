#include "lib/tar/pax.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

// Enough to show what is wrong, however long the text is.
std::string Excerpt(absl::string_view text) {
  return absl::CEscape(text.substr(0, 40));
}

bool IsDigits(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Takes one record off the front of `text`.
absl::StatusOr<std::pair<absl::string_view, absl::string_view>> ConsumeRecord(
    absl::string_view* text) {
  const auto malformed = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("malformed PAX record \"", Excerpt(*text), "\""));
  };
  const size_t space = text->find(' ');
  uint32_t length = 0;
  if (space == absl::string_view::npos || !IsDigits(text->substr(0, space)) ||
      !absl::SimpleAtoi(text->substr(0, space), &length) ||
      length > text->size() || length < space + 2) {
    return malformed();
  }
  absl::string_view record = text->substr(space + 1, length - space - 1);
  if (!absl::ConsumeSuffix(&record, "\n")) return malformed();
  const size_t equals = record.find('=');
  if (equals == absl::string_view::npos || equals == 0) return malformed();
  text->remove_prefix(length);
  return std::make_pair(record.substr(0, equals), record.substr(equals + 1));
}

}  // namespace

absl::StatusOr<PaxRecordList> ParsePaxRecordList(absl::string_view text) {
  PaxRecordList records;
  while (!text.empty()) {
    ABSL_ASSIGN_OR_RETURN((const auto [keyword, value]), ConsumeRecord(&text));
    // A NUL would end the name early for one program and not for another.
    const bool name = keyword == "path" || keyword == "linkpath" ||
                      keyword == "GNU.sparse.name";
    if (absl::StrContains(keyword, '\0') ||
        (name && absl::StrContains(value, '\0'))) {
      return absl::InvalidArgumentError(
          absl::StrCat("NUL in PAX record \"", Excerpt(keyword), "\""));
    }
    records.emplace_back(keyword, value);
  }
  return records;
}

absl::StatusOr<PaxRecords> ParsePaxRecords(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const PaxRecordList list, ParsePaxRecordList(text));
  PaxRecords records;
  for (const auto& [keyword, value] : list) {
    if (absl::StartsWith(keyword, "GNU.sparse.")) {
      return absl::UnimplementedError("sparse files are not supported");
    }
    records[keyword] = value;
  }
  return records;
}

std::string PaxRecord(absl::string_view keyword, absl::string_view value) {
  const std::string rest = absl::StrCat(" ", keyword, "=", value, "\n");
  // The length counts its own digits.
  size_t length = rest.size() + 1;
  while (absl::StrCat(length, rest).size() != length) ++length;
  return absl::StrCat(length, rest);
}

absl::StatusOr<PaxTime> ParsePaxTime(absl::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError(
      absl::StrCat("time \"", Excerpt(text),
                   "\": expected seconds with an optional fraction"));
  absl::string_view digits = text;
  const bool negative = absl::ConsumePrefix(&digits, "-");
  const size_t point = digits.find('.');
  const absl::string_view whole = digits.substr(0, point);
  std::string fraction;
  if (point != absl::string_view::npos) {
    fraction = std::string(digits.substr(point + 1));
    if (!fraction.empty() && !IsDigits(fraction)) return malformed;
  }
  fraction.resize(9, '0');
  PaxTime time;
  if (!IsDigits(whole) || !absl::SimpleAtoi(whole, &time.seconds) ||
      !absl::SimpleAtoi(fraction, &time.nanos)) {
    return malformed;
  }
  if (!negative) return time;
  if (time.nanos == 0) return PaxTime{.seconds = -time.seconds, .nanos = 0};
  return PaxTime{.seconds = -time.seconds - 1,
                 .nanos = 1'000'000'000 - time.nanos};
}

absl::StatusOr<int64_t> ParsePaxNumber(absl::string_view text) {
  int64_t number = 0;
  if (IsDigits(text) && absl::SimpleAtoi(text, &number)) return number;
  return absl::InvalidArgumentError(
      absl::StrCat("number \"", Excerpt(text), "\": expected decimal digits"));
}

}  // namespace rules_dockerfile
