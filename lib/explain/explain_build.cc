#include "lib/explain/explain_build.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/explain/align_steps.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/image_steps.h"
#include "lib/explain/input_changes.h"
#include "lib/layer/whiteout.h"

namespace rules_dockerfile {
namespace {

// More reasons of one kind do not help.
constexpr size_t kMostReasons = 8;

using Index = std::optional<size_t>;

// Which step of an image writes a file.
class StepOfFile {
 public:
  explicit StepOfFile(const ImageSteps& image) {
    // An instruction of another image may be what a FROM names.
    for (const bool bases : {false, true}) {
      for (size_t i = 0; i < image.steps.size(); ++i) {
        const ImageStep& step = image.steps[i];
        if ((step.kind == StepKind::kBase) != bases) continue;
        for (const std::string& output : step.outputs)
          steps_.emplace(output, i);
      }
    }
  }
  // Also for a file in a directory that a step writes.
  Index Find(absl::string_view path) const {
    for (; !path.empty(); path = ParentPath(path)) {
      const auto found = steps_.find(path);
      if (found != steps_.end()) return found->second;
    }
    return std::nullopt;
  }

 private:
  std::map<std::string, size_t, std::less<>> steps_;
};

// Why a step ran.
struct Reasons {
  std::vector<std::string> own;
  std::vector<size_t> causes;  // other steps
  std::set<size_t> states;     // what has been compared
};

class Explainer {
 public:
  Explainer(const ImageRecord& before, const ImageRecord& after,
            const ExecutionLog& log)
      : before_(before),
        after_(after),
        log_(log),
        spawns_(SpawnsOfSteps(after.image, log)),
        alignment_(AlignSteps(before.image, after.image)),
        old_step_of_(before.image),
        step_of_(after.image) {}

  std::string Text();

 private:
  const std::vector<ImageStep>& steps() const { return after_.image.steps; }
  const std::vector<ImageStep>& old_steps() const {
    return before_.image.steps;
  }
  const LoggedSpawn* SpawnOf(const ImageStep& step) const {
    if (step.outputs.empty()) return nullptr;
    const auto found = spawns_.find(step.outputs.front());
    return found == spawns_.end() ? nullptr : found->second;
  }
  static const StepRecord* RecordOf(const ImageRecord& build,
                                    const ImageStep& step) {
    if (step.outputs.empty()) return nullptr;
    const auto found = build.records.find(step.outputs.front());
    return found == build.records.end() ? nullptr : &found->second;
  }
  bool IsKept(size_t old_step) const {
    return absl::c_linear_search(alignment_, Index(old_step));
  }

  Reasons ReasonsOf(size_t i) const;
  void CompareInputs(const StepRecord& before, const StepRecord& after,
                     Reasons& reasons) const;
  void CompareStates(const std::set<size_t>& before,
                     const std::set<size_t>& after, Reasons& reasons) const;
  std::vector<std::string> EvaluatedChanges(const ImageStep* before,
                                            const ImageStep& after) const;
  void AddRoots(size_t i, std::set<size_t>& seen,
                std::vector<size_t>& roots) const;
  std::vector<std::string> Described(size_t i) const;
  bool IsShown(size_t i) const;
  std::string StepText(size_t i) const;
  std::string Heading() const;

  const ImageRecord& before_;
  const ImageRecord& after_;
  const ExecutionLog& log_;
  const std::map<std::string, const LoggedSpawn*> spawns_;
  const std::vector<Index> alignment_;
  const StepOfFile old_step_of_;
  const StepOfFile step_of_;
  std::map<size_t, Reasons> reasons_;  // of the steps that ran
};

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (!absl::c_linear_search(texts, text)) texts.push_back(text);
}

void AddOnce(size_t step, std::vector<size_t>& steps) {
  if (!absl::c_linear_search(steps, step)) steps.push_back(step);
}

bool HasAll(const std::vector<std::string>& texts,
            const std::vector<std::string>& wanted) {
  return absl::c_all_of(wanted, [&](const std::string& text) {
    return absl::c_linear_search(texts, text);
  });
}

// The digest of the layer that an instruction made; "" if it made none.
std::string LayerOf(const ImageStep& step, const StepRecord& record) {
  const auto found = record.outputs.find(step.outputs.front());
  return found == record.outputs.end() ? "" : found->second;
}

// The instructions that one action evaluated and another one does not, or in
// other words.
std::vector<std::string> Explainer::EvaluatedChanges(
    const ImageStep* before, const ImageStep& after) const {
  std::vector<std::string> old_texts;
  std::vector<std::string> texts;
  for (const StepInstruction& each :
       before == nullptr ? std::vector<StepInstruction>() : before->evaluates) {
    old_texts.push_back(each.text);
  }
  for (const StepInstruction& each : after.evaluates)
    texts.push_back(each.text);
  const std::vector<Index> was = AlignTexts(old_texts, texts);
  std::vector<std::string> changes;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string name =
        InstructionName(after.dockerfile, after.evaluates[i]);
    if (!was[i].has_value()) {
      changes.push_back(absl::StrCat(name, " is new"));
    } else if (old_texts[*was[i]] != texts[i]) {
      changes.push_back(absl::StrCat(name, " changed: it was ",
                                     ShortText(old_texts[*was[i]])));
    }
  }
  for (size_t i = 0; i < old_texts.size(); ++i) {
    if (absl::c_linear_search(was, Index(i))) continue;
    changes.push_back(absl::StrCat(ShortText(old_texts[i]), " was removed"));
  }
  return changes;
}

