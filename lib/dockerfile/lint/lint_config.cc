#include "lib/dockerfile/lint/lint_config.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/lint/lint_rule.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxParts = 3;

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("failed to parse check options: ", parts...));
}

void AddRules(absl::string_view list, std::set<std::string>& rules, bool& all) {
  if (list == "all") {
    all = true;
    return;
  }
  for (absl::string_view rule : absl::StrSplit(list, ',')) {
    rules.emplace(TrimSpace(rule));
  }
}

// Returns the value of "check = value" in a comment.
std::string CheckOption(absl::string_view comment) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(comment, absl::MaxSplits('=', 1));
  if (absl::AsciiStrToLower(TrimSpace(parts.first)) != "check") return "";
  return std::string(TrimSpace(parts.second));
}

}  // namespace

absl::StatusOr<LintConfig> ParseLintConfig(absl::string_view text) {
  LintConfig config;
  text = TrimSpace(text);
  text = text.substr(0, text.find(' '));  // as the frontend does
  if (text.empty()) return config;
  for (absl::string_view part :
       absl::StrSplit(text, absl::MaxSplits(';', kMaxParts - 1))) {
    const size_t equals = part.find('=');
    if (equals == absl::string_view::npos) {
      return Invalid("invalid check option ", GoQuote(part));
    }
    const absl::string_view key = TrimSpace(part.substr(0, equals));
    const absl::string_view value = TrimSpace(part.substr(equals + 1));
    static const auto& yes =
        *new std::set<absl::string_view>{"1", "t", "T", "true", "TRUE", "True"};
    static const auto& no = *new std::set<absl::string_view>{
        "0", "f", "F", "false", "FALSE", "False"};
    if (key == "skip") {
      AddRules(value, config.skip, config.skip_all);
    } else if (key == "experimental") {
      AddRules(value, config.experimental, config.experimental_all);
    } else if (key != "error") {
      return Invalid("invalid check option ", GoQuote(key));
    } else if (yes.contains(value) || no.contains(value)) {
      config.error = yes.contains(value);
    } else {
      return Invalid("failed to parse check option ", GoQuote(part),
                     ": strconv.ParseBool: parsing ", GoQuote(value),
                     ": invalid syntax");
    }
  }
  return config;
}

bool RuleApplies(const LintRule& rule, const LintConfig& config,
                 const std::vector<std::string>& comment) {
  const std::string name(rule.name);
  if (config.skip_all || config.skip.contains(name)) return false;
  if (rule.experimental && !config.experimental_all &&
      !config.experimental.contains(name)) {
    return false;
  }
  return absl::c_none_of(comment, [&name](const std::string& line) {
    const absl::StatusOr<LintConfig> own = ParseLintConfig(CheckOption(line));
    return own.ok() && (own->skip_all || own->skip.contains(name));
  });
}

}  // namespace rules_dockerfile
