#ifndef LIB_DOCKERFILE_PARSER_DIRECTIVE_H_
#define LIB_DOCKERFILE_PARSER_DIRECTIVE_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The parser directives in force (Dockerfile reference, "Parser directives").
struct ParserDirectives {
  std::string syntax;  // "" when not given
  char escape = '\\';
  std::string check;  // "" when not given

  friend bool operator==(const ParserDirectives&,
                         const ParserDirectives&) = default;
};

// Reads the directives at the top of a Dockerfile. Give it every line, without
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

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_PARSER_DIRECTIVE_H_
