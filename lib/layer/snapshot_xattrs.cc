#include "lib/layer/snapshot_xattrs.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/layer/utf8.h"

namespace rules_dockerfile {

bool IsSnapshotXattr(absl::string_view name) {
  return absl::StartsWith(name, "user.") &&
         !absl::StartsWith(name, "user.overlay.") &&
         !absl::StartsWith(name, "user.rules_dockerfile.") && IsUtf8(name);
}

}  // namespace rules_dockerfile
