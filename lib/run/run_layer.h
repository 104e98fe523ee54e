#ifndef LIB_RUN_RUN_LAYER_H_
#define LIB_RUN_RUN_LAYER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/run/kept_trees.h"
#include "lib/run/layer_store.h"
#include "lib/run/mount_source.h"
#include "lib/run/network_proxy.h"
#include "lib/run/run_mounts.h"
#include "lib/run/scratch.h"
#include "lib/run/stack_part.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The clock that a RUN sees.
enum class RunClock {
  kAuto,  // kFake if it cannot reach the network: its result then depends on
          // its inputs only
  kReal,
  // One that hardly moves. It starts at the epoch (kDefaultTime if none is
  // set), or at the newest file below if that is later: `configure` rejects a
  // clock that is behind its files.
  kFake,
};

inline constexpr int kDefaultProcessors = 4;

// The files of a RUN action: docs/design/0001_artifacts.md.
struct RunLayerOptions {
  std::string instruction;
  std::string state;
  // Build arguments that require no ARG: see RunPlanOptions.
  std::map<std::string, std::string> build_args;
  // The layers below, base first: layer tars and, of each, its index.
  std::vector<std::string> layers;
  std::vector<std::string> indexes;

  MountSources mounts;
  RunHostAccess host_access;

  // A directory that keeps cache mounts from run to run, absolute; "": they are
  // empty at every run, and no layer depends on them.
  std::string cache_mounts;

  // Further lines of /etc/hosts.
  std::vector<HostAddress> hosts;

  // The network of a RUN without `--network=none`.
  SandboxNetwork network = SandboxNetwork::kNone;
  std::optional<SandboxMode> mode;
  // Allow root to run the command without namespaces if they are not available.
  bool weak_isolation = false;
  // Called before such a command starts; if unset, that is the first note.
  std::function<void(absl::string_view warning)> warn;
  bool overlay = true;  // see SandboxSpec
  // When set, the only server that the RUN can reach; `network` is then
  // ignored.
  std::optional<ProxyService> proxy;
  RunClock clock = RunClock::kAuto;
  // QEMU's emulators, named as ChooseEmulator() expects; one is used if the
  // image is of a foreign architecture.
  std::vector<std::string> emulators;
  // The processors that a RUN with a fake clock, or a recorded one, sees:
  // SandboxView::processors.
  int processors = kDefaultProcessors;
  // Limits of a RUN; without a memory limit: DefaultRunMemory().
  SandboxLimits limits;
  // When set, the second at which a fake clock starts instead.
  std::optional<int64_t> clock_start;
  // Patterns, as in .dockerignore, of files whose changes are discarded.
  std::vector<std::string> scrub;
  // Decides where the root directory is: in memory if it fits, else beside the
  // layer.
  ScratchFacts scratch = ReadScratchFacts();
  // If set, keeps the layers below from run to run, in memory, if it keeps
  // owners as the sandbox does; those whose digests are known. Must outlive the
  // run.
  const LayerStore* store = nullptr;
  int64_t store_limit = 0;  // in bytes: LayerStore::Add()
  FileDigests digests;      // of `layers` and `indexes`
  // The trees of layers in the store that need not be read again.
  const KeptTrees* trees = nullptr;
  // If set, called with the notes of a RUN that succeeded, of which the result
  // has none then, when all outputs are there and all processes of the command
  // have ended. What was in memory for it is removed after that. Not called if
  // there is more to remove.
  std::function<void(const std::vector<std::string>& notes)> done;
  // Note how the sandbox was created, as is always done when the command fails.
  bool verbose = false;
  // SOURCE_DATE_EPOCH: see LayerTimes::Of().
  std::optional<int64_t> epoch;
  // Set SOURCE_DATE_EPOCH in the command's environment unless the stage does.
  bool sets_epoch = true;

  std::string layer_out;
  std::string index_out;
  std::string step_out;
};

struct RunLayerResult {
  absl::Status status;
  // Lines for the user, in order, also when the RUN failed: warnings, how the
  // sandbox was created, what a proxy reports.
  std::vector<std::string> notes;
};

// Runs the instruction in the layers below, and writes what it changed as a
// layer. No output appears unless all could be written. Aborted `process
// "/bin/sh -c false" did not complete successfully: exit code: 1` if the
// command fails; Unimplemented for `--security=insecure` and `--device`.
RunLayerResult MakeRunLayer(const RunLayerOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_LAYER_H_
