#include "lib/dockerfile/lint/lint.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/dockerfile/lint/lint_config.h"
#include "lib/dockerfile/lint/lint_rule.h"
#include "lib/dockerfile/lint/lint_stage.h"
#include "lib/dockerfile/lint/lint_syntax.h"
#include "lib/dockerfile/stages/stages.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxLintLines = 20;
constexpr char kCheckArgument[] = "BUILDKIT_DOCKERFILE_CHECK";

// The comment block above the instruction that begins at a line.
std::map<int, std::vector<std::string>> CommentsByLine(
    const ReadDockerfile& read) {
  const Dockerfile& dockerfile = read.dockerfile;
  std::map<int, std::vector<std::string>> comments;
  const auto add = [&comments](const Instruction& instruction) {
    comments[instruction.lines.first] = instruction.comment;
  };
  for (const Instruction& arg : dockerfile.global_args) add(arg);
  for (const Stage& stage : dockerfile.stages) {
    add(stage.from);
    for (const Instruction& instruction : stage.instructions) add(instruction);
  }
  if (read.refused) add(*read.refused);
  return comments;
}

Json Location(const std::vector<LineRange>& ranges) {
  Json location = Json::object();
  if (ranges.empty()) return location;
  Json list = Json::array();
  for (const LineRange& range : ranges) {
    Json entry;
    entry["start"]["line"] = range.first;
    entry["end"]["line"] = range.last;
    list.push_back(std::move(entry));
  }
  location["ranges"] = std::move(list);
  return location;
}

}  // namespace

namespace {

// Applies the rules in the frontend's order. Returns the error that stopped it.
std::optional<Diagnostic> ApplyRules(const ReadDockerfile& read,
                                     const LintOptions& options,
                                     const LintSink& report) {
  const Dockerfile& dockerfile = read.dockerfile;
  LintSyntax(dockerfile, report);
  if (read.refused) {
    LintInstructionSyntax(*read.refused, dockerfile.directives.escape, report);
  }
  if (read.error) return read.error;
  LintNamesAndCasing(dockerfile, report);
  LintFrom(dockerfile, options.stages.scope, report);
  const auto graph = ResolveStageGraph(dockerfile, options.stages);
  if (const auto* error = std::get_if<Diagnostic>(&graph)) return *error;
  return LintStages(dockerfile, std::get<StageGraph>(graph), options, report);
}

}  // namespace

LintReport Lint(const ReadDockerfile& read, const LintOptions& options) {
  LintReport result;
  const auto& build_args = options.stages.scope.build_args;
  const auto given = build_args.find(kCheckArgument);
  const absl::StatusOr<LintConfig> config = ParseLintConfig(
      given == build_args.end() ? read.dockerfile.directives.check
                                : given->second);
  if (!config.ok()) {
    result.build_error =
        Diagnostic{.message = std::string(config.status().message())};
    return result;
  }
  result.error_on_warning = config->error;
  const std::map<int, std::vector<std::string>> comments = CommentsByLine(read);
  const LintSink report = [&](absl::string_view rule, LineRange lines,
                              std::string detail) {
    const auto comment = comments.find(lines.first);
    if (!RuleApplies(LintRuleNamed(rule), *config,
                     comment == comments.end() ? std::vector<std::string>()
                                               : comment->second)) {
      return;
    }
    result.warnings.push_back({.rule = std::string(rule),
                               .lines = lines,
                               .detail = std::move(detail)});
  };
  result.build_error = ApplyRules(read, options, report);
  std::stable_sort(result.warnings.begin(), result.warnings.end(),
                   [](const LintWarning& a, const LintWarning& b) {
                     return a.lines.first < b.lines.first;
                   });
  return result;
}

std::string LintViolation(const LintReport& report) {
  if (!report.error_on_warning || report.warnings.empty()) return "";
  std::set<std::string> rules;
  for (const LintWarning& warning : report.warnings) rules.insert(warning.rule);
  return absl::StrCat("lint violation found for rules: ",
                      absl::StrJoin(rules, ", "));
}

std::string LintText(const LintReport& report, absl::string_view filename,
                     absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  std::string result;
  for (const LintWarning& warning : report.warnings) {
    const std::string url = LintRuleUrl(LintRuleNamed(warning.rule));
    absl::StrAppend(&result, "WARNING: ", warning.rule,
                    url.empty() ? "" : " - ", url, "\n", warning.detail, "\n",
                    FormatExcerpt(filename, lines, warning.lines), "\n");
  }
  return result;
}

std::string LintLines(const LintReport& report, absl::string_view filename) {
  const size_t shown = std::min(report.warnings.size(), kMaxLintLines);
  std::string result;
  for (const LintWarning& warning :
       absl::MakeConstSpan(report.warnings).first(shown)) {
    absl::StrAppend(&result, filename, ": WARN: ", warning.rule, ": ",
                    warning.detail, " (line ", warning.lines.first, ")\n");
  }
  if (const size_t more = report.warnings.size() - shown; more > 0) {
    absl::StrAppend(&result, filename, ": WARN: ", more,
                    " more: lint = \"error\" shows all\n");
  }
  return result;
}

std::string LintJson(const LintReport& report, absl::string_view filename,
                     absl::string_view text) {
  Json warnings = Json::array();
  for (const LintWarning& warning : report.warnings) {
    const LintRule& rule = LintRuleNamed(warning.rule);
    Json entry;
    entry["ruleName"] = warning.rule;
    entry["description"] = rule.description;
    if (rule.has_page) entry["url"] = LintRuleUrl(rule);
    entry["detail"] = warning.detail;
    entry["location"] = Location({warning.lines});
    warnings.push_back(std::move(entry));
  }
  Json source;
  source["filename"] = filename;
  source["language"] = "Dockerfile";
  source["data"] = absl::Base64Escape(text);
  Json json;
  json["warnings"] = std::move(warnings);
  json["sources"] = Json::array({std::move(source)});
  const std::string violation = LintViolation(report);
  if (report.build_error) {
    json["buildError"]["message"] = report.build_error->message;
    json["buildError"]["location"] = Location(report.build_error->ranges);
  } else if (!violation.empty()) {
    json["buildError"]["message"] = violation;
    json["buildError"]["location"] = Location({});
  }
  return absl::StrCat(
      json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace),
      "\n");
}

}  // namespace rules_dockerfile
