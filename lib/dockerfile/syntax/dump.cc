#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/instruction_body.h"

namespace rules_dockerfile {
namespace {

// Writes the facts of an instruction, one per line, without those that have
// their default.
class InstructionDumper {
 public:
  explicit InstructionDumper(std::string& text) : text_(text) {}

  void operator()(const FromInstruction& from) {
    Text("base", from.base);
    Option("as", from.stage_name);
    Option("platform", from.platform);
  }
  void operator()(const RunInstruction& run) {
    List("mount", run.mounts);
    Option("network", run.network);
    Option("security", run.security);
    List("device", run.devices);
    Command(run.command);
    Heredocs(run.heredocs);
  }
  void operator()(const CopyInstruction& copy) {
    Option("from", copy.from);
    Option("chown", copy.chown);
    Option("chmod", copy.chmod);
    Bool("link", copy.link);
    Bool("parents", copy.parents);
    List("exclude", copy.excludes);
    Option("checksum", copy.checksum);
    if (copy.keep_git_dir) {
      Line("keep-git-dir", *copy.keep_git_dir ? "true" : "false");
    }
    if (copy.unpack) Line("unpack", *copy.unpack ? "true" : "false");
    List("source", copy.sources);
    Heredocs(copy.heredocs);
    Text("destination", copy.destination);
  }
  void operator()(const EnvInstruction& env) {
    Pairs(env.variables, env.legacy);
  }
  void operator()(const LabelInstruction& label) {
    Pairs(label.labels, label.legacy);
  }
  void operator()(const ArgInstruction& arg) {
    for (const BuildArgument& argument : arg.arguments) {
      std::string fact = GoQuote(argument.name);
      if (argument.default_value) {
        absl::StrAppend(&fact, " default ", GoQuote(*argument.default_value));
      }
      Line("argument", fact);
    }
  }
  void operator()(const CmdInstruction& cmd) { Command(cmd.command); }
  void operator()(const EntrypointInstruction& entrypoint) {
    Command(entrypoint.command);
  }
  void operator()(const ShellInstruction& shell) { List("arg", shell.shell); }
  void operator()(const WorkdirInstruction& workdir) {
    Text("path", workdir.path);
  }
  void operator()(const UserInstruction& user) { Text("user", user.user); }
  void operator()(const ExposeInstruction& expose) {
    List("port", expose.ports);
  }
  void operator()(const VolumeInstruction& volume) {
    List("path", volume.paths);
  }
  void operator()(const StopsignalInstruction& stopsignal) {
    Text("signal", stopsignal.signal);
  }
  void operator()(const MaintainerInstruction& maintainer) {
    Text("name", maintainer.name);
  }
  void operator()(const HealthcheckInstruction& healthcheck) {
    List("test", healthcheck.test);
    Nanoseconds("interval", healthcheck.interval_ns);
    Nanoseconds("timeout", healthcheck.timeout_ns);
    Nanoseconds("start-period", healthcheck.start_period_ns);
    Nanoseconds("start-interval", healthcheck.start_interval_ns);
    if (healthcheck.retries != 0) {
      Line("retries", absl::StrCat(healthcheck.retries));
    }
  }
  void operator()(const OnbuildInstruction& onbuild) {
    Text("trigger", onbuild.trigger);
  }

 private:
  void Line(absl::string_view name, absl::string_view fact) {
    absl::StrAppend(&text_, "    ", name, " ", fact, "\n");
  }
  void Text(absl::string_view name, absl::string_view value) {
    Line(name, GoQuote(value));
  }
  void Option(absl::string_view name, absl::string_view value) {
    if (!value.empty()) Text(name, value);
  }
  void Bool(absl::string_view name, bool value) {
    if (value) Line(name, "true");
  }
  void Nanoseconds(absl::string_view name, int64_t value) {
    if (value != 0) Line(name, absl::StrCat(value, " ns"));
  }
  void List(absl::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values) Text(name, value);
  }
  void Pairs(const std::vector<KeyValue>& pairs, bool legacy) {
    for (const KeyValue& pair : pairs) {
      Line(legacy ? "legacy" : "pair",
           absl::StrCat(GoQuote(pair.key), " ", GoQuote(pair.value)));
    }
  }
  void Command(const CommandLine& command) {
    if (command.shell_form) {
      Text("shell-form", command.args[0]);
      return;
    }
    absl::StrAppend(&text_, "    exec-form");
    for (const std::string& arg : command.args) {
      absl::StrAppend(&text_, " ", GoQuote(arg));
    }
    absl::StrAppend(&text_, "\n");
  }
  void Heredocs(const std::vector<Heredoc>& heredocs) {
    for (const Heredoc& heredoc : heredocs) {
      std::string fact = GoQuote(heredoc.name);
      if (heredoc.fd != 0) absl::StrAppend(&fact, " fd ", heredoc.fd);
      if (heredoc.chomp) absl::StrAppend(&fact, " chomp");
      if (!heredoc.expand) absl::StrAppend(&fact, " literal");
      Line("heredoc", absl::StrCat(fact, " ", GoQuote(heredoc.content)));
    }
  }

  std::string& text_;
};

void DumpInstruction(const Instruction& instruction, std::string& text) {
  absl::StrAppend(&text, "  ", Keyword(instruction), " lines ",
                  instruction.lines.first, "-", instruction.lines.last, "\n");
  for (const std::string& line : instruction.comment) {
    absl::StrAppend(&text, "    comment ", GoQuote(line), "\n");
  }
  std::visit(InstructionDumper(text), instruction.body);
}

}  // namespace

std::string DumpDockerfile(const Dockerfile& dockerfile) {
  std::string text;
  const ParserDirectives& directives = dockerfile.directives;
  if (!directives.syntax.empty()) {
    absl::StrAppend(&text, "syntax ", GoQuote(directives.syntax), "\n");
  }
  if (directives.escape != '\\') absl::StrAppend(&text, "escape \"`\"\n");
  if (!directives.check.empty()) {
    absl::StrAppend(&text, "check ", GoQuote(directives.check), "\n");
  }
  for (const Diagnostic& warning : dockerfile.warnings) {
    absl::StrAppend(&text, "warning line ", warning.ranges[0].first, " ",
                    GoQuote(warning.message), "\n");
  }
  if (!dockerfile.global_args.empty()) absl::StrAppend(&text, "global\n");
  for (const Instruction& arg : dockerfile.global_args) {
    DumpInstruction(arg, text);
  }
  for (size_t i = 0; i < dockerfile.stages.size(); ++i) {
    const Stage& stage = dockerfile.stages[i];
    absl::StrAppend(&text, "stage ", i, "\n");
    DumpInstruction(stage.from, text);
    for (const Instruction& instruction : stage.instructions) {
      DumpInstruction(instruction, text);
    }
  }
  return text;
}

}  // namespace rules_dockerfile
