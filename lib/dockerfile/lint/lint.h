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
  std::optional<Diagnostic> build_error;  // where the check stopped
  bool error_on_warning = false;          // `error=true` was asked for

  friend bool operator==(const LintReport&, const LintReport&) = default;
};

// Checks a Dockerfile by the rules of `docker build --check`: all stages, or
// those that the target needs. Continues after warnings and stops at the first
// error, which may be that of `read`; the report has what was found before it.
LintReport Lint(const ReadDockerfile& read, const LintOptions& options);

// Returns `lint violation found for rules: A, B`, or "" if the warnings are not
// an error.
std::string LintViolation(const LintReport& report);

// Returns each warning as `docker build --check` prints it:
//
//   WARNING: StageNameCasing - https://docs.docker.com/go/…
//   Stage name 'BASE' should be lowercase
//   Dockerfile:1
//   --------------------
//      1 | >>> FROM scratch AS BASE
//   --------------------
std::string LintText(const LintReport& report, absl::string_view filename,
                     absl::string_view text);

// Returns one line per warning, as `docker build` prints it, after the file:
//
//   Dockerfile: WARN: StageNameCasing: Stage name 'BASE' should be … (line 1)
//
// At most 20 of them, then a line with the number of the rest.
std::string LintLines(const LintReport& report, absl::string_view filename);

// {"warnings": [{ruleName, description, url, detail, location}], "sources",
// "buildError"}, as `docker build --call=check,format=json` prints it.
std::string LintJson(const LintReport& report, absl::string_view filename,
                     absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_LINT_LINT_H_
