#ifndef LIB_EXPLAIN_ALIGN_STEPS_H_
#define LIB_EXPLAIN_ALIGN_STEPS_H_

#include <optional>
#include <string>
#include <vector>

#include "lib/explain/image_steps.h"

namespace rules_dockerfile {

// Which of some texts was which before an edit.
//
// Returns for each of `after` the index in `before` of the text that it was:
// the same text, or, between two of those, one that begins with the same word.
// nullopt for a new one. No index is there twice.
std::vector<std::optional<size_t>> AlignTexts(
    const std::vector<std::string>& before,
    const std::vector<std::string>& after);

// The same for the steps of an image, stage by stage. Steps that are not
// instructions are paired by kind and outputs.
std::vector<std::optional<size_t>> AlignSteps(const ImageSteps& before,
                                              const ImageSteps& after);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_ALIGN_STEPS_H_
