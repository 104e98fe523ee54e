#include "lib/dockerfile/lint_stage.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/clean_path.h"
#include "lib/dockerfile/add_source.h"
#include "lib/dockerfile/build_platform.h"
#include "lib/dockerfile/diagnostic.h"
#include "lib/dockerfile/dockerfile.h"
#include "lib/dockerfile/env_key.h"
#include "lib/dockerfile/expand.h"
#include "lib/dockerfile/global_scope.h"
#include "lib/dockerfile/heredoc.h"
#include "lib/dockerfile/mount.h"
#include "lib/dockerfile/port.h"
#include "lib/dockerfile/quote.h"
#include "lib/dockerfile/suggest.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What a stage hands on to the stages made from it.
struct LintState {
  std::vector<std::string> environment;
  std::vector<std::string> arguments;  // ARG names
  bool has_shell = false;
  bool has_workdir = false;
};

// Visits the instructions of one stage in order.
class StageLinter {
 public:
  StageLinter(const std::vector<std::string>& global_scope, char escape,
              const LintOptions& options, const LintSink& report,
              LintState& state)
      : global_scope_(global_scope),
        escape_(escape),
        options_(options),
        report_(report),
        state_(state) {}

  absl::Status Visit(const Instruction& instruction) {
    current_ = &instruction;
    return std::visit(*this, instruction.body);
  }