// Why what an instruction sees of those above it differs.
void Explainer::CompareStates(const std::set<size_t>& before,
                              const std::set<size_t>& after,
                              Reasons& reasons) const {
  for (const size_t i : after) {
    if (!reasons.states.insert(i).second) continue;
    const ImageStep& state = steps()[i];
    const ImageStep* const old_state =
        before.empty() ? nullptr : &old_steps()[*before.begin()];
    const size_t count = reasons.own.size() + reasons.causes.size();
    for (const std::string& change : EvaluatedChanges(old_state, state)) {
      AddOnce(change, reasons.own);
    }
    const StepRecord* const old_record =
        old_state == nullptr ? nullptr : RecordOf(before_, *old_state);
    const StepRecord* const record = RecordOf(after_, state);
    if (old_record != nullptr && record != nullptr) {
      CompareInputs(*old_record, *record, reasons);
      for (const std::string& change : OtherChanges(*old_record, *record)) {
        AddOnce(change, reasons.own);
      }
    }
    if (reasons.own.size() + reasons.causes.size() == count) {
      AddOnce(absl::StrCat("the environment above it changed (",
                           StepName(state), ")"),
              reasons.own);
    }
  }
}

void Explainer::CompareInputs(const StepRecord& before, const StepRecord& after,
                              Reasons& reasons) const {
  std::set<size_t> old_states;
  std::set<size_t> states;
  for (const InputChange& change : InputChanges(before, after)) {
    const bool is_removed = change.kind == InputChange::Kind::kRemoved;
    const Index step = is_removed ? std::nullopt : step_of_.Find(change.path);
    const Index old_step = old_step_of_.Find(change.path);
    if (is_removed && old_step.has_value()) {
      const ImageStep& removed = old_steps()[*old_step];
      if (removed.kind == StepKind::kState) {
        old_states.insert(*old_step);
      } else if (!IsKept(*old_step)) {
        AddOnce(absl::StrCat(ShortText(removed.text), " was removed"),
                reasons.own);
      }
    } else if (!step.has_value()) {
      AddOnce(DescribeInput(change, log_), reasons.own);
    } else if (steps()[*step].kind == StepKind::kState) {
      states.insert(*step);
      if (change.kind == InputChange::Kind::kChanged && old_step.has_value()) {
        old_states.insert(*old_step);
      }
    } else {
      AddOnce(*step, reasons.causes);
    }
  }
  CompareStates(old_states, states, reasons);
}

Reasons Explainer::ReasonsOf(size_t i) const {
  Reasons reasons;
  const ImageStep& step = steps()[i];
  const StepRecord* record = RecordOf(after_, step);
  const StepRecord* old_record = RecordOf(before_, step);
  const ImageStep* const old_step =
      alignment_[i].has_value() ? &old_steps()[*alignment_[i]] : nullptr;
  if (old_step != nullptr && old_step->text != step.text) {
    reasons.own.push_back(absl::StrCat("the instruction changed: it was ",
                                       ShortText(old_step->text)));
    old_record = RecordOf(before_, *old_step);
  } else if (old_record == nullptr) {
    const bool is_new =
        step.kind == StepKind::kInstruction && !before_.image.steps.empty();
    reasons.own.push_back(old_step != nullptr ? "no earlier run is known"
                          : is_new ? "first time: the instruction is new"
                                   : "first time");
  }
  if (old_record == nullptr || record == nullptr) return reasons;
  if (old_record->failed) reasons.own.push_back("it failed the last time");
  if (step.kind == StepKind::kImage) {
    for (const std::string& change : EvaluatedChanges(old_step, step)) {
      AddOnce(change, reasons.own);
    }
  }
  CompareInputs(*old_record, *record, reasons);
  for (const std::string& change : OtherChanges(*old_record, *record)) {
    AddOnce(change, reasons.own);
  }
  if (!reasons.own.empty() || !reasons.causes.empty()) return reasons;
  reasons.own.push_back(
      ParamsChanged(*old_record, *record)
          ? "its flags changed"
          : "nothing that it reads changed: its result was no longer there");
  return reasons;
}

