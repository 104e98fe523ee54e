#include "lib/dockerfile/syntax/parse_instruction.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/flags.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/syntax/parse_copy.h"
#include "lib/dockerfile/syntax/parse_healthcheck.h"
#include "lib/dockerfile/values/suggest.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

using Body = absl::StatusOr<InstructionBody>;

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::Status AtLeastOneArgument(absl::string_view keyword) {
  return Invalid(keyword, " requires at least one argument");
}

absl::Status NoFlags(const LexedInstruction& in) {
  return ParseFlags(in.arguments.flags, {}).status();
}

// The argument of an instruction that takes exactly one.
absl::StatusOr<std::string> OneArgument(const LexedInstruction& in,
                                        absl::string_view keyword) {
  if (in.arguments.words.size() != 1) {
    return Invalid(keyword, " requires exactly one argument");
  }
  return in.arguments.words[0];
}

CommandLine CommandLineOf(const LexedInstruction& in) {
  if (in.arguments.json) {
    return {.shell_form = false, .args = in.arguments.words};
  }
  const std::vector<std::string>& words = in.arguments.words;
  return {.shell_form = true, .args = {words.empty() ? "" : words[0]}};
}

absl::StatusOr<std::string> StageName(const std::vector<std::string>& words) {
  if (words.size() == 1) return "";
  if (words.size() != 3 || !absl::EqualsIgnoreCase(words[1], "as")) {
    return Invalid("FROM requires either one or three arguments");
  }
  static const RE2& valid = *new RE2("[a-z][a-z0-9-_.]*");
  std::string name = absl::AsciiStrToLower(words[2]);
  if (!RE2::FullMatch(name, valid)) {
    return Invalid("invalid name for build stage: ", GoQuote(words[2]),
                   ", name can't start with a number or contain symbols");
  }
  return name;
}

Body ParseFrom(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(std::string name, StageName(in.arguments.words));
  ABSL_ASSIGN_OR_RETURN(const FlagValues flags,
                        ParseFlags(in.arguments.flags, {{"platform"}}));
  return FromInstruction{.base = in.arguments.words[0],
                         .stage_name = std::move(name),
                         .platform = flags.String("platform")};
}

Body ParseRun(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(
      const FlagValues flags,
      ParseFlags(in.arguments.flags, {{"mount", FlagKind::kList},
                                      {"network"},
                                      {"security"},
                                      {"device", FlagKind::kList}}));
  RunInstruction run = {.command = CommandLineOf(in),
                        .heredocs = in.heredocs,
                        .mounts = flags.List("mount"),
                        .network = flags.String("network"),
                        .security = flags.String("security"),
                        .devices = flags.List("device")};
  for (const std::string& mount : run.mounts) {
    ABSL_RETURN_IF_ERROR(MountFrom(mount).status());
  }
  if (flags.Has("network") && run.network != "default" &&
      run.network != "none" && run.network != "host") {
    return Invalid("invalid network mode ", GoQuote(run.network));
  }
  if (flags.Has("security") && run.security != "sandbox" &&
      run.security != "insecure") {
    return Invalid("security ", GoQuote(run.security), " is not valid");
  }
  return run;
}

absl::Status CheckNames(const LexedInstruction& in, absl::string_view keyword) {
  if (in.arguments.pairs.empty()) return AtLeastOneArgument(keyword);
  for (const KeyValue& pair : in.arguments.pairs) {
    if (pair.key.empty()) return Invalid(keyword, " names can not be blank");
  }
  return absl::OkStatus();
}

Body ParseEnv(const LexedInstruction& in) {
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  ABSL_RETURN_IF_ERROR(CheckNames(in, "ENV"));
  return EnvInstruction{.variables = in.arguments.pairs,
                        .legacy = in.arguments.legacy};
}

Body ParseLabel(const LexedInstruction& in) {
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  ABSL_RETURN_IF_ERROR(CheckNames(in, "LABEL"));
  return LabelInstruction{.labels = in.arguments.pairs,
                          .legacy = in.arguments.legacy};
}

// Flags of ARG are ignored.
Body ParseArg(const LexedInstruction& in) {
  if (in.arguments.words.empty()) return AtLeastOneArgument("ARG");
  ArgInstruction arg;
  for (const std::string& word : in.arguments.words) {
    const size_t equals = word.find('=');
    if (equals == 0) return Invalid("ARG names can not be blank");
    BuildArgument argument = {.name = word.substr(0, equals)};
    if (equals != std::string::npos) {
      argument.default_value = word.substr(equals + 1);
    }
    arg.arguments.push_back(std::move(argument));
  }
  return arg;
}

