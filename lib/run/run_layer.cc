#include "lib/run/run_layer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_times.h"
#include "lib/pattern/ignore.h"
#include "lib/plan/read_instruction.h"
#include "lib/plan/run_plan.h"
#include "lib/plan/step.h"
#include "lib/run/changed_layer.h"
#include "lib/run/emulator.h"
#include "lib/run/lower_layers.h"
#include "lib/run/network_proxy.h"
#include "lib/run/run_memory.h"
#include "lib/run/run_mounts.h"
#include "lib/run/run_report.h"
#include "lib/run/run_sandbox.h"
#include "lib/run/scratch.h"
#include "lib/run/stacked_rootfs.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/sandbox.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// 2100-01-01: a later time of a file is not taken as the time.
constexpr int64_t kEndOfTime = 4102444800;

struct PlannedRun {
  RunPlan plan;
  std::string platform;  // of the image
};

absl::StatusOr<PlannedRun> ReadPlan(const RunLayerOptions& options) {
  ABSL_ASSIGN_OR_RETURN(InstructionInput input,
                        ReadInstruction(options.instruction, options.state));
  ABSL_ASSIGN_OR_RETURN(
      RunPlan plan,
      PlanRun(input.text, input.state, {.build_args = options.build_args}));
  return PlannedRun{.plan = std::move(plan),
                    .platform = std::move(input.state.platform)};
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
        "RUN --network=host requires network = \"host\" on dockerfile_image");
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

// The time of a RUN above `tree`, according to its inputs: the epoch, or the
// latest plausible mtime.
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

// The emulator that the image's programs need on this host, if any.
std::optional<SandboxEmulator> Emulator(const RunLayerOptions& options,
                                        const PlannedRun& run) {
  return ChooseEmulator(run.platform, ThisMachine(), options.emulators);
}

absl::StatusOr<SandboxCommand> MakeCommand(const RunPlan& plan,
                                           const LowerLayers& lower) {
  SandboxCommand command = {.argv = plan.argv, .cwd = plan.workdir};
  ABSL_ASSIGN_OR_RETURN(const std::string passwd,
                        NameDatabase(lower, "etc/passwd"));
  ABSL_ASSIGN_OR_RETURN(const std::string group,
                        NameDatabase(lower, "etc/group"));
  ABSL_ASSIGN_OR_RETURN(command.user, ResolveUser(plan.user, passwd, group));
  command.env = EnvWithHome(plan, command.user);
  return command;
}

// Adds the mounts to the view, and their variables to the command.
absl::Status AddMounts(const RunLayerOptions& options, const RunPlan& plan,
                       SandboxMode mode, SandboxSpec& spec) {
  RunHostAccess host_access = options.host_access;
  if (!options.cache_mounts.empty()) {
    host_access.caches = {.directory = options.cache_mounts,
                          .owners = OwnersOf(mode)};
  }
  ABSL_ASSIGN_OR_RETURN(RunMounts mounts,
                        MakeRunMounts(plan, options.mounts, host_access));
  spec.view.mounts = std::move(mounts.mounts);
  spec.command.env.insert(spec.command.env.end(), mounts.env.begin(),
                          mounts.env.end());
  return absl::OkStatus();
}

// `now` is the time for which a fake clock and SOURCE_DATE_EPOCH are set.
void SetTime(const RunLayerOptions& options, int64_t now, SandboxSpec& spec) {
  if (SeesFakeClock(options, spec.view.network)) {
    spec.view.clock_start = options.clock_start.value_or(now);
  }
  if (options.sets_epoch && !Sets(spec.command.env, kEpochVariable)) {
    spec.command.env.push_back(
        absl::StrCat(kEpochVariable, "=", spec.view.clock_start.value_or(now)));
  }
  // What is recorded is replayed with a fake clock.
  if (spec.view.clock_start.has_value() || options.proxy.has_value()) {
    spec.view.processors = options.processors;
  }
}

