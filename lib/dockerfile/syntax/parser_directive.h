#ifndef LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_
#define LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What may stand before the first line.
inline constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

// The parser directives in force (Dockerfile reference, "Parser directives").
struct ParserDirectives {
  std::string syntax;  // "" when not given
  char escape = '\\';
  std::string check;  // CheckDirective()

  friend bool operator==(const ParserDirectives&,
                         const ParserDirectives&) = default;
};

// Reads the directives at the top of a Dockerfile, `check` without its value.
// Give it every line, without
// its end and leading white space, from the first on.
class ParserDirectiveReader {
 public:
  // Whether `line` is a directive. The first line that is none ends them: all
  // later ones are false. InvalidArgument if it is given twice or its value is
  // not valid.
  absl::StatusOr<bool> Read(absl::string_view line);

  const ParserDirectives& directives() const { return directives_; }

 private:
  ParserDirectives directives_;
  std::set<std::string> seen_;
  bool done_ = false;
};

// The value of the `check` directive of a Dockerfile, "" if it has none. Unlike
// the others it may stand below a first line of "#!", but not be indented, and
// counts in a file that is wrong further down.
std::string CheckDirective(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_PARSER_DIRECTIVE_H_
