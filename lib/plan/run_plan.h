#ifndef LIB_PLAN_RUN_PLAN_H_
#define LIB_PLAN_RUN_PLAN_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/plan/build_state.h"
#include "lib/plan/step_history.h"

namespace rules_dockerfile {

struct RunPlanOptions {
  // Build arguments. Only those that need no ARG matter here: the predefined
  // proxies and BUILDKIT_SANDBOX_HOSTNAME; declared ARGs are in the state.
  std::map<std::string, std::string> build_args;
};

// The directory in which the RUN sees a script (RunPlan::script), read-only and
// never part of the layer.
inline constexpr char kScriptDirectory[] = "/dev/pipes";

// A here-document that is run as a program.
struct RunScript {
  std::string path;  // absolute, in kScriptDirectory; mode 0755
  std::string content;

  friend bool operator==(const RunScript&, const RunScript&) = default;
};

// What a RUN executes.
struct RunPlan {
  std::vector<std::string> argv;
  // The environment without HOME: stage environment in order, then the
  // proxies that are not set in it, in both cases; PATH is always there.
  std::vector<std::string> env;
  std::string workdir;        // absolute; created 0755 as `user` if missing
  std::string user;           // as USER wrote it; "" is root
  std::string hostname;       // "" is the sandbox's own
  std::vector<Mount> mounts;  // expanded; where they appear: MountTarget()
  std::optional<RunScript> script;
  std::string network;   // "", "default", "none" or "host"
  std::string security;  // "", "sandbox" or "insecure"
  std::vector<std::string> devices;
  StepHistory history;  // of its step, which does not change the config
  std::vector<std::string> undefined;  // unset variables used by --mount

  friend bool operator==(const RunPlan&, const RunPlan&) = default;
};

// Plans the RUN instruction `text` (Dockerfile reference, "RUN"), which does
// not change the build state. InvalidArgument if it is not RUN, has no
// arguments (`RUN []`), or has an invalid mount; the messages are the
// frontend's.
absl::StatusOr<RunPlan> PlanRun(const InstructionText& text,
                                const BuildState& state,
                                const RunPlanOptions& options = {});

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_RUN_PLAN_H_
