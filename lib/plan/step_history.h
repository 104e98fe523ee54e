#ifndef LIB_PLAN_STEP_HISTORY_H_
#define LIB_PLAN_STEP_HISTORY_H_

#include <string>

namespace rules_dockerfile {

// The history entry of an instruction (OCI image-spec config.md, "history").
struct StepHistory {
  std::string created_by;
  bool empty_layer = false;

  friend bool operator==(const StepHistory&, const StepHistory&) = default;
};

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_STEP_HISTORY_H_
