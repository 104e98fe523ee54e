#ifndef LIB_DOCKERFILE_SYNTAX_TRIGGER_H_
#define LIB_DOCKERFILE_SYNTAX_TRIGGER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {

// Returns the instruction that an ONBUILD trigger, as stored in image configs,
// becomes in a child; `lines` are those of the child's FROM. InvalidArgument
// `onbuild trigger should be a single expression`, or the frontend's message
// about the instruction.
absl::StatusOr<Instruction> ParseTrigger(absl::string_view trigger,
                                         LineRange lines);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_TRIGGER_H_
