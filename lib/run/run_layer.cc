#include "lib/run/run_layer.h"

#include <string.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_times.h"
#include "lib/pattern/ignore.h"
#include "lib/plan/build_state.h"
#include "lib/plan/run_plan.h"
#include "lib/plan/step.h"
#include "lib/run/changed_layer.h"
#include "lib/run/emulator.h"
#include "lib/run/lower_layers.h"
#include "lib/run/lower_snapshot.h"
#include "lib/run/network_proxy.h"
#include "lib/run/run_memory.h"
#include "lib/run/run_mounts.h"
#include "lib/run/run_sandbox.h"
#include "lib/run/scratch.h"
#include "lib/run/snapshot_cache.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/sandbox.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// 2100-01-01: a file that claims to be younger says nothing about the time.
constexpr int64_t kEndOfTime = 4102444800;

struct PlannedRun {
  RunPlan plan;
  std::string platform;  // of the image
};

absl::StatusOr<PlannedRun> ReadPlan(const RunLayerOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.instruction));
  ABSL_ASSIGN_OR_RETURN(const InstructionText instruction,
                        ParseInstructionText(text));
  ABSL_ASSIGN_OR_RETURN(const std::string json, ReadFile(options.state));
  ABSL_ASSIGN_OR_RETURN(const BuildState state, ParseBuildState(json));
  ABSL_ASSIGN_OR_RETURN(
      RunPlan plan,
      PlanRun(instruction, state, {.build_args = options.build_args}));
  return PlannedRun{.plan = std::move(plan), .platform = state.platform};
}

constexpr absl::string_view kEpochVariable = "SOURCE_DATE_EPOCH";

bool Sets(const std::vector<std::string>& env, absl::string_view name) {
  return std::any_of(env.begin(), env.end(), [name](absl::string_view entry) {
    return absl::ConsumePrefix(&entry, name) && absl::StartsWith(entry, "=");
  });
}

std::vector<std::string> EnvWithHome(const RunPlan& plan, const UserIds& user) {
  std::vector<std::string> env = plan.env;
  if (!Sets(env, "HOME")) env.push_back(absl::StrCat("HOME=", user.home));
  return env;
}

absl::StatusOr<SandboxNetwork> Network(const RunLayerOptions& options,
                                       const RunPlan& plan) {
  if (plan.network == "none") return SandboxNetwork::kNone;
  if (plan.network == "host" && options.network != SandboxNetwork::kHost) {
    return absl::PermissionDeniedError(
        "RUN --network=host needs a build that allows the host's network");
  }
  return options.network;
}

bool SeesFakeClock(const RunLayerOptions& options, SandboxNetwork network) {
  switch (options.clock) {
    case RunClock::kReal:
      return false;
    case RunClock::kFake:
      return true;
    case RunClock::kAuto:
      return network == SandboxNetwork::kNone && !options.proxy.has_value();
  }
  return false;
}

// The time of a RUN above `tree`, as far as its inputs tell: the epoch, or the
// latest mtime of those that make sense.
int64_t TimeAbove(const FileTree& tree, std::optional<int64_t> epoch) {
  int64_t time = LayerTimes::Of(epoch).now;
  for (const auto& [path, node] : tree.nodes()) {
    if (node.mtime < kEndOfTime) time = std::max(time, node.mtime);
  }
  return time;
}

absl::Status CheckSupported(const RunPlan& plan) {
  if (plan.security == "insecure") {
    return absl::UnimplementedError("RUN --security=insecure is not supported");
  }
  if (!plan.devices.empty()) {
    return absl::UnimplementedError("RUN --device is not supported");
  }
  return absl::OkStatus();
}