absl::StatusOr<SandboxSpec> MakeSpec(const RunLayerOptions& options,
                                     const PlannedRun& run,
                                     const LowerLayers& lower, int64_t now,
                                     SandboxMode mode) {
  const RunPlan& plan = run.plan;
  ABSL_RETURN_IF_ERROR(CheckSupported(plan));
  SandboxSpec spec;
  ABSL_ASSIGN_OR_RETURN(spec.command, MakeCommand(plan, lower));
  if (!plan.hostname.empty()) spec.view.hostname = plan.hostname;
  spec.view.hosts = options.hosts;
  ABSL_ASSIGN_OR_RETURN(spec.view.network, Network(options, plan));
  ABSL_RETURN_IF_ERROR(AddMounts(options, plan, mode, spec));
  spec.mode = mode;
  spec.rootfs.overlay = options.overlay;
  spec.limits = options.limits;
  if (spec.limits.memory <= 0) spec.limits.memory = DefaultRunMemory();
  SetTime(options, now, spec);
  spec.rootfs.fill = [&lower](const DirectoryToFill& directory) {
    return FillWithLayers(lower, directory);
  };
  spec.view.emulator = Emulator(options, run);
  return spec;
}

// A sandbox that is ready to run the command.
struct PreparedRun {
  SandboxChoice choice;
  std::optional<NetworkProxy> proxy;
  ScratchDirectory scratch;
  std::string lower_note;  // how the layers below were found
  SandboxSpec spec;
};

// `rootfs` must outlive the result.
absl::StatusOr<PreparedRun> PrepareRun(const RunLayerOptions& options,
                                       const PlannedRun& run,
                                       StackedRootfs& rootfs,
                                       const SandboxChoice& choice,
                                       int64_t now) {
  const LowerLayers& lower = rootfs.lower();
  ABSL_ASSIGN_OR_RETURN(SandboxSpec spec,
                        MakeSpec(options, run, lower, now, choice.mode));
  std::optional<NetworkProxy> proxy;
  if (options.proxy.has_value() && run.plan.network != "none") {
    ABSL_ASSIGN_OR_RETURN(NetworkProxy started,
                          NetworkProxy::Start(*options.proxy));
    proxy.emplace(std::move(started)).AddTo(spec);
  }
  const bool isolated = choice.mode != SandboxMode::kChroot;
  ScratchFacts facts = isolated ? options.scratch : ScratchFacts();
  // It need not be there twice.
  facts.available_memory += rootfs.StoredBytes(OwnersOf(choice.mode));
  ABSL_ASSIGN_OR_RETURN(
      ScratchDirectory scratch,
      ScratchDirectory::Create(absl::StrCat(options.layer_out, ".root"),
                               lower.tree, facts));
  spec.rootfs.scratch_directory = scratch.path();
  std::string note;
  if (options.overlay && isolated) {
    ABSL_ASSIGN_OR_RETURN(note, rootfs.AddTo(spec.rootfs, OwnersOf(choice.mode),
                                             options.scratch));
  }
  return PreparedRun{choice, std::move(proxy), std::move(scratch),
                     std::move(note), std::move(spec)};
}

// The store for the layers below, if they may be kept. Emulators need emulated
// ids.
LayerStoreUse StoreFor(const RunLayerOptions& options, const PlannedRun& run) {
  const bool may_be_kept =
      options.overlay && !Emulator(options, run).has_value();
  return {.store = may_be_kept ? options.store : nullptr,
          .limit = options.store_limit,
          .digests = options.digests,
          .trees = options.trees};
}

absl::StatusOr<SandboxChoice> ChooseSandbox(const RunLayerOptions& options,
                                            const PlannedRun& run,
                                            const LowerLayers& lower) {
  return ChooseRunSandbox(options.mode, lower.tree,
                          {.emulator = Emulator(options, run).has_value(),
                           .keeps_files = !options.cache_mounts.empty(),
                           .weak_isolation = options.weak_isolation});
}

// The files that a RUN writes: all of them appear, or none.
struct RunOutputs {
  OutputFile layer;
  OutputFile index;
  OutputFile step;
};

absl::StatusOr<RunOutputs> CreateOutputs(const RunLayerOptions& options) {
  ABSL_ASSIGN_OR_RETURN(OutputFile layer,
                        OutputFile::Create(options.layer_out));
  ABSL_ASSIGN_OR_RETURN(OutputFile index,
                        OutputFile::Create(options.index_out));
  ABSL_ASSIGN_OR_RETURN(OutputFile step, OutputFile::Create(options.step_out));
  return RunOutputs{std::move(layer), std::move(index), std::move(step)};
}

