#include "lib/dockerfile/stages/stages.h"

#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/stages/check_instruction.h"
#include "lib/dockerfile/stages/epoch.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/stages/stage_cycle.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/syntax/trigger.h"
#include "lib/dockerfile/values/suggest.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

using Kind = StageSource::Kind;

// An instruction of a stage that reads another stage, image or context.
struct Reference {
  LineRange lines;
  StageSource source;
  std::string written;                      // the name as written
  std::optional<std::string> mount_target;  // nullopt for COPY
};

template <typename... Parts>
Diagnostic ErrorAt(LineRange lines, const Parts&... parts) {
  return {.ranges = {lines}, .message = absl::StrCat(parts...)};
}

const FromInstruction& FromOf(const Stage& stage) {
  return std::get<FromInstruction>(stage.from.body);
}

class Resolver {
 public:
  Resolver(const Dockerfile& dockerfile, const StageOptions& options)
      : file_(dockerfile), options_(options) {
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      const std::string& name = FromOf(file_.stages[i]).stage_name;
      if (!name.empty()) stages_named_[name].insert(static_cast<int>(i));
    }
  }

  std::variant<StageGraph, Diagnostic> Resolve() {
    auto scope = ExpandGlobalArgs(file_, options_.scope);
    if (auto* error = std::get_if<Diagnostic>(&scope)) return *error;
    graph_.global_scope = std::get<std::vector<std::string>>(std::move(scope));
    const auto is_source = [this](const std::string& name) {
      return name == "context" || NamedContext(name).has_value() ||
             stages_named_.contains(absl::AsciiStrToLower(name));
    };
    if (auto error = CheckEpoch(file_, options_.scope.build_args,
                                graph_.global_scope, is_source)) {
      return *error;
    }
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      if (auto error = ResolveBase(static_cast<int>(i))) return *error;
    }
    if (auto error = FindTarget()) return *error;
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      if (auto error = FindReferences(static_cast<int>(i))) return *error;
    }
    if (auto error = CheckCycles()) return *error;
    MarkReachable(graph_.target);
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      CheckStage(static_cast<int>(i));
    }
    return std::move(graph_);
  }

 private:
  using MaybeError = std::optional<Diagnostic>;

  MaybeError ResolveBase(int index) {
    const Stage& stage = file_.stages[index];
    const FromInstruction& from = FromOf(stage);
    ResolvedStage resolved;
    resolved.name = !from.stage_name.empty()   ? from.stage_name
                    : file_.stages.size() == 1 ? ""
                                               : absl::StrCat("stage-", index);
    const absl::StatusOr<Expansion> base = ExpandGlobal(from.base);
    if (!base.ok()) return ErrorAt(stage.from.lines, base.status().message());
    if (base->text.empty()) {
      return ErrorAt(stage.from.lines, "base name (", from.base,
                     ") should not be blank", Suggestion(*base));
    }
    if (!from.platform.empty()) {
      if (auto error = ResolvePlatform(stage, resolved)) return error;
    }
    if (const auto context = NamedContext(from.stage_name)) {
      resolved.base = {.kind = Kind::kContext, .name = *context};
      replaced_.insert(index);
    } else if (const int named = LastStageNamed(base->text, index);
               named >= 0) {
      resolved.base = {.kind = Kind::kStage, .stage = named};
    } else {
      resolved.base = ImageOrContext(base->text);
    }
    graph_.stages.push_back(std::move(resolved));
    return std::nullopt;
  }

  absl::StatusOr<Expansion> ExpandGlobal(absl::string_view word) const {
    return ExpandWord(word, LookupIn(graph_.global_scope),
                      {.escape = file_.directives.escape});
  }

  // For a word that became nothing: the name that may have been meant.
  std::string Suggestion(const Expansion& expansion) const {
    for (const std::string& name : expansion.undefined) {
      std::string suggestion = DidYouMean(name, NamesOf(graph_.global_scope),
                                          /*case_sensitive=*/true);
      if (!suggestion.empty()) return suggestion;
    }
    return "";
  }

  MaybeError ResolvePlatform(const Stage& stage, ResolvedStage& resolved) {
    const std::string& written = FromOf(stage).platform;
    const absl::StatusOr<Expansion> text = ExpandGlobal(written);
    if (!text.ok()) {
      return ErrorAt(stage.from.lines,
                     "failed to process arguments for platform ", written, ": ",
                     text.status().message());
    }
    if (text->text.empty()) {
      return ErrorAt(stage.from.lines, "empty platform value from expression ",
                     written, Suggestion(*text));
    }
    absl::StatusOr<Platform> platform =
        ParsePlatformSpecifier(text->text, options_.scope.build_platform);
    if (!platform.ok()) {
      return ErrorAt(stage.from.lines, "failed to parse platform ", written,
                     ": ", platform.status().message(), Suggestion(*text));
    }
    resolved.platform = *std::move(platform);
    return std::nullopt;
  }

  // The last of the stages [0, end) with exactly this name, -1 if none has it.
  int LastStageNamed(const std::string& name, int end) const {
    const auto found = stages_named_.find(name);
    if (found == stages_named_.end()) return -1;
    const auto after = found->second.lower_bound(end);
    return after == found->second.begin() ? -1 : *std::prev(after);
  }

  std::optional<std::string> NamedContext(absl::string_view name) const {
    if (name.empty()) return std::nullopt;
    const std::string wanted = NormalizedReference(name);
    for (const std::string& context : options_.named_contexts) {
      if (NormalizedReference(context) == wanted) return context;
    }
    return std::nullopt;
  }

  StageSource ImageOrContext(const std::string& name) const {
    if (name == "scratch") return {.kind = Kind::kScratch};
    if (const auto context = NamedContext(name)) {
      return {.kind = Kind::kContext, .name = *context};
    }
    // A name that is none is reported if its stage is reachable.
    return {.kind = Kind::kImage, .name = NormalizedReference(name)};
  }

  MaybeError FindTarget() {
    const std::string& target = options_.scope.target;
    const int count = static_cast<int>(file_.stages.size());
    graph_.target = target.empty()
                        ? count - 1
                        : LastStageNamed(absl::AsciiStrToLower(target), count);
    if (graph_.target >= 0) return std::nullopt;
    std::vector<std::string> names;
    for (const Stage& stage : file_.stages) {
      const std::string& name = FromOf(stage).stage_name;
      if (!name.empty()) names.push_back(name);
    }
    return Diagnostic{.message = absl::StrCat(
                          "target stage ", GoQuote(target),
                          " could not be found",
                          DidYouMean(target, names, /*case_sensitive=*/true))};
  }

  MaybeError FindReferences(int index) {
    references_.emplace_back();
    if (replaced_.count(index) > 0) return std::nullopt;
    // Triggers of the parent stage run first, as if FROM stood there.
    const StageSource& base = graph_.stages[index].base;
    if (base.kind == Kind::kStage) {
      for (const Instruction& trigger : TriggersOf(
               file_.stages[base.stage], file_.stages[index].from.lines)) {
        if (auto error = AddReferences(index, trigger)) return error;
      }
    }
    for (const Instruction& instruction : file_.stages[index].instructions) {
      if (auto error = AddReferences(index, instruction)) return error;
    }
    for (const Reference& reference : references_.back()) {
      graph_.stages[index].sources.push_back(reference.source);
    }
    return std::nullopt;
  }

  // Those that are one valid instruction; the others fail when they are run.
  static std::vector<Instruction> TriggersOf(const Stage& stage,
                                             LineRange lines) {
    std::vector<Instruction> triggers;
    for (const Instruction& instruction : stage.instructions) {
      const auto* onbuild = std::get_if<OnbuildInstruction>(&instruction.body);
      if (onbuild == nullptr) continue;
      absl::StatusOr<Instruction> trigger =
          ParseTrigger(onbuild->trigger, lines);
      if (trigger.ok()) triggers.push_back(*std::move(trigger));
    }
    return triggers;
  }

  MaybeError AddReferences(int index, const Instruction& instruction) {
    std::vector<Reference>& references = references_.back();
    if (const auto* copy = std::get_if<CopyInstruction>(&instruction.body)) {
      if (copy->from.empty()) return std::nullopt;
      Reference reference = {.lines = instruction.lines, .written = copy->from};
      int number = 0;
      if (absl::SimpleAtoi(copy->from, &number)) {
        if (number < 0 || number >= static_cast<int>(file_.stages.size())) {
          return ErrorAt(instruction.lines, "invalid stage index ", number);
        }
        reference.source = {.kind = Kind::kStage, .stage = number};
      } else if (absl::StrContains(copy->from, '$')) {
        return ErrorAt(instruction.lines,
                       "variable expansion is not supported for --from, "
                       "define a new stage with FROM using ARG from global "
                       "scope as a workaround");
      } else {
        reference.source = StageOrImage(copy->from, index);
      }
      references.push_back(std::move(reference));
    }
    if (const auto* run = std::get_if<RunInstruction>(&instruction.body)) {
      for (const std::string& mount : run->mounts) {
        const absl::StatusOr<std::string> from = MountFrom(mount);
        if (!from.ok() || from->empty()) continue;
        const absl::StatusOr<Mount> parsed = ParseMount(
            mount, [](absl::string_view word) { return std::string(word); });
        references.push_back(
            {.lines = instruction.lines,
             .source = StageOrImage(*from, index),
             .written = *from,
             .mount_target = parsed.ok() ? parsed->target : ""});
      }
    }
    return std::nullopt;
  }

  // A stage by name in any case: the last one before `index`, else any.
  StageSource StageOrImage(const std::string& name, int index) const {
    const std::string lower = absl::AsciiStrToLower(name);
    int stage = LastStageNamed(lower, index);
    if (stage < 0) {
      stage = LastStageNamed(lower, static_cast<int>(file_.stages.size()));
    }
    if (stage >= 0) return {.kind = Kind::kStage, .stage = stage};
    return ImageOrContext(name);
  }

  MaybeError CheckCycles() const {
    std::vector<std::vector<StageEdge>> edges(references_.size());
    for (size_t i = 0; i < references_.size(); ++i) {
      for (const Reference& reference : references_[i]) {
        if (reference.source.kind != Kind::kStage) continue;
        edges[i].push_back(
            {.lines = reference.lines, .to = reference.source.stage});
      }
    }
    std::optional<StageCycle> cycle = FindStageCycle(edges);
    if (!cycle) return std::nullopt;
    const std::string& name = graph_.stages[cycle->stage].name;
    return Diagnostic{
        .ranges = std::move(cycle->lines),
        .message = absl::StrCat(
            "circular dependency detected on stage: ",
            name.empty() ? absl::StrCat("stage-", cycle->stage) : name)};
  }

  void MarkReachable(int target) {
    std::vector<int> pending = {target};
    while (!pending.empty()) {
      ResolvedStage& stage = graph_.stages[pending.back()];
      pending.pop_back();
      if (stage.reachable) continue;
      stage.reachable = true;
      if (stage.base.kind == Kind::kStage) pending.push_back(stage.base.stage);
      for (const StageSource& source : stage.sources) {
        if (source.kind == Kind::kStage) pending.push_back(source.stage);
      }
    }
  }

  void CheckStage(int index) {
    const Stage& stage = file_.stages[index];
    ResolvedStage& resolved = graph_.stages[index];
    if (replaced_.count(index) > 0) return;
    const auto check_name = [&](const StageSource& source, LineRange lines) {
      if (source.kind != Kind::kImage) return;
      if (auto error = CheckImageName(source.name, lines, index)) {
        resolved.name_errors.push_back(*std::move(error));
      }
    };
    check_name(resolved.base, stage.from.lines);
    for (const Reference& reference : references_[index]) {
      check_name(reference.source, reference.lines);
    }
    AddReferenceErrors(index, stage.from.lines, resolved.instruction_errors);
    for (const Instruction& instruction : stage.instructions) {
      AddReferenceErrors(index, instruction.lines, resolved.instruction_errors);
      const absl::Status status =
          CheckInstruction(instruction, file_.directives.escape);
      if (status.ok()) continue;
      resolved.instruction_errors.push_back(
          ErrorAt(instruction.lines, status.message()));
    }
  }

  // Those of the references on these lines.
  void AddReferenceErrors(int index, LineRange lines,
                          std::vector<Diagnostic>& errors) const {
    for (const Reference& reference : references_[index]) {
      if (reference.lines != lines) continue;
      if (auto error = CheckReference(reference, index)) {
        errors.push_back(*std::move(error));
      }
    }
  }

  MaybeError CheckImageName(const std::string& name, LineRange lines,
                            int index) const {
    const absl::StatusOr<ImageReference> reference = ParseNormalizedNamed(name);
    if (reference.ok()) return std::nullopt;
    std::vector<std::string> names;
    for (int i = 0; i < index; ++i) names.push_back(graph_.stages[i].name);
    return ErrorAt(lines, "failed to parse stage name ", GoQuote(name), ": ",
                   reference.status().message(),
                   DidYouMean(name, names, /*case_sensitive=*/true));
  }

  MaybeError CheckReference(const Reference& reference, int index) const {
    const StageSource& source = reference.source;
    if (source.kind != Kind::kStage || source.stage < index) {
      return std::nullopt;
    }
    if (reference.mount_target) {
      return ErrorAt(reference.lines, "cannot mount from stage ",
                     GoQuote(reference.written), " to ",
                     GoQuote(*reference.mount_target),
                     ", stage needs to be defined before current command");
    }
    return ErrorAt(reference.lines, "cannot copy from stage ",
                   GoQuote(reference.written),
                   ", it needs to be defined before current stage ",
                   GoQuote(graph_.stages[index].name));
  }

  const Dockerfile& file_;
  const StageOptions& options_;
  std::map<std::string, std::set<int>> stages_named_;
  StageGraph graph_;
  std::set<int> replaced_;  // stages that a named context stands for
  std::vector<std::vector<Reference>> references_;  // of each stage
};

}  // namespace

std::variant<StageGraph, Diagnostic> ResolveStageGraph(
    const Dockerfile& dockerfile, const StageOptions& options) {
  return Resolver(dockerfile, options).Resolve();
}

std::variant<StageGraph, Diagnostic> ResolveStages(
    const Dockerfile& dockerfile, const StageOptions& options) {
  auto resolved = ResolveStageGraph(dockerfile, options);
  const auto* graph = std::get_if<StageGraph>(&resolved);
  if (graph == nullptr) return resolved;
  for (const auto errors :
       {&ResolvedStage::name_errors, &ResolvedStage::instruction_errors}) {
    for (const ResolvedStage& stage : graph->stages) {
      if (!stage.reachable || (stage.*errors).empty()) continue;
      return (stage.*errors).front();
    }
  }
  return resolved;
}

}  // namespace rules_dockerfile
