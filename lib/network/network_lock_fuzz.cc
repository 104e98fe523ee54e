#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/network/merge_locks.h"
#include "lib/network/network_lock.h"

namespace rules_dockerfile {
namespace {

// Any bytes are a lock, which is the same when it is written and read again, or
// an error.
void ParsesAnyLock(absl::string_view text) {
  const absl::StatusOr<NetworkLock> lock = ParseNetworkLock(text);
  if (!lock.ok()) return;
  const std::string written = NetworkLockToText(*lock);
  const absl::StatusOr<NetworkLock> again = ParseNetworkLock(written);
  ABSL_CHECK_OK(again) << written;
  ABSL_CHECK(*again == *lock) << written;
}

// To record the same once more changes nothing.
void MergesAnyLock(absl::string_view text) {
  const absl::StatusOr<NetworkLock> lock = ParseNetworkLock(text);
  if (!lock.ok()) return;
  RecordedScope scope;
  for (const LockedRun& run : lock->runs) {
    scope.stages.push_back(run.stage);
    scope.platform = run.platform;
  }
  scope.recorded = scope.stages;
  const NetworkLock merged = MergeNetworkLocks({}, *lock, scope);
  ABSL_CHECK(MergeNetworkLocks({}, merged, scope) == merged);
  const absl::StatusOr<NetworkLock> read =
      ParseNetworkLock(NetworkLockToText(merged));
  ABSL_CHECK_OK(read);
  ABSL_CHECK(*read == merged);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::ParsesAnyLock(text);
  rules_dockerfile::MergesAnyLock(text);
  return 0;
}
