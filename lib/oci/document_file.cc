#include "lib/oci/document_file.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace rules_dockerfile {

absl::StatusOr<std::map<std::string, std::string>> ParseKeyValues(
    const std::vector<std::string>& flags) {
  std::map<std::string, std::string> values;
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    if (equals == flag.npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", flag, "\": expected KEY=VALUE"));
    }
    values[flag.substr(0, equals)] = flag.substr(equals + 1);
  }
  return values;
}

}  // namespace rules_dockerfile