// The steps where the reasons of step `i` begin.
void Explainer::AddRoots(size_t i, std::set<size_t>& seen,
                         std::vector<size_t>& roots) const {
  if (!seen.insert(i).second) return;
  const auto found = reasons_.find(i);
  if (found == reasons_.end() || !found->second.own.empty()) {
    AddOnce(i, roots);
    return;
  }
  for (const size_t cause : found->second.causes) AddRoots(cause, seen, roots);
}

std::vector<std::string> Explainer::Described(size_t i) const {
  const Reasons& reasons = reasons_.at(i);
  std::vector<std::string> lines = reasons.own;
  std::set<size_t> seen = {i};
  std::vector<size_t> roots;
  for (const size_t cause : reasons.causes) AddRoots(cause, seen, roots);
  for (const size_t root : roots) {
    const auto found = reasons_.find(root);
    if (found != reasons_.end() && HasAll(reasons.own, found->second.own)) {
      continue;
    }
    std::string line = absl::StrCat("because of ", StepName(steps()[root]));
    if (found == reasons_.end()) {
      absl::StrAppend(&line, steps()[root].kind == StepKind::kBase
                                 ? ":\n      the image changed"
                                 : ":\n      it changed in an earlier build");
    } else {
      const std::vector<std::string>& own = found->second.own;
      absl::StrAppend(&line, ":\n      ", own.front());
      if (own.size() > 1) {
        absl::StrAppend(&line, ", and ", own.size() - 1, " more");
      }
    }
    lines.push_back(line);
  }
  if (lines.size() > kMostReasons) {
    const size_t more = lines.size() - kMostReasons;
    lines.resize(kMostReasons);
    lines.push_back(absl::StrCat("and ", more, " more"));
  }
  const ImageStep& step = steps()[i];
  const StepRecord* const old_record = RecordOf(before_, step);
  const StepRecord* const record = RecordOf(after_, step);
  if (step.kind == StepKind::kInstruction && old_record != nullptr &&
      record != nullptr && !record->failed &&
      LayerOf(step, *old_record) == LayerOf(step, *record)) {
    lines.push_back("its layer is the same as before");
  }
  return lines;
}

// What is a step only to explain others is not shown: a state, and a FROM of an
// image whose instructions are steps.
bool Explainer::IsShown(size_t i) const {
  const ImageStep& step = steps()[i];
  return !step.outputs.empty() && step.kind != StepKind::kState &&
         step_of_.Find(step.outputs.front()) == i;
}

std::string Explainer::StepText(size_t i) const {
  const ImageStep& step = steps()[i];
  const LoggedSpawn* const spawn = SpawnOf(step);
  const bool is_instruction = step.kind == StepKind::kInstruction;
  if (spawn == nullptr && !is_instruction) return "";
  const std::string name = step.kind == StepKind::kImage
                               ? absl::StrCat("config of ", step.stage)
                               : StepName(step);
  if (spawn == nullptr) return absl::StrCat(name, "\n  cached\n");
  std::string how = "ran";
  if (spawn->cache_hit) {
    how = spawn->runner;
  } else if (spawn->exit_code != 0) {
    how = absl::StrCat("failed with exit code ", spawn->exit_code);
  }
  return absl::StrCat(name, "\n  ", how, ": ",
                      absl::StrJoin(Described(i), "\n    "), "\n");
}

std::string Explainer::Heading() const {
  int all = 0;
  int ran = 0;
  int hits = 0;
  for (const ImageStep& step : steps()) {
    if (step.kind != StepKind::kInstruction || step.outputs.empty()) continue;
    ++all;
    const LoggedSpawn* const spawn = SpawnOf(step);
    if (spawn == nullptr) continue;
    ++(spawn->cache_hit ? hits : ran);
  }
  std::string text =
      absl::StrCat(after_.image.image, ": ", ran, " of ", all,
                   all == 1 ? " instruction" : " instructions", " ran");
  if (hits > 0) absl::StrAppend(&text, ", ", hits, " came from a cache");
  return text;
}

std::string Explainer::Text() {
  for (size_t i = 0; i < steps().size(); ++i) {
    if (IsShown(i) && SpawnOf(steps()[i]) != nullptr) {
      reasons_[i] = ReasonsOf(i);
    }
  }
  std::string text = absl::StrCat(Heading(), "\n\n");
  for (size_t i = 0; i < steps().size(); ++i) {
    if (IsShown(i)) text += StepText(i);
  }
  if (before_.image.steps.empty()) {
    text +=
        "\nhint: no earlier build is known; run this after the next build, "
        "too\n";
  }
  return text;
}

}  // namespace

std::string ExplainBuild(const ImageRecord& before, const ImageRecord& after,
                         const ExecutionLog& log) {
  return Explainer(before, after, log).Text();
}

}  // namespace rules_dockerfile
