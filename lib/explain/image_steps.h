#ifndef LIB_EXPLAIN_IMAGE_STEPS_H_
#define LIB_EXPLAIN_IMAGE_STEPS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json_fwd.h"

namespace rules_dockerfile {

// What a step of the build of an image is.
enum class StepKind {
  kInstruction,  // with or without a layer
  kBase,         // the files of a FROM
  kState,        // what an instruction sees of those above it
  kImage,        // config and manifest of a stage
};

struct StepInstruction {
  int line = 0;
  std::string text;  // as *.instruction files have it

  friend bool operator==(const StepInstruction&,
                         const StepInstruction&) = default;
};

struct ImageStep {
  StepKind kind = StepKind::kInstruction;
  std::string dockerfile;  // path
  std::string stage;       // the target of the stage
  int line = 0;
  std::string text;  // "FROM base" of kBase, kState and kImage
  // The files that its actions write, below the execution root; the first one
  // names it. None for an instruction without a layer.
  std::vector<std::string> outputs;
  // Of kState and kImage: the instructions that the action evaluates.
  std::vector<StepInstruction> evaluates;

  friend bool operator==(const ImageStep&, const ImageStep&) = default;
};

// The steps of an image and of the stages and images that it is built from,
// those before others that read them.
struct ImageSteps {
  std::string image;  // label
  std::vector<ImageStep> steps;

  friend bool operator==(const ImageSteps&, const ImageSteps&) = default;
};

// The document that the rules write, and back; Parse(ToJson(x)) == x.
// InvalidArgument as of JsonNode.
absl::StatusOr<ImageSteps> ImageStepsFromJson(const JsonNode& node);
Json ImageStepsToJson(const ImageSteps& steps);

// "app/Dockerfile:7 RUN make", of a long or multi-line text its beginning.
std::string StepName(const ImageStep& step);
std::string InstructionName(const std::string& dockerfile,
                            const StepInstruction& instruction);

// The first line of an instruction's text, cut after 80 characters.
std::string ShortText(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_IMAGE_STEPS_H_
