#ifndef LIB_DOCKERFILE_VALUES_CSV_H_
#define LIB_DOCKERFILE_VALUES_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the fields of one CSV record (RFC 4180, as read by Go's
// encoding/csv): a field that begins with `"` ends at the next single one, and
// `""` is a quote. InvalidArgument with Go's message: `EOF` for an empty
// record.
absl::StatusOr<std::vector<std::string>> ParseCsvRecord(
    absl::string_view record);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_CSV_H_
