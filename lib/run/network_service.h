#ifndef LIB_RUN_NETWORK_SERVICE_H_
#define LIB_RUN_NETWORK_SERVICE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/network/mirrors.h"
#include "lib/network/recorder.h"
#include "lib/run/network_proxy.h"

namespace rules_dockerfile {

// The files of a RUN whose network is locked.
struct ReplayOptions {
  // A NetworkLock with one run; "" for a RUN without requests.
  std::string lock;
  std::map<std::string, std::string> blobs;  // file by SHA-256 (hex)
  Mirrors mirrors;
  std::string lock_command;  // the command that writes the lock again
};

// A RUN that is answered with a recording, at the time of the recording.
struct ReplayService {
  ProxyService proxy;
  std::optional<int64_t> clock_start;  // seconds since the Unix epoch
};

// InvalidArgument if the lock has not exactly one run.
absl::StatusOr<ReplayService> MakeReplayService(const ReplayOptions& options);

struct RecordOptions {
  std::string stage;        // LockedRun::stage
  std::string platform;     // LockedRun::platform
  std::string instruction;  // file with LockedRun::instruction
  std::string lock_out;     // written with a NetworkLock of one run
  Mirrors mirrors;
  ProxyFetcher fetch;
};

// A RUN that reaches the real servers, and whose lock is written at its end.
absl::StatusOr<ProxyService> MakeRecordService(RecordOptions options);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_NETWORK_SERVICE_H_
