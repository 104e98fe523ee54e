#ifndef TOOLS_DOCKERFILE_PARSE_PARSE_COMMAND_H_
#define TOOLS_DOCKERFILE_PARSE_PARSE_COMMAND_H_

#include <optional>
#include <string>

#include "lib/dockerfile/lint/lint_options.h"
#include "lib/dockerfile/stages/stage_graph.h"

namespace rules_dockerfile {

enum class LintMode { kOff, kWarn, kError };

struct ParseCommandOptions {
  std::string filename;  // as messages call it
  std::string text;      // of the Dockerfile
  bool dump = false;
  bool outline_json = false;
  // Of a file with an error nothing is said: another run reports it.
  bool rules_only = false;
  std::optional<std::string> outline;  // to compare with the parser's
  StageOptions stages;
  LintMode lint_mode = LintMode::kWarn;
  LintOptions lint;  // its scope is that of `stages`
  // An error that the caller found; reported if nothing else is wrong.
  std::string error;
};

struct ParseCommandResult {
  bool ok = false;
  std::string output;     // for stdout
  std::string messages;   // for stderr
  std::string lint_json;  // what `docker build --check` prints as JSON
};

// Parses and checks a Dockerfile: syntax, stages, the outline, and the rules of
// `docker build --check`.
ParseCommandResult RunParseCommand(const ParseCommandOptions& options);

}  // namespace rules_dockerfile

#endif  // TOOLS_DOCKERFILE_PARSE_PARSE_COMMAND_H_
