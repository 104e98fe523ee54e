#include "lib/plan/evaluate.h"

#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/evaluate_config.h"
#include "lib/plan/evaluate_variables.h"
#include "lib/plan/evaluation.h"

namespace rules_dockerfile {

namespace {

using Result = absl::StatusOr<Evaluation>;

// What each kind of instruction does.
struct Evaluator {
  Result operator()(const FromInstruction&) const { return NotMetadata(); }
  Result operator()(const RunInstruction&) const { return NotMetadata(); }
  Result operator()(const CopyInstruction&) const { return NotMetadata(); }
  Result operator()(const EnvInstruction& body) const {
    return EvaluateEnv(body, state, text.escape);
  }
  Result operator()(const LabelInstruction& body) const {
    return EvaluateLabel(body, state, text.escape);
  }
  Result operator()(const ArgInstruction& body) const {
    return EvaluateArg(body, state, text.escape, options);
  }
  Result operator()(const CmdInstruction& body) const {
    return EvaluateCmd(body, state);
  }
  Result operator()(const EntrypointInstruction& body) const {
    return EvaluateEntrypoint(body, state);
  }
  Result operator()(const ShellInstruction& body) const {
    return EvaluateShell(body, state);
  }
  Result operator()(const WorkdirInstruction& body) const {
    return EvaluateWorkdir(body, state, text.escape);
  }
  Result operator()(const UserInstruction& body) const {
    return EvaluateUser(body, state, text.escape);
  }
  Result operator()(const ExposeInstruction& body) const {
    return EvaluateExpose(body, state, text.escape);
  }
  Result operator()(const VolumeInstruction& body) const {
    return EvaluateVolume(body, state, text.escape);
  }
  Result operator()(const StopsignalInstruction& body) const {
    return EvaluateStopsignal(body, state, text.escape);
  }
  Result operator()(const MaintainerInstruction& body) const {
    return EvaluateMaintainer(body, state);
  }
  Result operator()(const HealthcheckInstruction& body) const {
    return EvaluateHealthcheck(body, state);
  }
  Result operator()(const OnbuildInstruction& body) const {
    return EvaluateOnbuild(body, state);
  }

  Result NotMetadata() const {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an instruction that changes no files, got ",
                     Keyword(text.instruction)));
  }

  const InstructionText& text;
  const BuildState& state;
  const EvaluateOptions& options;
};

}  // namespace

absl::StatusOr<Evaluation> EvaluateInstruction(const InstructionText& text,
                                               const BuildState& state,
                                               const EvaluateOptions& options) {
  return std::visit(Evaluator{text, state, options}, text.instruction.body);
}

}  // namespace rules_dockerfile
