#ifndef LIB_RUN_RUN_MOUNTS_H_
#define LIB_RUN_RUN_MOUNTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/plan/run_plan.h"
#include "lib/run/cache_mounts.h"
#include "lib/run/mount_source.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Host resources that a RUN may use, by id. They are not part of its layer.
struct RunHostAccess {
  std::map<std::string, std::string> secrets;  // id to file
  std::map<std::string, std::string> ssh;      // id to agent's socket
  // A directory with more secrets, each a file named by its id; "": none. Only
  // ids that are file names are looked up there.
  std::string secret_directory;
  // The absolute path of a program that is asked for all other secrets: see
  // AskSecretCommand(); "": none.
  std::string secret_command;
  // Where cache mounts are kept; if not set, they are empty at every run.
  std::optional<CacheMountStore> caches;
};

// The mounts of a RUN.
struct RunMounts {
  std::vector<SandboxMount> mounts;  // sorted by target
  std::vector<std::string> env;      // variables that they add
};

// The mounts of `plan` (Dockerfile reference, "RUN --mount"):
//  - bind: a copy of its source, read-only or not: changes are discarded;
//  - cache: an empty directory, or a copy of its source. It holds what an
//    earlier RUN left only with `host_access.caches`, so that no RUN depends on
//    one;
//  - tmpfs: an empty directory in memory;
//  - secret: a file, a variable or both; nothing if the RUN has no such secret,
//    NotFound `secret nope: not found` if it is required;
//  - ssh: the agent's socket,
// and the script of a here-document. The last one with the same target wins.
absl::StatusOr<RunMounts> MakeRunMounts(const RunPlan& plan,
                                        const MountSources& sources,
                                        const RunHostAccess& host_access);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_MOUNTS_H_
