#include "lib/dockerfile/stages/stage_names.h"

#include <iterator>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

using Kind = StageSource::Kind;

const std::string& NameOf(const Stage& stage) {
  return std::get<FromInstruction>(stage.from.body).stage_name;
}

}  // namespace

StageNames::StageNames(const Dockerfile& dockerfile,
                       const StageOptions& options)
    : file_(dockerfile), contexts_(options.named_contexts) {
  for (size_t i = 0; i < file_.stages.size(); ++i) {
    const std::string& name = NameOf(file_.stages[i]);
    if (!name.empty()) stages_[name].insert(static_cast<int>(i));
  }
}

int StageNames::LastStage(const std::string& name, int end) const {
  const auto found = stages_.find(name);
  if (found == stages_.end()) return -1;
  const auto after = found->second.lower_bound(end);
  return after == found->second.begin() ? -1 : *std::prev(after);
}

int StageNames::LastStage(const std::string& name) const {
  return LastStage(name, static_cast<int>(file_.stages.size()));
}

std::optional<std::string> StageNames::NamedContext(
    absl::string_view name) const {
  if (name.empty()) return std::nullopt;
  const std::string wanted = NormalizedReference(name);
  for (const std::string& context : contexts_) {
    if (NormalizedReference(context) == wanted) return context;
  }
  return std::nullopt;
}

bool StageNames::IsReplaced(int stage) const {
  return NamedContext(NameOf(file_.stages[stage])).has_value();
}

StageSource StageNames::BaseNamed(const std::string& name, int index) const {
  const int stage = LastStage(name, index);
  if (stage >= 0) return {.kind = Kind::kStage, .stage = stage};
  return ImageOrContext(name);
}

StageSource StageNames::SourceNamed(const std::string& name, int index) const {
  const std::string lower = absl::AsciiStrToLower(name);
  int stage = LastStage(lower, index);
  if (stage < 0) stage = LastStage(lower);
  if (stage >= 0) return {.kind = Kind::kStage, .stage = stage};
  return ImageOrContext(name);
}

std::vector<std::string> StageNames::StageNamesInOrder() const {
  std::vector<std::string> names;
  for (const Stage& stage : file_.stages) {
    if (!NameOf(stage).empty()) names.push_back(NameOf(stage));
  }
  return names;
}

StageSource StageNames::ImageOrContext(const std::string& name) const {
  if (name == "scratch") return {.kind = Kind::kScratch};
  if (const auto context = NamedContext(name)) {
    return {.kind = Kind::kContext, .name = *context};
  }
  return {.kind = Kind::kImage, .name = NormalizedReference(name)};
}

}  // namespace rules_dockerfile
