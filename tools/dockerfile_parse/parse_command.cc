#include "tools/dockerfile_parse/parse_command.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/dockerfile/diagnostic.h"
#include "lib/dockerfile/dockerfile.h"
#include "lib/dockerfile/lint.h"
#include "lib/dockerfile/outline.h"
#include "lib/dockerfile/stages.h"

namespace rules_dockerfile {
namespace {

ParseCommandResult Failure(const ParseCommandOptions& options,
                           const Diagnostic& error) {
  const LintReport report = {.build_error = error};
  return {.ok = false,
          .messages = FormatDiagnostic(options.filename, options.text, error),
          .lint_json = LintJson(report, options.filename, options.text)};
}

// Adds what the rules found.
void AddLint(const Dockerfile& dockerfile, const ParseCommandOptions& options,
             ParseCommandResult& result) {
  LintOptions lint = options.lint;
  lint.stages = options.stages;
  lint.needed_stages_only = options.lint_mode != LintMode::kError;
  const LintReport report = Lint(dockerfile, lint);
  result.lint_json = LintJson(report, options.filename, options.text);
  if (options.lint_mode == LintMode::kOff) return;
  result.messages += options.lint_mode == LintMode::kError
                         ? LintText(report, options.filename, options.text)
                         : LintLines(report, options.filename);
  if (report.build_error) {
    result.ok = false;
    result.messages +=
        FormatDiagnostic(options.filename, options.text, *report.build_error);
  }
  LintReport judged = report;
  judged.error_on_warning |= options.lint_mode == LintMode::kError;
  const std::string violation = LintViolation(judged);
  if (!violation.empty() && !report.build_error) {
    result.ok = false;
    absl::StrAppend(&result.messages, "error: ", violation, "\n");
  }
}

}  // namespace

ParseCommandResult RunParseCommand(const ParseCommandOptions& options) {
  std::variant<Dockerfile, Diagnostic> parsed = ParseDockerfile(options.text);
  if (const auto* error = std::get_if<Diagnostic>(&parsed)) {
    return Failure(options, *error);
  }
  const Dockerfile& dockerfile = std::get<Dockerfile>(parsed);
  ParseCommandResult result = {.ok = true};
  if (options.dump) result.output += DumpDockerfile(dockerfile);
  if (options.outline_json) result.output += OutlineJson(dockerfile);
  if (options.outline) {
    const absl::Status same = CheckOutline(dockerfile, *options.outline);
    if (!same.ok()) {
      result.ok = false;
      absl::StrAppend(&result.messages, options.filename, ": ", same.message(),
                      "\n");
    }
  }
  const auto graph = ResolveStages(dockerfile, options.stages);
  const auto* error = std::get_if<Diagnostic>(&graph);
  if (error != nullptr && options.lint_mode == LintMode::kOff) {
    ParseCommandResult failure = Failure(options, *error);
    failure.output = std::move(result.output);
    failure.messages.insert(0, result.messages);
    return failure;
  }
  AddLint(dockerfile, options, result);  // which has the graph's error, too
  if (result.ok && !options.error.empty()) {
    result.ok = false;
    absl::StrAppend(&result.messages, "error: ", options.error, "\n");
  }
  return result;
}

}  // namespace rules_dockerfile
