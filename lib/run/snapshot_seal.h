#ifndef LIB_RUN_SNAPSHOT_SEAL_H_
#define LIB_RUN_SNAPSHOT_SEAL_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The state of a rootfs in a cache when it was created.
struct SnapshotSeal {
  std::string boot;        // id of the host's boot
  int64_t files = 0;       // of all types, and the root
  int64_t size = 0;        // of their data, in bytes
  int64_t changed_ns = 0;  // the latest ctime, in ns since 1970

  // What it takes on disk or in memory, about.
  int64_t footprint() const { return size + 4096 * files; }

  friend bool operator==(const SnapshotSeal&, const SnapshotSeal&) = default;
};

// Looks at every file below the open directory, and at itself. Errors name the
// path.
absl::StatusOr<SnapshotSeal> SurveySnapshot(int directory_fd);

// The seal's file; Parse(ToText(x)) == x. DataLoss if the text is incomplete.
std::string SnapshotSealToText(const SnapshotSeal& seal);
absl::StatusOr<SnapshotSeal> ParseSnapshotSeal(absl::string_view text);

// The id of this boot; "" if the system has none.
std::string BootId();

}  // namespace rules_dockerfile

#endif  // LIB_RUN_SNAPSHOT_SEAL_H_
