#ifndef LIB_APT_APT_LOCK_H_
#define LIB_APT_APT_LOCK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A package of a locked base image, and where its .deb file is.
struct LockedPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string archive;  // "debian" or "debian-security"
  std::string path;     // below a mirror of that archive: "pool/main/…"
  std::string sha256;   // of the .deb file, in hex
  int64_t size = 0;

  friend bool operator==(const LockedPackage&, const LockedPackage&) = default;
};

// The packages of a base image, sorted by name.
struct AptLock {
  std::string suite;         // "bookworm"
  std::string architecture;  // as Debian calls it: "amd64"
  int64_t date = 0;          // of the archive, seconds since the Unix epoch
  std::vector<LockedPackage> packages;
};

// The packages that `apt-cache show` describes. Of one that is described
// more than once the first counts. InvalidArgument `package "x": no field
// SHA256`.
absl::StatusOr<std::vector<LockedPackage>> ParseLockedPackages(
    absl::string_view apt_cache_show);

// The lock file's text (JSON): equal locks have equal bytes. Bytes that are not
// UTF-8 become U+FFFD.
std::string AptLockToJson(const AptLock& lock);

}  // namespace rules_dockerfile

#endif  // LIB_APT_APT_LOCK_H_