Body ParseCmd(const LexedInstruction& in) {
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  return CmdInstruction{CommandLineOf(in)};
}

Body ParseEntrypoint(const LexedInstruction& in) {
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  return EntrypointInstruction{CommandLineOf(in)};
}

Body ParseShell(const LexedInstruction& in) {
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  if (in.arguments.words.empty()) return AtLeastOneArgument("SHELL");
  if (!in.arguments.json) {
    return Invalid("SHELL requires the arguments to be in JSON form");
  }
  return ShellInstruction{in.arguments.words};
}

Body ParseWorkdir(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(std::string path, OneArgument(in, "WORKDIR"));
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  return WorkdirInstruction{std::move(path)};
}

Body ParseUser(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(std::string user, OneArgument(in, "USER"));
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  return UserInstruction{std::move(user)};
}

Body ParseMaintainer(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(std::string name, OneArgument(in, "MAINTAINER"));
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  return MaintainerInstruction{std::move(name)};
}

// Flags of STOPSIGNAL are ignored.
Body ParseStopsignal(const LexedInstruction& in) {
  ABSL_ASSIGN_OR_RETURN(std::string signal, OneArgument(in, "STOPSIGNAL"));
  return StopsignalInstruction{std::move(signal)};
}

Body ParseExpose(const LexedInstruction& in) {
  if (in.arguments.words.empty()) return AtLeastOneArgument("EXPOSE");
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  ExposeInstruction expose = {in.arguments.words};
  std::sort(expose.ports.begin(), expose.ports.end());
  return expose;
}

Body ParseVolume(const LexedInstruction& in) {
  if (in.arguments.words.empty()) return AtLeastOneArgument("VOLUME");
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  VolumeInstruction volume;
  for (const std::string& word : in.arguments.words) {
    volume.paths.emplace_back(TrimSpace(word));
    if (volume.paths.back().empty()) {
      return Invalid("VOLUME specified can not be an empty string");
    }
  }
  return volume;
}

Body ParseOnbuild(const LexedInstruction& in) {
  if (in.arguments.words.empty()) return AtLeastOneArgument("ONBUILD");
  ABSL_RETURN_IF_ERROR(NoFlags(in));
  const std::string keyword = absl::AsciiStrToUpper(in.arguments.words[0]);
  if (keyword == "ONBUILD") {
    return Invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (keyword == "FROM" || keyword == "MAINTAINER") {
    return Invalid(keyword, " isn't allowed as an ONBUILD trigger");
  }
  absl::string_view trigger = in.original;
  static const RE2& prefix = *new RE2(R"((?i)\s*ONBUILD\s*)");
  RE2::Consume(&trigger, prefix);
  OnbuildInstruction onbuild = {std::string(trigger)};
  for (const Heredoc& heredoc : in.heredocs) {
    absl::StrAppend(&onbuild.trigger, "\n", heredoc.content, heredoc.name);
  }
  return onbuild;
}

using Parser = Body (*)(const LexedInstruction&);

const absl::btree_map<std::string, Parser>& Parsers() {
  static const auto& parsers = *new absl::btree_map<std::string, Parser>{
      {"ADD", ParseAdd},
      {"ARG", ParseArg},
      {"CMD", ParseCmd},
      {"COPY", ParseCopy},
      {"ENTRYPOINT", ParseEntrypoint},
      {"ENV", ParseEnv},
      {"EXPOSE", ParseExpose},
      {"FROM", ParseFrom},
      {"HEALTHCHECK", ParseHealthcheck},
      {"LABEL", ParseLabel},
      {"MAINTAINER", ParseMaintainer},
      {"ONBUILD", ParseOnbuild},
      {"RUN", ParseRun},
      {"SHELL", ParseShell},
      {"STOPSIGNAL", ParseStopsignal},
      {"USER", ParseUser},
      {"VOLUME", ParseVolume},
      {"WORKDIR", ParseWorkdir},
  };
  return parsers;
}

}  // namespace

absl::StatusOr<InstructionBody> ParseInstructionBody(
    const LexedInstruction& instruction) {
  const std::string& keyword = instruction.arguments.keyword;
  const auto parser = Parsers().find(absl::AsciiStrToUpper(keyword));
  if (parser != Parsers().end()) return parser->second(instruction);
  std::vector<std::string> known;
  for (const auto& [name, unused] : Parsers()) known.push_back(name);
  return Invalid("unknown instruction: ", keyword,
                 DidYouMean(keyword, known, /*case_sensitive=*/false));
}

}  // namespace rules_dockerfile
