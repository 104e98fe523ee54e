#include "lib/plan/evaluate_config.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/values/port.h"
#include "lib/dockerfile/values/signal.h"
#include "lib/json/json.h"
#include "lib/plan/build_state.h"
#include "lib/plan/command_line.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/expander.h"
#include "lib/plan/go_format.h"
#include "lib/plan/workdir.h"

namespace rules_dockerfile {
namespace {

// An instruction that does not change the state, shown as `created_by`.
Evaluation Unchanged(const BuildState& state, std::string created_by) {
  Evaluation evaluation = {.state = state};
  evaluation.step.history = {.created_by = std::move(created_by),
                             .empty_layer = true};
  return evaluation;
}

// A list of the image config; an empty list is left out.
Json ListOrNull(const std::vector<std::string>& list) {
  return list.empty() ? Json(nullptr) : Json(list);
}

// A set in the image config: `{"80/tcp": {}}`.
Json SetOf(const std::vector<std::string>& elements) {
  Json set = Json::object();
  for (const std::string& element : elements) set[element] = Json::object();
  return set;
}

}  // namespace

Evaluation EvaluateCmd(const CmdInstruction& instruction,
                       const BuildState& state) {
  const std::vector<std::string> argv =
      CommandArgv(instruction.command, state.shell);
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("CMD ", GoQuotedList(argv)));
  evaluation.step.config["Cmd"] = ListOrNull(argv);
  evaluation.step.config["ArgsEscaped"] = true;
  return evaluation;
}

Evaluation EvaluateEntrypoint(const EntrypointInstruction& instruction,
                              const BuildState& state) {
  const std::vector<std::string> argv =
      CommandArgv(instruction.command, state.shell);
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("ENTRYPOINT ", GoQuotedList(argv)));
  evaluation.step.config["Entrypoint"] = ListOrNull(argv);
  return evaluation;
}

Evaluation EvaluateShell(const ShellInstruction& instruction,
                         const BuildState& state) {
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("SHELL ", GoList(instruction.shell)));
  evaluation.state.shell = instruction.shell;
  evaluation.step.config["Shell"] = instruction.shell;
  return evaluation;
}

Evaluation EvaluateHealthcheck(const HealthcheckInstruction& instruction,
                               const BuildState& state) {
  struct Field {
    const char* name;
    int64_t value;
    std::string text;
  };
  const Field fields[] = {
      {"Interval", instruction.interval_ns,
       GoDuration(instruction.interval_ns)},
      {"Timeout", instruction.timeout_ns, GoDuration(instruction.timeout_ns)},
      {"StartPeriod", instruction.start_period_ns,
       GoDuration(instruction.start_period_ns)},
      {"StartInterval", instruction.start_interval_ns,
       GoDuration(instruction.start_interval_ns)},
      {"Retries", instruction.retries, absl::StrCat(instruction.retries)},
  };
  Json healthcheck = {{"Test", instruction.test}};
  std::string text =
      absl::StrCat("HEALTHCHECK {Test:", GoList(instruction.test));
  for (const Field& field : fields) {
    if (field.value != 0) healthcheck[field.name] = field.value;
    absl::StrAppend(&text, " ", field.name, ":", field.text);
  }
  Evaluation evaluation = Unchanged(state, text + "}");
  evaluation.step.config["Healthcheck"] = std::move(healthcheck);
  return evaluation;
}

Evaluation EvaluateMaintainer(const MaintainerInstruction& instruction,
                              const BuildState& state) {
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("MAINTAINER ", instruction.name));
  evaluation.step.config["author"] = instruction.name;
  return evaluation;
}

Evaluation EvaluateOnbuild(const OnbuildInstruction& instruction,
                           const BuildState& state) {
  Evaluation evaluation = {.state = state};
  evaluation.step.config["OnBuild"] = {instruction.trigger};
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateUser(const UserInstruction& instruction,
                                        const BuildState& state, char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::string user,
                        expander.Word(instruction.user));
  Evaluation evaluation = Unchanged(state, absl::StrCat("USER ", user));
  evaluation.state.user = user;
  evaluation.step.config["User"] = user;
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateExpose(const ExposeInstruction& instruction,
                                          const BuildState& state,
                                          char escape) {
  Expander expander(state.env, escape);
  std::vector<std::string> ports;
  for (const std::string& word : instruction.ports) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> expanded,
                          expander.Split(word));
    for (const std::string& spec : expanded) {
      ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> parsed,
                            ParsePorts(spec));
      ports.insert(ports.end(), parsed.begin(), parsed.end());
    }
  }
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("EXPOSE ", GoList(ports)));
  evaluation.step.config["ExposedPorts"] = SetOf(ports);
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateVolume(const VolumeInstruction& instruction,
                                          const BuildState& state,
                                          char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                        expander.EachWord(instruction.paths));
  for (const std::string& path : paths) {
    if (path.empty()) {
      return absl::InvalidArgumentError(
          "VOLUME specified can not be an empty string");
    }
  }
  Evaluation evaluation =
      Unchanged(state, absl::StrCat("VOLUME ", GoList(paths)));
  evaluation.step.config["Volumes"] = SetOf(paths);
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateStopsignal(
    const StopsignalInstruction& instruction, const BuildState& state,
    char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::string signal,
                        expander.Word(instruction.signal));
  ABSL_RETURN_IF_ERROR(ValidateSignal(signal));
  Evaluation evaluation = Unchanged(state, absl::StrCat("STOPSIGNAL ", signal));
  evaluation.step.config["StopSignal"] = signal;
  evaluation.undefined = expander.undefined();
  return evaluation;
}

absl::StatusOr<Evaluation> EvaluateWorkdir(
    const WorkdirInstruction& instruction, const BuildState& state,
    char escape) {
  Expander expander(state.env, escape);
  ABSL_ASSIGN_OR_RETURN(const std::string path,
                        expander.Word(instruction.path));
  const std::string workdir = JoinWorkdir(state.workdir, path);
  // The frontend joins a relative path, and stores an absolute one as it is.
  const std::string stored = absl::StartsWith(path, "/") ? path : workdir;
  Evaluation evaluation = Unchanged(state, absl::StrCat("WORKDIR ", stored));
  evaluation.step.history->empty_layer = stored == "/";
  evaluation.state.workdir = workdir;
  evaluation.step.config["WorkingDir"] = stored;
  evaluation.undefined = expander.undefined();
  return evaluation;
}

}  // namespace rules_dockerfile
