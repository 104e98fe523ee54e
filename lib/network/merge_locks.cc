#include "lib/network/merge_locks.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace rules_dockerfile {
namespace {

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Of LockedRun or LockedFile: what is kept of the old and all that is new.
template <typename Locked>
std::vector<Locked> Merge(const std::vector<Locked>& old,
                          const std::vector<Locked>& recorded,
                          const RecordedScope& scope) {
  std::vector<Locked> merged;
  for (const Locked& locked : old) {
    if (!Has(scope.recorded, locked.stage) ||
        locked.platform != scope.platform) {
      merged.push_back(locked);
    }
  }
  merged.insert(merged.end(), recorded.begin(), recorded.end());
  std::erase_if(merged, [&](const Locked& locked) {
    return !Has(scope.stages, locked.stage);
  });
  std::ranges::stable_sort(merged, {}, [&](const Locked& locked) {
    return std::pair(std::ranges::find(scope.stages, locked.stage),
                     locked.platform);
  });
  return merged;
}

auto RequestKey(const LockedRequest& request) {
  return std::tie(request.url, request.method, request.body_sha256);
}

// Adds to `run` what `other` asked for and `run` did not.
void AddRequests(LockedRun& run, const LockedRun& other) {
  for (const LockedRequest& request : other.requests) {
    const auto known = [&](const LockedRequest& had) {
      return RequestKey(had) == RequestKey(request);
    };
    if (std::ranges::none_of(run.requests, known)) {
      run.requests.push_back(request);
    }
  }
  std::ranges::sort(run.requests, {}, RequestKey);
}

std::vector<LockedRun> Unite(const std::vector<LockedRun>& runs) {
  std::vector<LockedRun> united;
  for (const LockedRun& run : runs) {
    const auto same = std::ranges::find_if(united, [&](const LockedRun& had) {
      return had.stage == run.stage && had.platform == run.platform &&
             had.instruction == run.instruction;
    });
    if (same != united.end()) {
      AddRequests(*same, run);
    } else if (!run.requests.empty()) {
      united.push_back(run);
    }
  }
  return united;
}

}  // namespace

NetworkLock MergeNetworkLocks(const NetworkLock& old,
                              const NetworkLock& recorded,
                              const RecordedScope& scope) {
  return {.registries = old.registries,
          .images = old.images,
          .signatures = old.signatures,
          .files = Merge(old.files, recorded.files, scope),
          .runs = Merge(old.runs, Unite(recorded.runs), scope)};
}

}  // namespace rules_dockerfile
