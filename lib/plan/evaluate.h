#ifndef LIB_PLAN_EVALUATE_H_
#define LIB_PLAN_EVALUATE_H_

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

// Evaluates an instruction that changes no files: ENV, LABEL, ARG, CMD,
// ENTRYPOINT, SHELL, USER, EXPOSE, VOLUME, STOPSIGNAL, HEALTHCHECK, MAINTAINER
// and ONBUILD; and WORKDIR, whose step has `empty_layer` set only for "/"
// (elsewhere it also creates the directory: lib/copy).
// All words of one instruction see the environment before it, except the
// defaults of one ARG line, which see the arguments before them.
// Errors have the frontend's messages; InvalidArgument for FROM (from.h), RUN
// (run_plan.h), COPY and ADD (copy_plan.h).
absl::StatusOr<Evaluation> EvaluateInstruction(const InstructionText& text,
                                               const BuildState& state,
                                               const EvaluateOptions& options);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EVALUATE_H_
