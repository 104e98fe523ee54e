#ifndef TOOLS_DEV_DOCS_MARKDOWN_TEXT_H_
#define TOOLS_DEV_DOCS_MARKDOWN_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns Markdown text with each line after `indent`, in lines of at most 100
// columns as far as words allow, without blank lines at its ends. Paragraphs
// and list items are filled again; code blocks, tables, headings and quotes
// stay as they are.
std::string FillMarkdown(absl::string_view text, absl::string_view indent);

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_DOCS_MARKDOWN_TEXT_H_
