#ifndef LIB_SBOM_LISTED_FILES_H_
#define LIB_SBOM_LISTED_FILES_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {

// The paths in a database that has directories and the names in them apart: a
// small one can expand to any number of bytes, so there is a limit. Paths that
// no file on Linux can have are left out.
class ListedFiles {
 public:
  static constexpr size_t kMaxPath = 4095;
  static constexpr size_t kMaxBytes = size_t{256} << 20;

  // The directory may end in a slash. ResourceExhausted `expected at most
  // 268435456 bytes of paths` beyond it.
  absl::Status Add(absl::string_view directory, absl::string_view name) {
    absl::ConsumeSuffix(&directory, "/");
    const size_t size = directory.size() + 1 + name.size();
    if (size > kMaxPath) return absl::OkStatus();
    bytes_ += size + sizeof(std::string);
    if (bytes_ > kMaxBytes) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "expected at most ", kMaxBytes, " bytes of paths of packages"));
    }
    paths_.push_back(absl::StrCat(directory, "/", name));
    return absl::OkStatus();
  }

  // The paths since the last call.
  std::vector<std::string> Take() { return std::exchange(paths_, {}); }

 private:
  std::vector<std::string> paths_;
  size_t bytes_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_LISTED_FILES_H_
