#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/lint/lint_syntax.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/values/suggest.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

using Environment = std::vector<std::string>;

// An expansion, and the set variables that it used.
struct TracedExpansion {
  Expansion expansion;
  std::set<std::string> used;
};

absl::StatusOr<TracedExpansion> ExpandTraced(absl::string_view word,
                                             const Environment& environment,
                                             char escape) {
  TracedExpansion traced;
  const VariableLookup lookup = LookupIn(environment);
  absl::StatusOr<Expansion> expansion =
      ExpandWord(word,
                 [&](absl::string_view name) {
                   std::optional<std::string> value = lookup(name);
                   if (value) traced.used.emplace(name);
                   return value;
                 },
                 {.escape = escape});
  if (!expansion.ok()) return expansion.status();
  traced.expansion = *std::move(expansion);
  return traced;
}

// The names in the scope of FROM.
struct FromScope {
  Environment environment;         // those with a value
  std::set<std::string> declared;  // by ARG, without a value too
};

std::set<std::string> DeclaredNames(const Dockerfile& dockerfile) {
  std::set<std::string> names;
  for (const Instruction& instruction : dockerfile.global_args) {
    for (const BuildArgument& argument :
         std::get<ArgInstruction>(instruction.body).arguments) {
      names.insert(argument.name);
    }
  }
  return names;
}

void LintUndeclared(const Expansion& expansion, const FromScope& scope,
                    LineRange lines, const LintSink& report) {
  for (const std::string& name : expansion.undefined) {
    if (scope.declared.contains(name)) continue;
    report("UndefinedArgInFrom", lines,
           absl::StrCat("FROM argument '", name, "' is not declared",
                        DidYouMean(name, NamesOf(scope.environment),
                                   /*case_sensitive=*/true)));
  }
}

// An invalid platform is not a constant either.
void LintPlatformValue(const Stage& stage, const TracedExpansion& traced,
                       const FromScope& scope, const LintSink& report) {
  const auto& from = std::get<FromInstruction>(stage.from.body);
  const Expansion& expansion = traced.expansion;
  if (!expansion.undefined.empty()) return;
  if (traced.used == std::set<std::string>{"TARGETPLATFORM"} &&
      expansion.text == LookupIn(scope.environment)("TARGETPLATFORM")) {
    report("RedundantTargetPlatform", stage.from.lines,
           absl::StrCat("Setting platform to predefined ", from.platform,
                        " in FROM is redundant as this is the default "
                        "behavior"));
  }
  if (!traced.used.empty()) return;
  const absl::StatusOr<Platform> platform =
      ParsePlatformSpecifier(expansion.text);
  if (!platform.ok() || absl::StrContains(from.stage_name, platform->os) ||
      absl::StrContains(from.stage_name, platform->architecture)) {
    return;
  }
  report("FromPlatformFlagConstDisallowed", stage.from.lines,
         absl::StrCat("FROM --platform flag should not use constant value ",
                      GoQuote(expansion.text)));
}

// Returns whether the build continues: the platform is valid or not given.
bool LintPlatform(const Stage& stage, const FromScope& scope, char escape,
                  const LintSink& report) {
  const auto& from = std::get<FromInstruction>(stage.from.body);
  if (from.platform.empty()) return true;
  const absl::StatusOr<TracedExpansion> traced =
      ExpandTraced(from.platform, scope.environment, escape);
  if (!traced.ok()) return false;
  LintUndeclared(traced->expansion, scope, stage.from.lines, report);
  LintPlatformValue(stage, *traced, scope, report);
  return ParsePlatformSpecifier(traced->expansion.text).ok();
}

// Checks the bases as they are without build arguments.
void LintDefaults(const Dockerfile& dockerfile,
                  const GlobalScopeOptions& options, const LintSink& report) {
  GlobalScopeOptions defaults = options;
  defaults.build_args.clear();
  const auto scope = ExpandGlobalArgs(dockerfile, defaults);
  const auto* environment = std::get_if<Environment>(&scope);
  if (environment == nullptr) return;
  for (const Stage& stage : dockerfile.stages) {
    const auto& from = std::get<FromInstruction>(stage.from.body);
    const absl::StatusOr<Expansion> base =
        ExpandWord(from.base, LookupIn(*environment),
                   {.escape = dockerfile.directives.escape});
    if (!base.ok()) return;
    if (ParseNormalizedNamed(base->text).ok()) continue;
    report("InvalidDefaultArgInFrom", stage.from.lines,
           absl::StrCat("Default value for ARG ", from.base,
                        " results in empty or invalid base image name"));
  }
}

}  // namespace

void LintFrom(const Dockerfile& dockerfile, const GlobalScopeOptions& options,
              const LintSink& report) {
  LintDefaults(dockerfile, options, report);
  auto expanded = ExpandGlobalArgs(dockerfile, options);
  auto* environment = std::get_if<Environment>(&expanded);
  if (environment == nullptr) return;
  const FromScope scope = {.environment = std::move(*environment),
                           .declared = DeclaredNames(dockerfile)};
  const char escape = dockerfile.directives.escape;
  for (const Stage& stage : dockerfile.stages) {
    const auto& from = std::get<FromInstruction>(stage.from.body);
    const absl::StatusOr<Expansion> base =
        ExpandWord(from.base, LookupIn(scope.environment), {.escape = escape});
    if (!base.ok()) return;
    LintUndeclared(*base, scope, stage.from.lines, report);
    if (base->text.empty()) return;
    if (!LintPlatform(stage, scope, escape, report)) return;
  }
}

}  // namespace rules_dockerfile
