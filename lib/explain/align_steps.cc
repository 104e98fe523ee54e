#include "lib/explain/align_steps.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/explain/image_steps.h"

namespace rules_dockerfile {
namespace {

using Alignment = std::vector<std::optional<size_t>>;

// The lengths of the longest common subsequences of the rests of two lists.
std::vector<std::vector<int>> CommonLengths(
    const std::vector<std::string>& before,
    const std::vector<std::string>& after) {
  std::vector<std::vector<int>> lengths(before.size() + 1,
                                        std::vector<int>(after.size() + 1, 0));
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = after.size(); j-- > 0;) {
      lengths[i][j] = before[i] == after[j]
                          ? lengths[i + 1][j + 1] + 1
                          : std::max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

absl::string_view FirstWord(absl::string_view text) {
  return text.substr(0, text.find_first_of(" \n"));
}

// Pairs what is between two equal texts, in order, by the first word.
void AlignGap(const std::vector<std::string>& before, size_t begin, size_t end,
              const std::vector<std::string>& after, size_t after_begin,
              size_t after_end, Alignment& alignment) {
  for (size_t j = after_begin; j < after_end; ++j) {
    for (size_t i = begin; i < end; ++i) {
      if (FirstWord(before[i]) != FirstWord(after[j])) continue;
      alignment[j] = i;
      begin = i + 1;
      break;
    }
  }
}

// The positions of the steps of each stage that are instructions.
std::map<std::string, std::vector<size_t>> InstructionsByStage(
    const ImageSteps& image) {
  std::map<std::string, std::vector<size_t>> stages;
  for (size_t i = 0; i < image.steps.size(); ++i) {
    const ImageStep& step = image.steps[i];
    if (step.kind == StepKind::kInstruction) stages[step.stage].push_back(i);
  }
  return stages;
}

std::vector<std::string> Texts(const ImageSteps& image,
                               const std::vector<size_t>& positions) {
  std::vector<std::string> texts;
  for (const size_t position : positions) {
    texts.push_back(image.steps[position].text);
  }
  return texts;
}

}  // namespace

Alignment AlignTexts(const std::vector<std::string>& before,
                     const std::vector<std::string>& after) {
  Alignment alignment(after.size());
  const std::vector<std::vector<int>> lengths = CommonLengths(before, after);
  size_t i = 0;
  size_t j = 0;
  size_t gap = 0;  // where the texts since the last common one begin
  size_t after_gap = 0;
  while (i < before.size() && j < after.size()) {
    if (before[i] == after[j]) {
      AlignGap(before, gap, i, after, after_gap, j, alignment);
      alignment[j++] = i++;
      gap = i;
      after_gap = j;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  AlignGap(before, gap, before.size(), after, after_gap, after.size(),
           alignment);
  return alignment;
}

Alignment AlignSteps(const ImageSteps& before, const ImageSteps& after) {
  Alignment alignment(after.steps.size());
  const auto stages_before = InstructionsByStage(before);
  for (const auto& [stage, positions] : InstructionsByStage(after)) {
    const auto found = stages_before.find(stage);
    if (found == stages_before.end()) continue;
    const Alignment texts =
        AlignTexts(Texts(before, found->second), Texts(after, positions));
    for (size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].has_value()) {
        alignment[positions[i]] = found->second[*texts[i]];
      }
    }
  }
  for (size_t i = 0; i < after.steps.size(); ++i) {
    const ImageStep& step = after.steps[i];
    if (step.kind == StepKind::kInstruction) continue;
    for (size_t j = 0; j < before.steps.size(); ++j) {
      const ImageStep& other = before.steps[j];
      if (other.kind == step.kind && other.outputs == step.outputs) {
        alignment[i] = j;
      }
    }
  }
  return alignment;
}

}  // namespace rules_dockerfile
