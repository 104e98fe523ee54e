#include "lib/dockerfile/syntax/flags.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/dockerfile/values/suggest.h"

namespace rules_dockerfile {
namespace {

absl::Status UnknownFlag(absl::string_view name,
                         absl::Span<const FlagSpec> specs) {
  std::vector<std::string> known;
  for (const FlagSpec& spec : specs) known.emplace_back(spec.name);
  std::sort(known.begin(), known.end());
  return absl::InvalidArgumentError(
      absl::StrCat("unknown flag: --", name,
                   DidYouMean(name, known, /*case_sensitive=*/true)));
}

// "true" or "false" in any case; an empty value is true.
absl::StatusOr<std::string> BoolValue(absl::string_view name,
                                      absl::string_view value) {
  const std::string lower = absl::AsciiStrToLower(value);
  if (lower == "true" || lower == "false") return lower;
  return absl::InvalidArgumentError(absl::StrCat(
      "expecting boolean value for flag --", name, ", not: ", value));
}

}  // namespace

bool FlagValues::Has(absl::string_view name) const {
  return values_.find(name) != values_.end();
}

std::string FlagValues::String(absl::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "" : found->second[0];
}

bool FlagValues::Bool(absl::string_view name) const {
  return String(name) == "true";
}

std::vector<std::string> FlagValues::List(absl::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

absl::StatusOr<FlagValues> ParseFlags(absl::Span<const std::string> flags,
                                      absl::Span<const FlagSpec> specs) {
  FlagValues result;
  for (absl::string_view flag : flags) {
    const size_t equals = flag.find('=');
    const bool has_value = equals != absl::string_view::npos;
    const absl::string_view name = flag.substr(0, equals).substr(2);
    const auto spec = std::find_if(
        specs.begin(), specs.end(),
        [name](const FlagSpec& spec) { return spec.name == name; });
    if (spec == specs.end()) return UnknownFlag(name, specs);
    if (spec->kind != FlagKind::kList && result.Has(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("duplicate flag specified: --", name));
    }
    std::string value(has_value ? flag.substr(equals + 1) : "");
    const bool is_bool = spec->kind == FlagKind::kBool;
    if (is_bool ? has_value && value.empty() : !has_value) {
      return absl::InvalidArgumentError(
          absl::StrCat("missing a value on flag: --", name));
    }
    if (is_bool) {
      if (!has_value) value = "true";
      ABSL_ASSIGN_OR_RETURN(value, BoolValue(name, value));
    }
    result.values_[std::string(name)].push_back(std::move(value));
  }
  return result;
}

}  // namespace rules_dockerfile
