#ifndef LIB_OCI_DOCUMENT_FILE_H_
#define LIB_OCI_DOCUMENT_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"

namespace rules_dockerfile {

// The file's contents as `parse` reads them. Its errors get the file's name:
// `"a.step.json": field "history" is missing`.
template <typename T>
absl::StatusOr<T> ReadParsed(const std::string& path,
                             absl::StatusOr<T> (*parse)(absl::string_view)) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<T> value = parse(text);
  if (value.ok()) return value;
  return absl::Status(
      value.status().code(),
      absl::StrCat("\"", path, "\": ", value.status().message()));
}

// Labels or annotations from flags `KEY=VALUE`; the last of a key counts.
// InvalidArgument `"x": expected KEY=VALUE`.
absl::StatusOr<std::map<std::string, std::string>> ParseKeyValues(
    const std::vector<std::string>& flags);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_DOCUMENT_FILE_H_
