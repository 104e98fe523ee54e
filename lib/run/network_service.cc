#include "lib/run/network_service.h"

#include <memory>
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

absl::StatusOr<ReplayService> MakeReplayService(const ReplayOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.lock));
  ABSL_ASSIGN_OR_RETURN(const NetworkLock lock, ParseNetworkLock(text));
  if (lock.runs.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", options.lock, "\" locks ", lock.runs.size(), " RUNs: want one"));
  }
  const auto read_blob =
      [blobs = options.blobs](
          const std::string& sha256) -> absl::StatusOr<std::string> {
    const auto found = blobs.find(sha256);
    if (found == blobs.end()) {
      return absl::NotFoundError(absl::StrCat("no blob ", sha256));
    }
    return ReadFile(found->second);
  };
  const auto replay = std::make_shared<Replay>(lock.runs[0], options.mirrors,
                                               read_blob, options.relock);
  return ReplayService{.proxy = {.answer =
                                     [replay](const ProxyRequest& request) {
                                       return replay->Answer(request);
                                     },
                                 .finish = nullptr},
                       .clock_start = lock.runs[0].recorded};
}

absl::StatusOr<ProxyService> MakeRecordService(RecordOptions options) {
  LockedRun run = {.stage = options.stage,
                   .instruction = {},
                   .recorded = absl::ToUnixSeconds(absl::Now()),
                   .requests = {}};
  ABSL_ASSIGN_OR_RETURN(run.instruction, ReadFile(options.instruction));
  const auto recorder = std::make_shared<Recorder>(std::move(options.mirrors),
                                                   std::move(options.fetch));
  const auto finish = [recorder, run = std::move(run),
                       path = options.lock_out]() mutable -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(run.requests, recorder->Requests());
    return WriteFile(path, NetworkLockToText({.runs = {run}}));
  };
  return ProxyService{.answer =
                          [recorder](const ProxyRequest& request) {
                            return recorder->Answer(request);
                          },
                      .finish = finish};
}

}  // namespace rules_dockerfile
