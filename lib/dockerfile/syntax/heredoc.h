#ifndef LIB_DOCKERFILE_SYNTAX_HEREDOC_H_
#define LIB_DOCKERFILE_SYNTAX_HEREDOC_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction_body.h"

namespace rules_dockerfile {

// Returns the here-documents that a joined line begins, in order, with no
// content yet (Dockerfile reference, "Here-Documents"). Their words are in the
// shell's syntax with "\" as the escape, whatever the parser directive says. A
// line with unbalanced quotes has none.
std::vector<Heredoc> HeredocsInLine(absl::string_view line);

// Parses `word` as a here-document: "<<EOF", "3<<-'EOF'". nullopt if it is not
// one.
std::optional<Heredoc> ParseHeredocWord(absl::string_view word);

// Whether `line`, with or without its line end, closes `heredoc`.
bool IsTerminator(absl::string_view line, const Heredoc& heredoc);

// Returns the content of a file created from the here-document: `<<-` drops the
// tabs at the start of each line. Not yet expanded.
std::string HeredocFileContent(const Heredoc& heredoc);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_HEREDOC_H_
