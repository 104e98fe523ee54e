#ifndef LIB_RUN_RUN_LAYER_H_
#define LIB_RUN_RUN_LAYER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/run/mount_source.h"
#include "lib/run/network_proxy.h"
#include "lib/run/run_mounts.h"
#include "lib/run/scratch.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What time a RUN sees.
enum class RunClock {
  kAuto,  // kFake where it cannot reach the network: its inputs are then all
          // that counts
  kReal,
  // One that hardly moves. It starts at the epoch (kDefaultTime if none is
  // set), or at the newest file below if that is younger: `configure` trusts no
  // clock that is behind its files.
  kFake,
};

inline constexpr int kDefaultProcessors = 4;

// The files of a RUN action: docs/design/0001_artifacts.md.
struct RunLayerOptions {
  std::string instruction;
  std::string state;
  // The build arguments that need no ARG: see RunPlanOptions.
  std::map<std::string, std::string> build_args;
  // The layers below, base first: layer tars and, of each, its index.
  std::vector<std::string> layers;
  std::vector<std::string> indexes;

  MountSources mounts;
  RunLoans loans;

  // A directory in which cache mounts stay from run to run, absolute; "": they
  // are empty at every run, and the layer depends on none.
  std::string cache_mounts;

  // Further lines of /etc/hosts.
  std::vector<HostAddress> hosts;

  // What a RUN without `--network=none` has.
  SandboxNetwork network = SandboxNetwork::kNone;
  std::optional<SandboxMode> mode;
  // Root may run the command without namespaces where there are none.
  bool weak_isolation = false;
  bool overlay = true;  // see SandboxSpec
  // Who answers on a network of nothing else; `network` does not count then.
  std::optional<ProxyService> proxy;
  RunClock clock = RunClock::kAuto;
  // Emulators of other machines, QEMU's, by the names that ChooseEmulator()
  // wants; one is used if the image is of another machine than this.
  std::vector<std::string> emulators;
  // The processors of the machine that a RUN sees where its inputs are all
  // that counts (a fake clock, a recording): SandboxSpec::processors.
  int processors = kDefaultProcessors;
  // What a RUN may use; no memory: DefaultRunMemory().
  SandboxLimits limits;
  // When set, the second at which a fake clock starts in place of that.
  std::optional<int64_t> clock_start;
  // Patterns, as those of .dockerignore, of files whose changes are not kept.
  std::vector<std::string> scrub;
  // Where the root directory is kept: in memory if it fits, else beside the
  // layer.
  ScratchFacts scratch = ReadScratchFacts();
  // A directory with the rootfs' of other runs, absolute; "": none. And what it
  // may hold, in bytes: SnapshotCache.
  std::string snapshot_cache;
  int64_t snapshot_cache_size = int64_t{4} << 30;
  // Tells on standard error how the sandbox was made, as it does in any case
  // when the command fails.
  bool verbose = false;
  // SOURCE_DATE_EPOCH: see LayerTimes::Of().
  std::optional<int64_t> epoch;
  // The command's environment has SOURCE_DATE_EPOCH, where the stage's has not.
  bool tells_epoch = true;

  std::string layer_out;
  std::string index_out;
  std::string step_out;
};

// Runs the instruction in the layers below, and writes what it changed as a
// layer. No output appears unless all could be made. Unavailable `process
// "/bin/sh -c false" did not complete successfully: exit code: 1` if the
// command fails; Unimplemented for `--security=insecure`, and `--device`.
absl::Status MakeRunLayer(const RunLayerOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_LAYER_H_
