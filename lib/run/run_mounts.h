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

// What the builder lends to a RUN, by id; no part of what it makes.
struct RunLoans {
  std::map<std::string, std::string> secrets;  // id to file
  std::map<std::string, std::string> ssh;      // id to agent's socket
  // A directory with more secrets, each a file named by its id; "": none. No
  // other id than a file name is looked for there.
  std::string secret_directory;
  // A program that is asked for secrets that are in neither, absolute: see
  // AskSecretCommand(); "": none.
  std::string secret_command;
  // Where cache mounts stay; if none, they are empty at every run.
  std::optional<CacheMountStore> caches;
};

// What a RUN's mounts come to.
struct RunMounts {
  std::vector<SandboxMount> mounts;  // sorted by target
  std::vector<std::string> env;      // what they add to the environment
};

// The mounts of `plan` (Dockerfile reference, "RUN --mount"):
//  - bind: a copy of what it names, read-only or not: nothing written lasts;
//  - cache: an empty directory, or a copy of what it names. It holds what an
//    earlier RUN left only with `loans.caches`, so that no RUN depends on one;
//  - tmpfs: an empty directory in memory;
//  - secret: a file, a variable or both; none if it is not lent, NotFound
//    `secret nope: not found` if it is required;
//  - ssh: the agent's socket.
// and the script of a here-document. Of several with one target the last wins.
absl::StatusOr<RunMounts> MakeRunMounts(const RunPlan& plan,
                                        const MountSources& sources,
                                        const RunLoans& loans);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_MOUNTS_H_
