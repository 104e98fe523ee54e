#ifndef LIB_NETWORK_MIRRORS_H_
#define LIB_NETWORK_MIRRORS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The mirrors of this host, by name: {"debian": "http://host/debian"}. A lock
// says `mirror:debian/dists/…` where a client asks for
// `http://host/debian/dists/…`, and is therefore valid on a host with another
// mirror.
class Mirrors {
 public:
  // From `NAME=URL` each; a slash at the end of the URL counts for nothing.
  // InvalidArgument `mirror "x": expected NAME=http://host/path`.
  static absl::StatusOr<Mirrors> Parse(const std::vector<std::string>& texts);

  // `url` as a lock has it: below the mirror with the longest URL that `url`
  // begins with, else as it is.
  std::string ToLocked(absl::string_view url) const;

 private:
  std::map<std::string, std::string> urls_;  // by name, without final slash
};

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_MIRRORS_H_
