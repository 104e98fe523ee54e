#include "lib/dockerfile/lint/lint_instruction.h"

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
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/env_key.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/port.h"
#include "lib/dockerfile/values/signal.h"
#include "lib/dockerfile/values/suggest.h"

namespace rules_dockerfile {

// One instruction under its linter.
struct InstructionVisitor {
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
    if (env.legacy) ReportLegacy("ENV");
    for (const KeyValue& pair : expanded) {
      LintSecret("ENV", pair.key);
      linter_.state_.environment.Set(pair.key, pair.value);
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const LabelInstruction& label) {
    for (const KeyValue& pair : label.labels) {
      ABSL_RETURN_IF_ERROR(Expand(pair.key).status());
      ABSL_RETURN_IF_ERROR(Expand(pair.value).status());
    }
    if (label.legacy) ReportLegacy("LABEL");
    return absl::OkStatus();
  }

  absl::Status operator()(const ArgInstruction& arg) {
    for (const BuildArgument& argument : arg.arguments) {
      LintSecret("ARG", argument.name);
      std::optional<std::string> value;
      const auto& given = linter_.context_.options.stages.scope.build_args;
      if (const auto found = given.find(argument.name); found != given.end()) {
        value = found->second;
      } else if (argument.default_value) {
        ABSL_ASSIGN_OR_RETURN(value, Expand(*argument.default_value));
      } else {
        value = linter_.context_.global_scope.Get(argument.name);
      }
      linter_.state_.arguments.insert(argument.name);
      if (value && !IsHiddenArgument(argument.name)) {
        linter_.state_.environment.Set(argument.name, *value);
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
    linter_.state_.has_shell = true;
    return absl::OkStatus();
  }

  absl::Status operator()(const WorkdirInstruction& workdir) {
    ABSL_ASSIGN_OR_RETURN(const std::string path, Expand(workdir.path));
    if (!linter_.state_.has_workdir && !absl::StartsWith(path, "/")) {
      Report("WorkdirRelativePath",
             absl::StrCat("Relative workdir ", GoQuote(path),
                          " can have unexpected results if the base image "
                          "changes"));
    }
    linter_.state_.has_workdir = true;
    return absl::OkStatus();
  }

  absl::Status operator()(const UserInstruction& user) {
    return Expand(user.user).status();
  }

  absl::Status operator()(const VolumeInstruction& volume) {
    for (const std::string& path : volume.paths) {
      ABSL_ASSIGN_OR_RETURN(const std::string expanded, Expand(path));
      if (expanded.empty()) {
        return absl::InvalidArgumentError(
            "VOLUME specified can not be an empty string");
      }
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const StopsignalInstruction& stopsignal) {
    ABSL_ASSIGN_OR_RETURN(const std::string signal, Expand(stopsignal.signal));
    return ValidateSignal(signal);
  }

  absl::Status operator()(const ExposeInstruction& expose) {
    for (const std::string& port : expose.ports) {
      ABSL_ASSIGN_OR_RETURN(
          const WordsExpansion words,
          ExpandWords(port, linter_.state_.environment.lookup(),
                      {.escape = linter_.context_.escape}));
      for (const std::string& word : words.words) {
        ABSL_RETURN_IF_ERROR(ParsePorts(word).status());
        LintPort(word);
      }
    }
    return absl::OkStatus();
  }

  // Instructions that expand nothing.
  absl::Status operator()(const FromInstruction&) { return absl::OkStatus(); }
  absl::Status operator()(const MaintainerInstruction&) {
    return absl::OkStatus();
  }
  absl::Status operator()(const OnbuildInstruction&) {
    return absl::OkStatus();
  }

  void Report(absl::string_view rule, std::string detail) {
    linter_.context_.report(rule, instruction_.lines, std::move(detail));
  }

  void ReportLegacy(absl::string_view keyword) {
    Report(
        "LegacyKeyValueFormat",
        absl::StrCat("\"", keyword, " key=value\" should be used instead of ",
                     "legacy \"", keyword, " key value\" format"));
  }

  absl::StatusOr<std::string> Expand(absl::string_view word) {
    return Expand(word, {.escape = linter_.context_.escape});
  }

  absl::StatusOr<std::string> Expand(absl::string_view word,
                                     const ExpandOptions& options) {
    ABSL_ASSIGN_OR_RETURN(
        Expansion expansion,
        ExpandWord(word, linter_.state_.environment.lookup(), options));
    LintUndefined(expansion.undefined);
    return std::move(expansion.text);
  }

  void LintUndefined(const std::vector<std::string>& names) {
    if (linter_.state_.any_variable) return;
    for (const std::string& name : names) {
      if (IsHiddenArgument(name) || linter_.state_.arguments.contains(name)) {
        continue;
      }
      const std::string suggestion =
          DidYouMean(name, linter_.state_.environment.Names(),
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

  // The earlier instruction has no effect.
  void LintOnce(const std::string& keyword) {
    const auto [previous, first] =
        linter_.previous_.try_emplace(keyword, instruction_.lines);
    if (first) return;
    linter_.context_.report(
        "MultipleInstructionsDisallowed", previous->second,
        absl::StrCat("Multiple ", instruction_.keyword,
                     " instructions should not be used in the same stage "
                     "because only the last one will be used"));
    previous->second = instruction_.lines;
  }

  void LintShellForm(const CommandLine& command) {
    if (!command.shell_form || linter_.state_.has_shell) return;
    Report("JSONArgsRecommended",
           absl::StrCat("JSON arguments recommended for ", instruction_.keyword,
                        " to prevent unintended behavior related to OS "
                        "signals"));
  }

  void LintSource(const CopyInstruction& copy, const std::string& source) {
    if (!linter_.context_.options.ignore ||
        linter_.context_.options.ignore->has_exceptions())
      return;
    if (copy.is_add && KindOfSource(source) != SourceKind::kPath) return;
    std::string path = CleanPath(source);
    path.erase(0, path.find_first_not_of('/'));
    const std::vector<std::string> patterns =
        linter_.context_.options.ignore->patterns();
    const bool ignored = path.empty() || path == "."
                             ? absl::c_any_of(patterns,
                                              [](const std::string& pattern) {
                                                return pattern == "*" ||
                                                       pattern == "**" ||
                                                       pattern == "**/*";
                                              })
                             : linter_.context_.options.ignore->Ignores(path);
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
    const std::string host = word.substr(0, word.rfind(':'));
    if (host != word && host.find_first_not_of(':') != std::string::npos) {
      Report("ExposeInvalidFormat",
             absl::StrCat("EXPOSE instruction should not define an IP address "
                          "or host-port mapping, found '",
                          word, "'"));
    }
  }

  InstructionLinter& linter_;
  const Instruction& instruction_;
};

absl::Status InstructionLinter::Visit(const Instruction& instruction) {
  return std::visit(InstructionVisitor{*this, instruction}, instruction.body);
}

}  // namespace rules_dockerfile
