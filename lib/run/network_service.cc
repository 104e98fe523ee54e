#include "lib/run/network_service.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/file.h"
#include "lib/network/network_lock.h"
#include "lib/network/replay.h"

namespace rules_dockerfile {

namespace {

// The one run of a lock file; one without requests if there is no file.
absl::StatusOr<LockedRun> ReadLockedRun(const std::string& path) {
  if (path.empty()) return LockedRun{};
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(NetworkLock lock, ParseNetworkLock(text));
  if (lock.runs.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", path, "\" locks ", lock.runs.size(), " RUNs, expected one"));
  }
  return std::move(lock.runs[0]);
}

// A run that asked for nothing has the time of any RUN without a network.
std::optional<int64_t> ClockStart(const LockedRun& run) {
  if (run.requests.empty()) return std::nullopt;
  return run.recorded;
}

}  // namespace

absl::StatusOr<ReplayService> MakeReplayService(const ReplayOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const LockedRun run, ReadLockedRun(options.lock));
  const auto read_blob =
      [blobs = options.blobs](
          const std::string& sha256) -> absl::StatusOr<std::string> {
    const auto found = blobs.find(sha256);
    if (found == blobs.end()) {
      return absl::NotFoundError(absl::StrCat("no blob ", sha256));
    }
    return ReadFile(found->second);
  };
  const auto replay = std::make_shared<Replay>(run, options.mirrors, read_blob,
                                               options.lock_command);
  return ReplayService{
      .proxy = {.answer =
                    [replay](const ProxyRequest& request) {
                      return replay->Answer(request);
                    },
                .finish = [replay]() -> absl::StatusOr<std::string> {
                  return replay->Refusals();
                }},
      .clock_start = ClockStart(run)};
}

absl::StatusOr<ProxyService> MakeRecordService(RecordOptions options) {
  LockedRun run = {.stage = options.stage,
                   .platform = options.platform,
                   .instruction = {},
                   .recorded = absl::ToUnixSeconds(absl::Now()),
                   .requests = {}};
  ABSL_ASSIGN_OR_RETURN(run.instruction, ReadFile(options.instruction));
  const auto recorder = std::make_shared<Recorder>(std::move(options.mirrors),
                                                   std::move(options.fetch));
  const auto finish =
      [recorder, run = std::move(run),
       path = options.lock_out]() mutable -> absl::StatusOr<std::string> {
    ABSL_ASSIGN_OR_RETURN(run.requests, recorder->Requests());
    ABSL_RETURN_IF_ERROR(
        WriteFile(path, NetworkLockToText({.files = {}, .runs = {run}})));
    return "";
  };
  return ProxyService{.answer =
                          [recorder](const ProxyRequest& request) {
                            return recorder->Answer(request);
                          },
                      .finish = finish};
}

}  // namespace rules_dockerfile
