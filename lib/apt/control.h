#ifndef LIB_APT_CONTROL_H_
#define LIB_APT_CONTROL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A field of a control paragraph. The value of a multi-line field keeps its
// newlines and the indentation of the lines that continue it.
struct ControlField {
  std::string name;
  std::string value;

  friend bool operator==(const ControlField&, const ControlField&) = default;
};

// One paragraph of deb822(5): fields in order, names unique except for case.
struct ControlParagraph {
  std::vector<ControlField> fields;

  // The field's value; "" if there is none. Names match whatever their case.
  absl::string_view Value(absl::string_view name) const;

  friend bool operator==(const ControlParagraph&,
                         const ControlParagraph&) = default;
};

// The paragraphs of a control file. InvalidArgument `control file line 3:
// "foo": expected "Field: value"`.
absl::StatusOr<std::vector<ControlParagraph>> ParseControl(
    absl::string_view text);

// The text of one paragraph, without the empty line that ends it.
std::string ControlParagraphToText(const ControlParagraph& paragraph);

}  // namespace rules_dockerfile

#endif  // LIB_APT_CONTROL_H_
