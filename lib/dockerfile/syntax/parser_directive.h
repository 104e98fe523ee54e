#ifndef LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_
#define LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The byte order mark that may precede the first line.
inline constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

// The parser directives in force (Dockerfile reference, "Parser directives").
struct ParserDirectives {
  std::string syntax;  // "" when not given
  char escape = '\\';
  std::string check;  // CheckDirective()

  friend bool operator==(const ParserDirectives&,
                         const ParserDirectives&) = default;
};

// Reads the directives at the top of a Dockerfile, except the value of `check`.
// Requires every line from the first on, without its line end and leading white
// space.
class ParserDirectiveReader {
 public:
  // Returns whether `line` is a directive. The first line that is not ends the
  // directives: later calls return false. InvalidArgument if a directive is
  // given twice or its value is not valid.
  absl::StatusOr<bool> Read(absl::string_view line);

  const ParserDirectives& directives() const { return directives_; }

 private:
  ParserDirectives directives_;
  std::set<std::string> seen_;
  bool done_ = false;
};

// Returns the value of the `check` directive of a Dockerfile, "" if it has
// none. Unlike the others it may follow a first line of "#!", must not be
// indented, and counts even if the rest of the file is malformed.
std::string CheckDirective(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_