absl::StatusOr<SandboxSpec> MakeSpec(const RunLayerOptions& options,
                                     const RunPlan& plan,
                                     const LowerLayers& lower, int64_t now,
                                     SandboxMode mode) {
  ABSL_RETURN_IF_ERROR(CheckSupported(plan));
  SandboxSpec spec;
  ABSL_ASSIGN_OR_RETURN(spec.user,
                        ResolveUser(plan.user, lower.tree.passwd().value_or(""),
                                    lower.tree.group().value_or("")));
  spec.argv = plan.argv;
  spec.env = EnvWithHome(plan, spec.user);
  spec.cwd = plan.workdir;
  if (!plan.hostname.empty()) spec.hostname = plan.hostname;
  spec.hosts = options.hosts;
  ABSL_ASSIGN_OR_RETURN(spec.network, Network(options, plan));
  RunLoans loans = options.loans;
  if (!options.cache_mounts.empty()) {
    loans.caches = {.directory = options.cache_mounts,
                    .owners = OwnersOf(mode)};
  }
  ABSL_ASSIGN_OR_RETURN(RunMounts mounts,
                        MakeRunMounts(plan, options.mounts, loans));
  spec.mounts = std::move(mounts.mounts);
  spec.env.insert(spec.env.end(), mounts.env.begin(), mounts.env.end());
  spec.mode = mode;
  spec.overlay = options.overlay;
  spec.limits = options.limits;
  if (spec.limits.memory <= 0) spec.limits.memory = DefaultRunMemory();
  if (SeesFakeClock(options, spec.network)) {
    spec.clock_start = options.clock_start.value_or(now);
  }
  if (options.tells_epoch && !Sets(spec.env, kEpochVariable)) {
    spec.env.push_back(
        absl::StrCat(kEpochVariable, "=", spec.clock_start.value_or(now)));
  }
  // What is recorded is replayed with a fake clock.
  if (spec.clock_start.has_value() || options.proxy.has_value()) {
    spec.processors = options.processors;
  }
  spec.fill_root = [&lower](const DirectoryToFill& directory) {
    return FillWithLayers(lower, directory);
  };
  return spec;
}

// What to do about the network that a RUN missed.
std::string NetworkHint(const RunPlan& plan) {
  if (plan.network == "none") {
    return "\nhint: it tried to use a network: --network=none gives it none";
  }
  return "\nhint: it tried to use a network and has none: set network = "
         "\"locked\" in its dockerfile_image, and record what it fetches with "
         "`bazel run` of the image's target .lock";
}

// A chown(2) that other modes can do, in coreutils' words.
bool WantsAnUnmappedId(const SandboxResult& result) {
  return result.mode == SandboxMode::kMapped &&
         absl::StrContains(result.output_tail, "Invalid argument");
}

// Which limit ended the command, as a line of its own; "" if none did.
std::string LimitNote(const SandboxLimits& limits, ExceededLimit exceeded) {
  switch (exceeded) {
    case ExceededLimit::kNone:
      return "";
    case ExceededLimit::kMemory:
      return absl::StrCat("\n", OutOfMemoryNote(limits.memory));
    case ExceededLimit::kProcesses:
      return absl::StrCat("\n", TooManyProcessesNote(limits.processes));
  }
  return "";
}

// What went wrong in the command, in BuildKit's words.
absl::Status CommandError(const PlannedRun& run, const SandboxSpec& spec,
                          const std::string& network_note,
                          const SandboxChoice& choice,
                          const SandboxResult& result) {
  std::string why;
  if (!result.start_error.empty()) {
    why = result.start_error;
  } else if (result.signal != 0) {
    why = absl::StrCat("exit code: ", 128 + result.signal, " (",
                       strsignal(result.signal), ")");
  } else {
    why = absl::StrCat("exit code: ", result.exit_code);
  }
  if (absl::EndsWith(result.start_error, "exec format error")) {
    absl::StrAppend(&why, EmulatorHint(run.platform, ThisMachine()));
  }
  absl::StrAppend(&why, LimitNote(spec.limits, result.exceeded));
  if (!network_note.empty()) {
    absl::StrAppend(&why, "\n", network_note);
  } else if (result.missed_network) {
    absl::StrAppend(&why, NetworkHint(run.plan));
  }
  if (WantsAnUnmappedId(result)) {
    absl::StrAppend(&why, "\nIt may want an owner that is not mapped (",
                    choice.why,
                    "): Bazel's sandbox, where ids are emulated, has all.");
  }
  return absl::UnavailableError(
      absl::StrCat("process \"", absl::StrJoin(run.plan.argv, " "),
                   "\" did not complete successfully: ", why));
}

void WarnOfWeakIsolation(const SandboxChoice& choice) {
  std::cerr << "warning: nothing but chroot isolates this RUN (" << choice.why
            << "): it sees this machine's processes and network, and may do to "
               "them what root may\n";
}

