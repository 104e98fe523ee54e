#ifndef LIB_DOCKERFILE_LINT_LINT_H_
#define LIB_DOCKERFILE_LINT_LINT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/lint/lint_options.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

struct LintWarning {
  std::string rule;  // name of a LintRule
  LineRange lines;
  std::string detail;

  friend bool operator==(const LintWarning&, const LintWarning&) = default;
};

struct LintReport {
  std::vector<LintWarning> warnings;      // by line
  std::optional<Diagnostic> build_error;  // where the check had to stop
  bool error_on_warning = false;          // `error=true` was asked for

  friend bool operator==(const LintReport&, const LintReport&) = default;
};

// Checks a Dockerfile by the rules of `docker build --check`: all stages, or
// those that the target needs. Goes on after warnings and stops at the first
// error, which may be that of `read`; what was found before it is told.
LintReport Lint(const ReadDockerfile& read, const LintOptions& options);

// `lint violation found for rules: A, B`, or "" if the warnings are no error.
std::string LintViolation(const LintReport& report);

// For each warning, as `docker build --check` prints it:
//
//   WARNING: StageNameCasing - https://docs.docker.com/go/…
//   Stage name 'BASE' should be lowercase
//   Dockerfile:1
//   --------------------
//      1 | >>> FROM scratch AS BASE
//   --------------------
std::string LintText(const LintReport& report, absl::string_view filename,
                     absl::string_view text);

// For each warning one line, as `docker build` prints it, after the file:
//
//   Dockerfile: WARN: StageNameCasing: Stage name 'BASE' should be … (line 1)
//
// Of more than 20 the first 20, and a line that says how many more there are.
std::string LintLines(const LintReport& report, absl::string_view filename);

// {"warnings": [{ruleName, description, url, detail, location}], "sources",
// "buildError"}, as `docker build --call=check,format=json` gives it.
std::string LintJson(const LintReport& report, absl::string_view filename,
                     absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_H_
