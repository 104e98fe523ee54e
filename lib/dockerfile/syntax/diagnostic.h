#ifndef LIB_DOCKERFILE_SYNTAX_DIAGNOSTIC_H_
#define LIB_DOCKERFILE_SYNTAX_DIAGNOSTIC_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// An error or a warning for the author of a Dockerfile.
struct Diagnostic {
  std::vector<LineRange> ranges;  // where; several for a cycle of stages
  std::string message;            // in the frontend's words

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

// The diagnostic about `lines` whose message is `parts` joined.
template <typename... Parts>
Diagnostic ErrorAt(LineRange lines, const Parts&... parts) {
  return {.ranges = {lines}, .message = absl::StrCat(parts...)};
}

// Returns what the author sees: for each range its lines and up to four around
// them.
//
//   app/Dockerfile:2
//   --------------------
//      1 |     FROM busybox
//      2 | >>> RUNN false
//   --------------------
//   error: dockerfile parse error on line 2: unknown instruction: RUNN (did you
//   mean RUN?)
//
// `text` is the complete Dockerfile. Ends in a newline.
std::string FormatDiagnostic(absl::string_view filename, absl::string_view text,
                             const Diagnostic& diagnostic);

// Returns only the excerpt, "app/Dockerfile:2" and the lines between their
// rules, of a Dockerfile split at line feeds. "" if it does not have the lines.
std::string FormatExcerpt(absl::string_view filename,
                          absl::Span<const absl::string_view> lines,
                          LineRange marked);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_DIAGNOSTIC_H_