void Tell(const SandboxChoice& choice, const SandboxResult& result,
          absl::string_view snapshot) {
  std::cerr << "sandbox: " << SandboxModeName(choice.mode) << " ids ("
            << choice.why << ")"
            << (result.overlay ? ", overlay" : ", private copy (no overlay)");
  if (!snapshot.empty()) {
    std::cerr << ", snapshot " << snapshot
              << (result.snapshot ? " and used" : "");
  }
  std::cerr << "\n";
}

}  // namespace

absl::Status MakeRunLayer(const RunLayerOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const PlannedRun run, ReadPlan(options));
  const RunPlan& plan = run.plan;
  const std::optional<SandboxEmulator> emulator =
      ChooseEmulator(run.platform, ThisMachine(), options.emulators);
  ABSL_ASSIGN_OR_RETURN(const LowerLayers lower,
                        ReadLowerLayers(options.layers, options.indexes));
  ABSL_ASSIGN_OR_RETURN(
      const SandboxChoice choice,
      ChooseRunSandbox(options.mode, lower.tree,
                       {.emulator = emulator.has_value(),
                        .keeps_files = !options.cache_mounts.empty() ||
                                       !options.snapshot_cache.empty(),
                        .weak_isolation = options.weak_isolation}));
  const int64_t now = TimeAbove(lower.tree, options.epoch);
  const bool isolated = choice.mode != SandboxMode::kChroot;
  if (!isolated) WarnOfWeakIsolation(choice);
  ABSL_ASSIGN_OR_RETURN(SandboxSpec spec,
                        MakeSpec(options, plan, lower, now, choice.mode));
  spec.emulator = emulator;
  std::optional<NetworkProxy> proxy;
  if (options.proxy.has_value() && plan.network != "none") {
    ABSL_ASSIGN_OR_RETURN(NetworkProxy started,
                          NetworkProxy::Start(*options.proxy));
    proxy.emplace(std::move(started)).AddTo(spec);
  }
  ABSL_ASSIGN_OR_RETURN(OutputFile layer,
                        OutputFile::Create(options.layer_out));
  ABSL_ASSIGN_OR_RETURN(OutputFile index,
                        OutputFile::Create(options.index_out));
  ABSL_ASSIGN_OR_RETURN(OutputFile step, OutputFile::Create(options.step_out));
  ABSL_ASSIGN_OR_RETURN(
      const ScratchDirectory scratch,
      ScratchDirectory::Create(absl::StrCat(options.layer_out, ".root"),
                               lower.tree,
                               isolated ? options.scratch : ScratchFacts()));
  spec.scratch_directory = scratch.path();
  SnapshotAnswer snapshot;
  if (!options.snapshot_cache.empty() && options.overlay && isolated) {
    ABSL_ASSIGN_OR_RETURN(
        snapshot, UseSnapshot(SnapshotCache(options.snapshot_cache,
                                            options.snapshot_cache_size),
                              lower, spec));
  }
  ABSL_ASSIGN_OR_RETURN(const IgnorePatterns scrub,
                        IgnorePatterns::FromList(options.scrub));
  ChangedTimes times = {
      .layer = {.now = now, .latest = LayerTimes::Of(options.epoch).latest}};
  clock_gettime(CLOCK_REALTIME, &times.start.emplace());
  spec.collect = [&](const SandboxFiles& files) {
    return WriteChangedLayer(lower, files, scrub, times, layer);
  };
  ABSL_ASSIGN_OR_RETURN(const SandboxResult result, RunInSandbox(spec));
  if (options.verbose || !result.succeeded())
    Tell(choice, result, snapshot.note);
  absl::StatusOr<std::string> network = "";
  if (proxy.has_value()) {
    network = proxy->Finish();
  } else if (options.proxy.has_value()) {
    network = options.proxy->finish();
  }
  if (!result.succeeded()) {
    return CommandError(run, spec, network.value_or(""), choice, result);
  }
  ABSL_RETURN_IF_ERROR(network.status());
  if (!network->empty()) PrintMessage(absl::StrCat(*network, "\n"));
  ABSL_RETURN_IF_ERROR(index.Append(result.collected));
  ABSL_RETURN_IF_ERROR(step.Append(StepToJson(plan.step)));
  ABSL_RETURN_IF_ERROR(layer.Commit());
  ABSL_RETURN_IF_ERROR(index.Commit());
  return step.Commit();
}

}  // namespace rules_dockerfile
