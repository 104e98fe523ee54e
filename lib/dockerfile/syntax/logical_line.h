#ifndef LIB_DOCKERFILE_SYNTAX_LOGICAL_LINE_H_
#define LIB_DOCKERFILE_SYNTAX_LOGICAL_LINE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Reads the physical lines of a text in order. A line of more than `max_size`
// bytes ends the text; too_long() is then true.
class PhysicalLineReader {
 public:
  PhysicalLineReader(absl::string_view text, size_t max_size)
      : rest_(text), max_size_(max_size) {}

  // The next line with its line end, nullopt after the last.
  std::optional<absl::string_view> Next();

  // The number of the last line that Next() returned, from 1; 0 before the
  // first.
  int line_number() const { return line_number_; }
  bool too_long() const { return too_long_; }

 private:
  absl::string_view rest_;
  size_t max_size_;
  int line_number_ = 0;
  bool too_long_ = false;
};

// The joined physical lines of an instruction, without continuation tokens,
// comments and blank lines between them.
struct LogicalLine {
  int first = 0;
  int last = 0;
  std::string text;
  bool has_blank_line = false;  // inside a continuation

  friend bool operator==(const LogicalLine&, const LogicalLine&) = default;
};

// Returns the instruction that begins with `line`, which was just read from
// `lines`, trimmed at the start and without its line end; reads the
// continuation lines from `lines`.
LogicalLine JoinLogicalLine(absl::string_view line, char escape,
                            PhysicalLineReader& lines);

// Returns `line` without the carriage returns and line feeds at its end.
absl::string_view TrimLineEnd(absl::string_view line);

// Whether the first character that is not white space is "#".
bool IsComment(absl::string_view line);

// Whether the next line would continue `line`.
bool IsContinued(absl::string_view line, char escape);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_LOGICAL_LINE_H_
