#ifndef LIB_PLAN_EVALUATION_H_
#define LIB_PLAN_EVALUATION_H_

#include <map>
#include <string>
#include <vector>

#include "lib/plan/build_state.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {

// The values of arguments that come from outside the stage.
struct EvaluateOptions {
  // The values that the user passed for ARGs (`docker build --build-arg`), by
  // name.
  std::map<std::string, std::string> build_args;
  // The final values of the ARGs before the first FROM and of the automatic
  // platform arguments (TARGETPLATFORM, …). A stage sees one only after it has
  // declared it with an ARG that has no default.
  std::map<std::string, std::string> global_args;
};

// What an instruction does to the build state and the image config.
struct Evaluation {
  BuildState state;
  Step step;
  // Unset variables that the instruction used, in order; not an error.
  std::vector<std::string> undefined;

  friend bool operator==(const Evaluation&, const Evaluation&) = default;
};

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EVALUATION_H_
