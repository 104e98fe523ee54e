#ifndef LIB_PLAN_STEP_FILES_H_
#define LIB_PLAN_STEP_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// The inputs and outputs of an action that changes no files of the image:
// docs/design/0001_artifacts.md, `image_step`.
struct StepFileOptions {
  // One of: an instruction that changes no files, with the state before it;
  std::string instruction;
  std::string state;
  EvaluateOptions arguments;
  // FROM an image with this config, and the triggers it is declared to have;
  std::string from_config;
  std::vector<std::string> onbuild;
  // FROM scratch.
  bool scratch = false;

  std::string platform;  // of FROM an image or scratch

  std::string step_out;
  std::string state_out;  // "" for none
};

// Evaluates and writes the outputs. InvalidArgument unless exactly one of an
// instruction, a config and scratch is given, or if the triggers of the image
// differ from `onbuild`.
absl::Status MakeStepFiles(const StepFileOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_STEP_FILES_H_
