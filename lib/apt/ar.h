#ifndef LIB_APT_AR_H_
#define LIB_APT_AR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// One member of an ar archive.
struct ArMember {
  std::string name;        // without padding and without GNU's trailing slash
  absl::string_view data;  // borrows from the archive

  friend bool operator==(const ArMember&, const ArMember&) = default;
};

// The members of a common ar archive, the container of deb(5), in order. GNU
// and BSD long names are not part of deb(5) and come out as they stand.
// InvalidArgument `ar member at byte 8: size "12x": expected a number`.
absl::StatusOr<std::vector<ArMember>> ReadArArchive(absl::string_view archive);

}  // namespace rules_dockerfile

#endif  // LIB_APT_AR_H_
