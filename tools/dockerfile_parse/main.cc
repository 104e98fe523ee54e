#include <cstdio>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/worker/action_tool.h"
#include "tools/dockerfile_parse/parse_command.h"
#include "tools/dockerfile_parse/read_options.h"

ABSL_FLAG(std::string, dockerfile, "", "Dockerfile to parse");
ABSL_FLAG(std::string, filename, "",
          "name of the Dockerfile in messages; its path if empty");
ABSL_FLAG(bool, dump, false, "print the parsed Dockerfile");
ABSL_FLAG(bool, outline_json, false, "print its outline as JSON");
ABSL_FLAG(std::string, check_outline, "",
          "outline to compare with the parser's");
ABSL_FLAG(std::string, lint, "warn",
          "effect of a violated rule: off, warn or error");
ABSL_FLAG(bool, rules_only, false,
          "apply only the rules: of a Dockerfile with an error nothing is "
          "said, as another run reports it");
ABSL_FLAG(std::string, lint_json_out, "",
          "file to write the findings to, as JSON");
RULES_DOCKERFILE_REPEATED_FLAG(build_arg, "NAME=VALUE of a build argument");
ABSL_FLAG(std::string, target, "", "stage to build; the last one if empty");
ABSL_FLAG(std::string, platform, "linux/amd64", "platform to build for");
ABSL_FLAG(std::string, build_platform, "",
          "platform of the build (BUILDPLATFORM); --platform if empty");
RULES_DOCKERFILE_REPEATED_FLAG(named_context, "name of another build context");
RULES_DOCKERFILE_REPEATED_FLAG(
    base_config, "IMAGE=FILE: the config of a base image, for the rules");
ABSL_FLAG(bool, unknown_bases, false,
          "assume that base images without --base_config may set any variable");
ABSL_FLAG(bool, needed_stages_only, false,
          "check only the stages that the target needs, as docker build does; "
          "without this and --target, check all, as docker build --check does");
ABSL_FLAG(std::string, ignore_file, "", ".dockerignore file, for the rules");
ABSL_FLAG(std::string, error, "",
          "error of the caller, reported if nothing else is wrong");
ABSL_FLAG(std::string, stamp, "", "empty file to write on success");

namespace rules_dockerfile {
namespace {

absl::Status Run(bool& ok) {
  ABSL_ASSIGN_OR_RETURN(const std::string dockerfile,
                        RequiredFlag(FLAGS_dockerfile));
  ABSL_ASSIGN_OR_RETURN(
      const ParseCommandOptions options,
      ReadParseCommandOptions(
          {.dockerfile = dockerfile,
           .filename = absl::GetFlag(FLAGS_filename),
           .dump = absl::GetFlag(FLAGS_dump),
           .outline_json = absl::GetFlag(FLAGS_outline_json),
           .outline = absl::GetFlag(FLAGS_check_outline),
           .lint = absl::GetFlag(FLAGS_lint),
           .build_args = FLAGS_build_arg_values(),
           .target = absl::GetFlag(FLAGS_target),
           .platform = absl::GetFlag(FLAGS_platform),
           .build_platform = absl::GetFlag(FLAGS_build_platform),
           .named_contexts = FLAGS_named_context_values(),
           .base_configs = FLAGS_base_config_values(),
           .unknown_bases = absl::GetFlag(FLAGS_unknown_bases),
           .needed_stages_only = absl::GetFlag(FLAGS_needed_stages_only),
           .ignore_file = absl::GetFlag(FLAGS_ignore_file),
           .rules_only = absl::GetFlag(FLAGS_rules_only),
           .error = absl::GetFlag(FLAGS_error)}));
  const ParseCommandResult result = RunParseCommand(options);
  std::fputs(result.output.c_str(), stdout);
  PrintMessage(result.messages);
  if (const std::string path = absl::GetFlag(FLAGS_lint_json_out);
      !path.empty()) {
    ABSL_RETURN_IF_ERROR(WriteFile(path, result.lint_json));
  }
  ok = result.ok;
  const std::string stamp = absl::GetFlag(FLAGS_stamp);
  return ok && !stamp.empty() ? WriteFile(stamp, "") : absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  bool ok = true;
  const int code = rules_dockerfile::RunActionTool(
      "dockerfile_parse",
      "Parses a Dockerfile and checks it: syntax, stages, and the rules of "
      "docker build --check.",
      argc, argv, [&ok] { return rules_dockerfile::Run(ok); });
  return code != 0 || !ok ? 1 : 0;
}