// Runs the command, which writes what it changed to `outputs.layer`.
absl::StatusOr<SandboxResult> Run(const RunLayerOptions& options,
                                  const LowerLayers& lower, int64_t now,
                                  PreparedRun& prepared, RunOutputs& outputs,
                                  SandboxRest& rest) {
  ABSL_ASSIGN_OR_RETURN(const IgnorePatterns scrub,
                        IgnorePatterns::FromList(options.scrub));
  ChangedTimes times = {
      .start = FileTime(),
      .layer = {.now = now, .latest = LayerTimes::Of(options.epoch).latest}};
  const LayerPlace place = LayerPlace::Of(options.layer_out);
  prepared.spec.collect.function = [&](const SandboxFiles& files) {
    return WriteChangedLayer(lower, files, scrub, times, place, outputs.layer);
  };
  return RunInSandbox(prepared.spec, &rest);
}

absl::StatusOr<std::string> FinishNetwork(
    const std::optional<ProxyService>& service,
    std::optional<NetworkProxy>& proxy) {
  if (proxy.has_value()) return proxy->Finish();
  if (service.has_value()) return service->finish();
  return "";
}

absl::Status Write(const SandboxResult& result, const RunPlan& plan,
                   RunOutputs outputs) {
  ABSL_RETURN_IF_ERROR(outputs.index.Append(result.collected));
  ABSL_RETURN_IF_ERROR(
      outputs.step.Append(StepToJson({.history = plan.history})));
  ABSL_RETURN_IF_ERROR(outputs.layer.Commit());
  ABSL_RETURN_IF_ERROR(outputs.index.Commit());
  return outputs.step.Commit();
}

// Prints the warning before the command starts, if that is possible.
void Warn(const RunLayerOptions& options, std::string warning,
          std::vector<std::string>& notes) {
  if (options.warn) {
    options.warn(warning);
  } else {
    notes.push_back(std::move(warning));
  }
}

// Calls options.done() if nothing is left of a RUN but its processes and
// memory. Mounts may have files on disk, and where memory is short the next RUN
// needs that of this one.
void TellDone(const RunLayerOptions& options, const PreparedRun& run,
              StackedRootfs& rootfs, std::vector<std::string>& notes) {
  if (!options.done || !run.scratch.path().empty() ||
      !run.spec.view.mounts.empty() || options.proxy.has_value() ||
      rootfs.IsShort()) {
    return;
  }
  rootfs.Release();
  options.done(std::exchange(notes, {}));
}

absl::Status Make(const RunLayerOptions& options,
                  std::vector<std::string>& notes) {
  ABSL_ASSIGN_OR_RETURN(const PlannedRun run, ReadPlan(options));
  ABSL_ASSIGN_OR_RETURN(StackedRootfs rootfs,
                        StackedRootfs::Read(options.layers, options.indexes,
                                            StoreFor(options, run)));
  const LowerLayers& lower = rootfs.lower();
  const int64_t now = TimeAbove(lower.tree, options.epoch);
  ABSL_ASSIGN_OR_RETURN(const SandboxChoice choice,
                        ChooseSandbox(options, run, lower));
  if (choice.mode == SandboxMode::kChroot) {
    Warn(options, WeakIsolationWarning(choice), notes);
  }
  ABSL_ASSIGN_OR_RETURN(RunOutputs outputs, CreateOutputs(options));
  ABSL_ASSIGN_OR_RETURN(PreparedRun prepared,
                        PrepareRun(options, run, rootfs, choice, now));

  SandboxRest rest;
  ABSL_ASSIGN_OR_RETURN(const SandboxResult result,
                        Run(options, lower, now, prepared, outputs, rest));
  if (options.verbose || !result.succeeded()) {
    notes.push_back(SandboxSummary(choice, result, prepared.lower_note));
  }
  const absl::StatusOr<std::string> network =
      FinishNetwork(options.proxy, prepared.proxy);
  if (!result.succeeded()) {
    return CommandError({.plan = run.plan,
                         .platform = run.platform,
                         .limits = prepared.spec.limits,
                         .choice = choice,
                         .result = result,
                         .network_note = network.value_or("")});
  }
  ABSL_RETURN_IF_ERROR(network.status());
  if (!network->empty()) notes.push_back(*network);

  ABSL_RETURN_IF_ERROR(Write(result, run.plan, std::move(outputs)));
  TellDone(options, prepared, rootfs, notes);
  return absl::OkStatus();
}

}  // namespace

RunLayerResult MakeRunLayer(const RunLayerOptions& options) {
  RunLayerResult result;
  result.status = Make(options, result.notes);
  return result;
}

}  // namespace rules_dockerfile
