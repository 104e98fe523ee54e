#include "tools/dockerfile_parse/read_options.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/dockerfile/lint/lint_options.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/oci/image_config.h"
#include "lib/pattern/ignore.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::StatusOr<LintMode> ParseLintMode(absl::string_view text) {
  if (text == "off") return LintMode::kOff;
  if (text == "warn") return LintMode::kWarn;
  if (text == "error") return LintMode::kError;
  return Invalid("--lint=", text, ": expected off, warn or error");
}

// "NAME=VALUE" of a flag.
absl::StatusOr<std::pair<std::string, std::string>> SplitPair(
    absl::string_view flag, absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return Invalid("--", flag, "=", text, ": expected NAME=VALUE");
  }
  return std::pair(std::string(text.substr(0, equals)),
                   std::string(text.substr(equals + 1)));
}

absl::StatusOr<LintBase> ReadBase(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, ParseImageConfig(text));
  return LintBase{
      .environment = config.ConfigStrings("Env"),
      .shell = config.ConfigStrings("Shell"),
      .triggers = config.ConfigStrings("OnBuild"),
      .platform = Platform{.os = config.platform.os,
                           .architecture = config.platform.architecture,
                           .variant = config.platform.variant}};
}

// The scope of the global ARGs.
absl::StatusOr<GlobalScopeOptions> ReadScope(const ParseFlagValues& flags) {
  GlobalScopeOptions scope;
  scope.target = flags.target;
  ABSL_ASSIGN_OR_RETURN(scope.target_platform,
                        ParsePlatformSpecifier(flags.platform));
  scope.build_platform = scope.target_platform;
  if (!flags.build_platform.empty()) {
    ABSL_ASSIGN_OR_RETURN(scope.build_platform,
                          ParsePlatformSpecifier(flags.build_platform));
  }
  for (const std::string& arg : flags.build_args) {
    ABSL_ASSIGN_OR_RETURN(auto pair, SplitPair("build_arg", arg));
    scope.build_args.insert_or_assign(std::move(pair.first),
                                      std::move(pair.second));
  }
  return scope;
}

}  // namespace

absl::StatusOr<ParseCommandOptions> ReadParseCommandOptions(
    const ParseFlagValues& flags) {
  ParseCommandOptions options = {
      .filename = flags.filename.empty() ? flags.dockerfile : flags.filename,
      .dump = flags.dump,
      .outline_json = flags.outline_json,
      .rules_only = flags.rules_only,
      .error = flags.error};
  options.lint.unknown_bases = flags.unknown_bases;
  options.lint.needed_stages_only = flags.needed_stages_only;
  ABSL_ASSIGN_OR_RETURN(options.text, ReadFile(flags.dockerfile));
  ABSL_ASSIGN_OR_RETURN(options.lint_mode, ParseLintMode(flags.lint));
  if (!flags.outline.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.outline, ReadFile(flags.outline));
  }
  ABSL_ASSIGN_OR_RETURN(options.stages.scope, ReadScope(flags));
  options.stages.named_contexts = flags.named_contexts;
  for (const std::string& base : flags.base_configs) {
    ABSL_ASSIGN_OR_RETURN(const auto pair, SplitPair("base_config", base));
    ABSL_ASSIGN_OR_RETURN(options.lint.bases[NormalizedReference(pair.first)],
                          ReadBase(pair.second));
  }
  if (!flags.ignore_file.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.ignore_file));
    ABSL_ASSIGN_OR_RETURN(options.lint.ignore, IgnorePatterns::Parse(text));
  }
  return options;
}

}  // namespace rules_dockerfile
