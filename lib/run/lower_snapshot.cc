#include "lib/run/lower_snapshot.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/digest.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/lower_layers.h"
#include "lib/run/snapshot_cache.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

std::string SnapshotKey(const LowerLayers& lower, OwnerStore owners) {
  const std::string digest = DigestOf(absl::StrCat(
      lower.id, owners == OwnerStore::kReal ? " real " : " recorded ",
      geteuid()));
  return std::string(DigestHex(digest));
}

absl::StatusOr<SnapshotAnswer> UseSnapshot(const SnapshotCache& cache,
                                           const LowerLayers& lower,
                                           OwnerStore owners,
                                           SandboxRootfs& rootfs) {
  const auto fill = [&](int fd) -> absl::Status {
    ABSL_RETURN_IF_ERROR(CheckLowerData(lower));
    return FillWithLayers(lower, {.fd = fd, .owners = owners}).status();
  };
  ABSL_ASSIGN_OR_RETURN(SnapshotAnswer answer,
                        cache.Get(SnapshotKey(lower, owners), owners, fill));
  if (!answer.snapshot.has_value()) return answer;
  rootfs.snapshot = answer.snapshot->directory();
  if (owners == OwnerStore::kRecorded) {
    rootfs.snapshot_special_owners = SpecialOwnersOf(lower.tree);
  }
  return answer;
}

}  // namespace rules_dockerfile
