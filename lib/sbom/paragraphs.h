#ifndef LIB_SBOM_PARAGRAPHS_H_
#define LIB_SBOM_PARAGRAPHS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Fields of a paragraph, in order: name and value. Lines that continue a value
// keep their newline and lose their indentation.
class Fields {
 public:
  void Add(absl::string_view name, absl::string_view value);
  // A line that continues the last field, if there is one.
  void Continue(absl::string_view line);
  bool empty() const { return fields_.empty(); }
  // The first value of the field, whatever the case of its name; "" if there is
  // none.
  absl::string_view Value(absl::string_view name) const;
  std::vector<absl::string_view> Values(absl::string_view name) const;

 private:
  std::vector<std::pair<absl::string_view, std::string>> fields_;
};

// Calls `visit` with each paragraph of "Name: value" lines that an empty line
// ends: deb822(5), manifests of jars. What is no such line is skipped, as the
// package managers do that read images' files: one bad line must not hide the
// rest. The fields are valid during the call, and borrow from `text`.
void VisitParagraphs(absl::string_view text,
                     absl::FunctionRef<void(const Fields& fields)> visit);

// The first paragraph alone: RFC 822, as Python's METADATA has it.
Fields FirstParagraph(absl::string_view text);

// The lines of a text without their ends, "\n" or "\r\n".
absl::string_view TakeLine(absl::string_view& text);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_PARAGRAPHS_H_
