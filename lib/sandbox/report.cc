#include "lib/sandbox/report.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kFields = 11;

// A netstring: <length>:<bytes>,
void AppendField(std::string& text, absl::string_view field) {
  absl::StrAppend(&text, field.size(), ":", field, ",");
}

std::optional<std::vector<std::string>> ParseFields(absl::string_view text) {
  std::vector<std::string> fields;
  while (!text.empty()) {
    const size_t colon = text.find(':');
    size_t size = 0;
    if (colon == absl::string_view::npos ||
        !absl::SimpleAtoi(text.substr(0, colon), &size)) {
      return std::nullopt;
    }
    text.remove_prefix(colon + 1);
    if (text.size() <= size || text[size] != ',') return std::nullopt;
    fields.emplace_back(text.substr(0, size));
    text.remove_prefix(size + 1);
  }
  return fields;
}

std::optional<int> ToInt(absl::string_view text) {
  int value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

}  // namespace

std::string SandboxReportToText(const absl::StatusOr<SandboxResult>& report) {
  const SandboxResult result = report.value_or(SandboxResult());
  std::string text;
  AppendField(text, absl::StrCat(static_cast<int>(report.status().code())));
  AppendField(text, report.status().message());
  AppendField(text, absl::StrCat(static_cast<int>(result.mode)));
  AppendField(text, absl::StrCat(result.overlay ? 1 : 0));
  AppendField(text, result.start_error);
  AppendField(text, absl::StrCat(result.not_found ? 1 : 0));
  AppendField(text, absl::StrCat(result.exit_code));
  AppendField(text, absl::StrCat(result.signal));
  AppendField(text, result.collected);
  AppendField(text, absl::StrCat(static_cast<int>(result.exceeded)));
  AppendField(text, absl::StrCat(result.missed_network ? 1 : 0));
  return text;
}

absl::StatusOr<SandboxResult> ParseSandboxReport(absl::string_view text) {
  const std::optional<std::vector<std::string>> fields = ParseFields(text);
  if (!fields.has_value() || fields->size() != kFields) {
    return absl::InternalError("the sandbox was killed");
  }
  const std::vector<std::string>& field = *fields;
  const int code = ToInt(field[0]).value_or(0);
  if (code != 0) {
    return absl::Status(static_cast<absl::StatusCode>(code), field[1]);
  }
  SandboxResult result;
  result.mode = static_cast<SandboxMode>(ToInt(field[2]).value_or(0));
  result.overlay = ToInt(field[3]).value_or(0) != 0;
  result.start_error = field[4];
  result.not_found = ToInt(field[5]).value_or(0) != 0;
  result.exit_code = ToInt(field[6]).value_or(0);
  result.signal = ToInt(field[7]).value_or(0);
  result.collected = field[8];
  result.exceeded = static_cast<ExceededLimit>(ToInt(field[9]).value_or(0));
  result.missed_network = ToInt(field[10]).value_or(0) != 0;
  return result;
}

}  // namespace rules_dockerfile
