#ifndef LIB_PLAN_READ_INSTRUCTION_H_
#define LIB_PLAN_READ_INSTRUCTION_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"

namespace rules_dockerfile {

// An instruction and the build state before it.
struct InstructionInput {
  InstructionText text;
  BuildState state;

  friend bool operator==(const InstructionInput&,
                         const InstructionInput&) = default;
};

// Reads the files that an action has its instruction from
// (docs/design/0001_artifacts.md, "Instruction text", "Build state").
// InvalidArgument if one is malformed; else the error of reading it.
absl::StatusOr<InstructionInput> ReadInstruction(const std::string& text_path,
                                                 const std::string& state_path);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_READ_INSTRUCTION_H_
