#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/network/merge_locks.h"
#include "lib/network/network_lock.h"

ABSL_FLAG(std::string, lock, "", "lock file to update");
ABSL_FLAG(std::string, name, "",
          "name of the lock in messages; default: its path");
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

std::string Counted(size_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

// "app/Dockerfile.lock: recorded 1 ADD, 2 RUNs with 9 requests": all that the
// lock now has.
std::string Summary(const std::string& name, const NetworkLock& lock) {
  size_t requests = 0;
  for (const LockedRun& run : lock.runs) requests += run.requests.size();
  std::vector<std::string> parts;
  if (!lock.files.empty()) parts.push_back(Counted(lock.files.size(), "ADD"));
  if (!lock.runs.empty()) {
    parts.push_back(absl::StrCat(Counted(lock.runs.size(), "RUN"), " with ",
                                 Counted(requests, "request")));
  }
  return absl::StrCat(name, ": recorded ",
                      parts.empty() ? "nothing" : absl::StrJoin(parts, ", "),
                      "\n");
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
  const std::string name = absl::GetFlag(FLAGS_name);
  std::cout << Summary(name.empty() ? path : name, lock);
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
