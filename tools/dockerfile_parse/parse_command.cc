#include "tools/dockerfile_parse/parse_command.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/dockerfile/lint/lint.h"
#include "lib/dockerfile/stages/unused_arguments.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/outline.h"

namespace rules_dockerfile {
namespace {

// Adds the dump and the outline of a valid file, as asked.
void AddOutput(const Dockerfile& dockerfile, const ParseCommandOptions& options,
               ParseCommandResult& result) {
  if (options.dump) result.output += DumpDockerfile(dockerfile);
  if (options.outline_json) result.output += OutlineJson(dockerfile);
  if (!options.outline) return;
  const absl::Status same = CheckOutline(dockerfile, *options.outline);
  if (same.ok()) return;
  result.ok = false;
  absl::StrAppend(&result.messages, options.filename, ": ", same.message(),
                  "\n");
}

// Warns about build arguments that nothing consumes, which are likely mistyped.
void AddUnusedArguments(const Dockerfile& dockerfile,
                        const ParseCommandOptions& options,
                        ParseCommandResult& result) {
  std::vector<std::string> triggers;
  for (const auto& [name, base] : options.lint.bases) {
    triggers.insert(triggers.end(), base.triggers.begin(), base.triggers.end());
  }
  const std::vector<std::string> unused =
      UnusedArguments(dockerfile, triggers, options.stages.scope.build_args);
  if (unused.empty()) return;
  absl::StrAppend(&result.messages, options.filename,
                  ": [Warning] One or more build-args [",
                  absl::StrJoin(unused, " "), "] were not consumed\n");
}

// Adds the findings of the rules, and the error that stopped them.
void AddLint(const ReadDockerfile& read, const ParseCommandOptions& options,
             ParseCommandResult& result) {
  LintOptions lint = options.lint;
  lint.stages = options.stages;
  const LintReport report = Lint(read, lint);
  if (options.rules_only && report.build_error) return;
  result.lint_json = LintJson(report, options.filename, options.text);
  if (options.lint_mode == LintMode::kError) {
    result.messages += LintText(report, options.filename, options.text);
  } else if (options.lint_mode == LintMode::kWarn) {
    result.messages += LintLines(report, options.filename);
  }
  if (report.build_error) {
    result.ok = false;
    result.messages +=
        FormatDiagnostic(options.filename, options.text, *report.build_error);
    return;
  }
  if (options.lint_mode == LintMode::kOff) return;
  AddUnusedArguments(read.dockerfile, options, result);
  LintReport judged = report;
  judged.error_on_warning |= options.lint_mode == LintMode::kError;
  const std::string violation = LintViolation(judged);
  if (violation.empty()) return;
  result.ok = false;
  absl::StrAppend(&result.messages, "error: ", violation, "\n");
}

}  // namespace

ParseCommandResult RunParseCommand(const ParseCommandOptions& options) {
  const ReadDockerfile read = ReadDockerfileUpToError(options.text);
  ParseCommandResult result = {.ok = true};
  if (!read.error) AddOutput(read.dockerfile, options, result);
  AddLint(read, options, result);
  if (result.ok && !options.error.empty()) {
    result.ok = false;
    absl::StrAppend(&result.messages, "error: ", options.error, "\n");
  }
  return result;
}

}  // namespace rules_dockerfile
