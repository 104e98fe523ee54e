#include "lib/dockerfile/stages/stage_sources.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/syntax/trigger.h"

namespace rules_dockerfile {
namespace {

using Kind = StageSource::Kind;

// Returns the triggers that are one valid instruction; the others fail when
// they are run.
std::vector<Instruction> TriggersOf(const Stage& stage, LineRange lines) {
  std::vector<Instruction> triggers;
  for (const Instruction& instruction : stage.instructions) {
    const auto* onbuild = std::get_if<OnbuildInstruction>(&instruction.body);
    if (onbuild == nullptr) continue;
    absl::StatusOr<Instruction> trigger = ParseTrigger(onbuild->trigger, lines);
    if (trigger.ok()) triggers.push_back(*std::move(trigger));
  }
  return triggers;
}

class ReadFinder {
 public:
  ReadFinder(const Dockerfile& file, int index, const StageNames& names)
      : file_(file), index_(index), names_(names) {}

  std::optional<Diagnostic> Add(const Instruction& instruction) {
    if (const auto* copy = std::get_if<CopyInstruction>(&instruction.body)) {
      return AddCopy(*copy, instruction.lines);
    }
    if (const auto* run = std::get_if<RunInstruction>(&instruction.body)) {
      AddMounts(*run, instruction.lines);
    }
    return std::nullopt;
  }

  std::vector<StageRead> TakeReads() { return std::move(reads_); }

 private:
  std::optional<Diagnostic> AddCopy(const CopyInstruction& copy,
                                    LineRange lines) {
    if (copy.from.empty()) return std::nullopt;
    StageRead read = {.lines = lines, .written = copy.from};
    int number = 0;
    if (absl::SimpleAtoi(copy.from, &number)) {
      if (number < 0 || number >= static_cast<int>(file_.stages.size())) {
        return ErrorAt(lines, "invalid stage index ", number);
      }
      read.source = {.kind = Kind::kStage, .stage = number};
    } else if (absl::StrContains(copy.from, '$')) {
      return ErrorAt(lines,
                     "variable expansion is not supported for --from, define a "
                     "new stage with FROM using ARG from global scope as a "
                     "workaround");
    } else {
      read.source = names_.SourceNamed(copy.from, index_);
    }
    reads_.push_back(std::move(read));
    return std::nullopt;
  }

  void AddMounts(const RunInstruction& run, LineRange lines) {
    for (const std::string& mount : run.mounts) {
      const absl::StatusOr<std::string> from = MountFrom(mount);
      if (!from.ok() || from->empty()) continue;
      const absl::StatusOr<Mount> parsed = ParseMount(
          mount, [](absl::string_view word) { return std::string(word); });
      reads_.push_back({.lines = lines,
                        .source = names_.SourceNamed(*from, index_),
                        .written = *from,
                        .mount_target = parsed.ok() ? parsed->target : ""});
    }
  }

  const Dockerfile& file_;
  const int index_;
  const StageNames& names_;
  std::vector<StageRead> reads_;
};

}  // namespace

std::variant<std::vector<StageRead>, Diagnostic> FindReads(
    const Dockerfile& dockerfile, int index, const StageSource& base,
    const StageNames& names) {
  ReadFinder finder(dockerfile, index, names);
  const Stage& stage = dockerfile.stages[index];
  if (base.kind == Kind::kStage) {
    for (const Instruction& trigger :
         TriggersOf(dockerfile.stages[base.stage], stage.from.lines)) {
      if (auto error = finder.Add(trigger)) return *std::move(error);
    }
  }
  for (const Instruction& instruction : stage.instructions) {
    if (auto error = finder.Add(instruction)) return *std::move(error);
  }
  return finder.TakeReads();
}

std::optional<Diagnostic> CheckRead(const StageRead& read, int index,
                                    const std::string& stage_name) {
  if (read.source.kind != Kind::kStage || read.source.stage < index) {
    return std::nullopt;
  }
  if (read.mount_target) {
    return ErrorAt(read.lines, "cannot mount from stage ",
                   GoQuote(read.written), " to ", GoQuote(*read.mount_target),
                   ", stage needs to be defined before current command");
  }
  return ErrorAt(read.lines, "cannot copy from stage ", GoQuote(read.written),
                 ", it needs to be defined before current stage ",
                 GoQuote(stage_name));
}

}  // namespace rules_dockerfile
