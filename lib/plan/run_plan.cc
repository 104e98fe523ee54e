#include "lib/plan/run_plan.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/plan/build_state.h"
#include "lib/plan/command_line.h"
#include "lib/plan/environment.h"
#include "lib/plan/expander.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kProxies[] = {"HTTP_PROXY", "HTTPS_PROXY",
                                          "FTP_PROXY", "NO_PROXY", "ALL_PROXY"};

// `environment` with the predefined proxy arguments (Dockerfile reference,
// "Predefined ARGs"): of several spellings the last in byte order counts.
std::vector<std::string> WithProxies(
    std::vector<std::string> environment,
    const std::map<std::string, std::string>& build_args) {
  for (const absl::string_view proxy : kProxies) {
    std::string value;
    for (const auto& [name, argument] : build_args) {
      if (absl::EqualsIgnoreCase(name, proxy)) value = argument;
    }
    if (value.empty()) continue;
    for (const std::string& name :
         {std::string(proxy), absl::AsciiStrToLower(proxy)}) {
      if (FindVariable(environment, name).has_value()) continue;
      environment.push_back(absl::StrCat(name, "=", value));
    }
  }
  return environment;
}

// The program of a RUN whose command is a here-document: the shell runs its
// text or, if it names its interpreter after "#!", the script.
struct HeredocCommand {
  std::string command;
  std::optional<RunScript> script;
};
HeredocCommand CommandFrom(const std::string& command,
                           const std::vector<Heredoc>& heredocs) {
  if (heredocs.empty()) return {.command = command};
  if (heredocs.size() == 1 && ParseHeredocWord(command).has_value()) {
    std::string content = HeredocFileContent(heredocs.front());
    if (!absl::StartsWith(content, "#!")) {
      return {.command = std::move(content)};
    }
    const std::string path =
        absl::StrCat(kScriptDirectory, "/", heredocs.front().name);
    return {.command = path,
            .script = RunScript{.path = path, .content = std::move(content)}};
  }
  // The shell itself reads the here-documents of anything longer.
  std::string text = command;
  for (const Heredoc& heredoc : heredocs) {
    absl::StrAppend(&text, "\n", heredoc.content, heredoc.name);
  }
  return {.command = std::move(text)};
}

std::vector<std::string> WithPath(std::vector<std::string> environment) {
  if (!FindVariable(environment, "PATH").has_value()) {
    environment.push_back(absl::StrCat("PATH=", kDefaultPath));
  }
  return environment;
}

absl::StatusOr<std::vector<Mount>> ParseMounts(
    const std::vector<std::string>& values, Expander& expander) {
  std::vector<Mount> mounts;
  for (const std::string& value : values) {
    ABSL_ASSIGN_OR_RETURN(
        mounts.emplace_back(),
        ParseMount(value, [&expander](absl::string_view word) {
          return expander.Word(word);
        }));
  }
  return mounts;
}

}  // namespace

absl::StatusOr<RunPlan> PlanRun(const InstructionText& text,
                                const BuildState& state,
                                const RunPlanOptions& options) {
  const auto* run = std::get_if<RunInstruction>(&text.instruction.body);
  if (run == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected RUN, got ", Keyword(text.instruction)));
  }
  RunPlan plan;
  CommandLine command = run->command;
  if (command.shell_form && !command.args.empty()) {
    HeredocCommand heredoc = CommandFrom(command.args.front(), run->heredocs);
    command.args = {std::move(heredoc.command)};
    plan.script = std::move(heredoc.script);
  }
  plan.argv = CommandArgv(command, state.shell);
  if (plan.argv.empty()) {
    return absl::InvalidArgumentError("arguments are required");
  }
  plan.env = WithPath(WithProxies(state.env, options.build_args));
  plan.workdir = state.workdir;
  const auto hostname = options.build_args.find("BUILDKIT_SANDBOX_HOSTNAME");
  if (hostname != options.build_args.end()) plan.hostname = hostname->second;
  plan.user = state.user;
  Expander expander(state.env, text.escape);
  ABSL_ASSIGN_OR_RETURN(plan.mounts, ParseMounts(run->mounts, expander));
  plan.undefined = expander.undefined();
  plan.network = run->network;
  plan.security = run->security;
  plan.devices = run->devices;
  plan.history.created_by = RunCreatedBy(plan.argv, state.args, state.env);
  return plan;
}

}  // namespace rules_dockerfile
