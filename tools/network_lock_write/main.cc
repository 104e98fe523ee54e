#include <filesystem>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/network/merge_locks.h"
#include "lib/network/network_lock.h"

ABSL_FLAG(std::string, lock, "", "lock file to update");
RULES_DOCKERFILE_REPEATED_FLAG(
    stage, "stage of the Dockerfile; all of them, in order");
RULES_DOCKERFILE_REPEATED_FLAG(recorded_stage, "stage that was recorded");
ABSL_FLAG(std::string, platform, "", "platform of the recorded image");
RULES_DOCKERFILE_REPEATED_FLAG(record, "lock file of one instruction");

namespace rules_dockerfile {
namespace {

absl::StatusOr<NetworkLock> ReadLock(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<NetworkLock> lock = ParseNetworkLock(text);
  if (lock.ok()) return lock;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", path, "\": ", lock.status().message()));
}

// "app/Dockerfile.lock: 1 file of ADD, 2 RUNs with 9 requests".
std::string Summary(const std::string& path, const NetworkLock& lock) {
  size_t requests = 0;
  for (const LockedRun& run : lock.runs) requests += run.requests.size();
  return absl::StrCat(path, ": ", lock.files.size(), " files of ADD, ",
                      lock.runs.size(), " RUNs with ", requests, " requests\n");
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_lock));
  RecordedScope scope = {.stages = FLAGS_stage_values(),
                         .recorded = FLAGS_recorded_stage_values(),
                         .platform = {}};
  ABSL_ASSIGN_OR_RETURN(scope.platform, RequiredFlag(FLAGS_platform));
  NetworkLock old;
  if (std::filesystem::exists(path)) {
    ABSL_ASSIGN_OR_RETURN(old, ReadLock(path));
  }
  NetworkLock recorded;
  for (const std::string& file : FLAGS_record_values()) {
    ABSL_ASSIGN_OR_RETURN(const NetworkLock record, ReadLock(file));
    recorded.files.insert(recorded.files.end(), record.files.begin(),
                          record.files.end());
    recorded.runs.insert(recorded.runs.end(), record.runs.begin(),
                         record.runs.end());
  }
  const NetworkLock lock = MergeNetworkLocks(old, recorded, scope);
  ABSL_RETURN_IF_ERROR(WriteFile(path, NetworkLockToText(lock)));
  std::cout << Summary(path, lock);
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "network_lock_write",
      "Updates the lock of a Dockerfile with recorded RUNs and ADDs.", argc,
      argv, rules_dockerfile::Run);
}