  absl::Status operator()(const RunInstruction& run) {
    for (const std::string& mount : run.mounts) {
      ABSL_RETURN_IF_ERROR(ParseMount(mount, [this](absl::string_view word) {
                             return Expand(word);
                           }).status());
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const CopyInstruction& copy) {
    ABSL_RETURN_IF_ERROR(Expand(copy.chown).status());
    ABSL_RETURN_IF_ERROR(Expand(copy.chmod).status());
    ABSL_RETURN_IF_ERROR(Expand(copy.checksum).status());
    std::vector<std::string> sources;
    for (const std::string& source : copy.sources) {
      ABSL_ASSIGN_OR_RETURN(std::string expanded, Expand(source));
      sources.push_back(std::move(expanded));
    }
    ABSL_RETURN_IF_ERROR(Expand(copy.destination).status());
    for (const Heredoc& heredoc : copy.heredocs) {
      if (!heredoc.expand) continue;
      ABSL_RETURN_IF_ERROR(Expand(HeredocFileContent(heredoc),
                                  {.escape = '\\', .process_quotes = false})
                               .status());
    }
    if (!copy.from.empty()) return absl::OkStatus();
    for (const std::string& source : sources) LintSource(copy, source);
    return absl::OkStatus();
  }

  absl::Status operator()(const EnvInstruction& env) {
    // One instruction sees one environment.
    std::vector<KeyValue> expanded;
    for (const KeyValue& pair : env.variables) {
      ABSL_ASSIGN_OR_RETURN(std::string key, Expand(pair.key));
      ABSL_ASSIGN_OR_RETURN(std::string value, Expand(pair.value));
      expanded.push_back({std::move(key), std::move(value)});
    }
    for (const KeyValue& pair : expanded) {
      LintSecret("ENV", pair.key);
      SetVariable(pair.key, pair.value, state_.environment);
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const LabelInstruction& label) {
    for (const KeyValue& pair : label.labels) {
      ABSL_RETURN_IF_ERROR(Expand(pair.key).status());
      ABSL_RETURN_IF_ERROR(Expand(pair.value).status());
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const ArgInstruction& arg) {
    for (const BuildArgument& argument : arg.arguments) {
      LintSecret("ARG", argument.name);
      std::optional<std::string> value;
      const auto& given = options_.stages.scope.build_args;
      if (const auto found = given.find(argument.name); found != given.end()) {
        value = found->second;
      } else if (argument.default_value) {
        ABSL_ASSIGN_OR_RETURN(value, Expand(*argument.default_value));
      } else {
        value = LookupIn(global_scope_)(argument.name);
      }
      state_.arguments.push_back(argument.name);
      if (value && !IsHiddenArgument(argument.name)) {
        SetVariable(argument.name, *value, state_.environment);
      }
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const CmdInstruction& cmd) {
    LintOnce("CMD");
    LintShellForm(cmd.command);
    return absl::OkStatus();
  }

  absl::Status operator()(const EntrypointInstruction& entrypoint) {
    LintOnce("ENTRYPOINT");
    LintShellForm(entrypoint.command);
    return absl::OkStatus();
  }

  absl::Status operator()(const HealthcheckInstruction&) {
    LintOnce("HEALTHCHECK");
    return absl::OkStatus();
  }

  absl::Status operator()(const ShellInstruction&) {
    state_.has_shell = true;
    return absl::OkStatus();
  }

  absl::Status operator()(const WorkdirInstruction& workdir) {
    ABSL_ASSIGN_OR_RETURN(const std::string path, Expand(workdir.path));
    if (!state_.has_workdir && !absl::StartsWith(path, "/")) {
      Report("WorkdirRelativePath",
             absl::StrCat("Relative workdir ", GoQuote(path),
                          " can have unexpected results if the base image "
                          "changes"));
    }
    state_.has_workdir = true;
    return absl::OkStatus();
  }

  absl::Status operator()(const UserInstruction& user) {
    return Expand(user.user).status();
  }

  absl::Status operator()(const VolumeInstruction& volume) {
    for (const std::string& path : volume.paths) {
      ABSL_RETURN_IF_ERROR(Expand(path).status());
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const StopsignalInstruction& stopsignal) {
    return Expand(stopsignal.signal).status();
  }

  absl::Status operator()(const ExposeInstruction& expose) {
    for (const std::string& port : expose.ports) {
      ABSL_ASSIGN_OR_RETURN(
          const WordsExpansion words,
          ExpandWords(port, LookupIn(state_.environment), {.escape = escape_}));
      LintUndefined(words.undefined);
      for (const std::string& word : words.words) {
        ABSL_RETURN_IF_ERROR(ParsePorts(word).status());
        LintPort(word);
      }
    }
    return absl::OkStatus();
  }

  // Those that expand nothing.
  absl::Status operator()(const FromInstruction&) { return absl::OkStatus(); }
  absl::Status operator()(const MaintainerInstruction&) {
    return absl::OkStatus();
  }
  absl::Status operator()(const OnbuildInstruction&) {
    return absl::OkStatus();
  }

 private:
  void Report(absl::string_view rule, std::string detail) {
    report_(rule, current_->lines, std::move(detail));
  }

  absl::StatusOr<std::string> Expand(absl::string_view word) {
    return Expand(word, {.escape = escape_});
  }

  absl::StatusOr<std::string> Expand(absl::string_view word,
                                     const ExpandOptions& options) {
    ABSL_ASSIGN_OR_RETURN(
        Expansion expansion,
        ExpandWord(word, LookupIn(state_.environment), options));
    LintUndefined(expansion.undefined);
    return std::move(expansion.text);
  }

  void LintUndefined(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (IsHiddenArgument(name) ||
          absl::c_linear_search(state_.arguments, name)) {
        continue;
      }
      const std::string suggestion =
          DidYouMean(name, NamesOf(state_.environment),
                     /*case_sensitive=*/true);
      std::string detail =
          absl::StrCat("Usage of undefined variable '$", name, "'");
      absl::string_view match = suggestion;
      if (absl::ConsumePrefix(&match, " (did you mean ")) {
        absl::StrAppend(&detail, " (did you mean $", match);
      }
      Report("UndefinedVar", std::move(detail));
    }
  }

  void LintSecret(absl::string_view keyword, absl::string_view name) {
    if (!IsSecretName(name)) return;
    Report("SecretsUsedInArgOrEnv",
           absl::StrCat("Do not use ARG or ENV instructions for sensitive data "
                        "(",
                        keyword, " ", GoQuote(name), ")"));
  }

  // The earlier instruction is the one without effect.
  void LintOnce(const std::string& keyword) {
    const auto [previous, first] =
        previous_.try_emplace(keyword, current_->lines);
    if (first) return;
    report_("MultipleInstructionsDisallowed", previous->second,
            absl::StrCat("Multiple ", current_->keyword,
                         " instructions should not be used in the same stage "
                         "because only the last one will be used"));
    previous->second = current_->lines;
  }

  void LintShellForm(const CommandLine& command) {
    if (!command.shell_form || state_.has_shell) return;
    Report("JSONArgsRecommended",
           absl::StrCat("JSON arguments recommended for ", current_->keyword,
                        " to prevent unintended behavior related to OS "
                        "signals"));
  }

  void LintSource(const CopyInstruction& copy, const std::string& source) {
    if (!options_.ignore || options_.ignore->has_exceptions()) return;
    if (copy.is_add && KindOfSource(source) != SourceKind::kPath) return;
    std::string path = CleanPath(source);
    path.erase(0, path.find_first_not_of('/'));
    const std::vector<std::string> patterns = options_.ignore->patterns();
    const bool ignored = path.empty() || path == "."
                             ? absl::c_any_of(patterns,
                                              [](const std::string& pattern) {
                                                return pattern == "*" ||
                                                       pattern == "**" ||
                                                       pattern == "**/*";
                                              })
                             : options_.ignore->Ignores(path);
    if (!ignored) return;
    Report(
        "CopyIgnoredFile",
        absl::StrCat("Attempting to ", copy.is_add ? "Add" : "Copy", " file ",
                     GoQuote(source), " that is excluded by .dockerignore"));
  }

  void LintPort(const std::string& word) {
    const std::string protocol =
        word.substr(std::min(word.size(), word.find('/')));
    if (absl::AsciiStrToLower(protocol) != protocol) {
      Report("ExposeProtoCasing",
             absl::StrCat("Defined protocol '", word,
                          "' in EXPOSE instruction should be lowercase"));
    }
    if (absl::StrContains(word, ':')) {
      Report("ExposeInvalidFormat",
             absl::StrCat("EXPOSE instruction should not define an IP address "
                          "or host-port mapping, found '",
                          word, "'"));
    }
  }

  const std::vector<std::string>& global_scope_;
  const char escape_;
  const LintOptions& options_;
  const LintSink& report_;
  LintState& state_;
  const Instruction* current_ = nullptr;
  std::map<std::string, LineRange> previous_;  // by keyword
};

class StagesLinter {
 public:
  StagesLinter(const Dockerfile& dockerfile, const StageGraph& graph,
               const LintOptions& options, const LintSink& report)
      : file_(dockerfile), graph_(graph), options_(options), report_(report) {}

  std::optional<Diagnostic> LintAll() {
    states_.resize(file_.stages.size());
    const bool all = options_.stages.scope.target.empty();
    for (size_t i = 0; i < file_.stages.size(); ++i) {
      if (!all && !graph_.stages[i].reachable) continue;
      if (auto error = LintStage(static_cast<int>(i))) return error;
    }
    return std::nullopt;
  }

 private:
  std::optional<Diagnostic> LintStage(int index) {
    const Stage& stage = file_.stages[index];
    LintState& state = states_[index];
    state = InitialState(index);
    // Of a stage that a named context replaces, nothing is run.
    if (graph_.stages[index].base.kind == StageSource::Kind::kContext &&
        absl::c_linear_search(
            options_.stages.named_contexts,
            std::get<FromInstruction>(stage.from.body).stage_name)) {
      return std::nullopt;
    }
    StageLinter linter(graph_.global_scope, file_.directives.escape, options_,
                       report_, state);
    for (const Instruction& instruction : stage.instructions) {
      const absl::Status status = linter.Visit(instruction);
      if (status.ok()) continue;
      return Diagnostic{.ranges = {instruction.lines},
                        .message = std::string(status.message())};
    }
    return std::nullopt;
  }

  LintState InitialState(int index) {
    const StageSource& base = graph_.stages[index].base;
    if (base.kind == StageSource::Kind::kStage) return states_[base.stage];
    LintState state;
    if (const auto found = options_.bases.find(base.name);
        base.kind == StageSource::Kind::kImage &&
        found != options_.bases.end()) {
      state.environment = found->second.environment;
      state.has_shell = !found->second.shell.empty();
      LintBasePlatform(index, base.name, found->second);
    }
    if (!LookupIn(state.environment)("PATH")) {
      SetVariable("PATH", kDefaultPath, state.environment);
    }
    return state;
  }

  void LintBasePlatform(int index, const std::string& name,
                        const LintBase& base) {
    if (!base.platform) return;
    const BuildPlatform expected = graph_.stages[index].platform.value_or(
        options_.stages.scope.target_platform);
    if (base.platform->os == expected.os &&
        base.platform->architecture == expected.architecture) {
      return;
    }
    report_(
        "InvalidBaseImagePlatform", file_.stages[index].from.lines,
        absl::StrCat("Base image ", name, " was pulled with platform ",
                     GoQuote(PlatformText(*base.platform)), ", expected ",
                     GoQuote(PlatformText(expected)), " for current build"));
  }

  const Dockerfile& file_;
  const StageGraph& graph_;
  const LintOptions& options_;
  const LintSink& report_;
  std::vector<LintState> states_;  // of each stage, at its end
};

}  // namespace

std::optional<Diagnostic> LintStages(const Dockerfile& dockerfile,
                                     const StageGraph& graph,
                                     const LintOptions& options,
                                     const LintSink& report) {
  return StagesLinter(dockerfile, graph, options, report).LintAll();
}

}  // namespace rules_dockerfile
