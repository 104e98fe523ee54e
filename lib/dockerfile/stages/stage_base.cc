#include "lib/dockerfile/stages/stage_base.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/stages/global_scope.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/stages/stage_names.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/values/suggest.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

// Expands the words of FROM, which see only the global scope.
class FromExpander {
 public:
  FromExpander(const std::vector<std::string>& scope, char escape)
      : scope_(scope), escape_(escape) {}

  absl::StatusOr<Expansion> Expand(absl::string_view word) const {
    return ExpandWord(word, LookupIn(scope_), {.escape = escape_});
  }

  // Returns a suggestion for a word that expanded to nothing.
  std::string Suggestion(const Expansion& expansion) const {
    for (const std::string& name : expansion.undefined) {
      std::string suggestion =
          DidYouMean(name, NamesOf(scope_), /*case_sensitive=*/true);
      if (!suggestion.empty()) return suggestion;
    }
    return "";
  }

 private:
  const std::vector<std::string>& scope_;
  const char escape_;
};

std::variant<Platform, Diagnostic> ResolvePlatform(
    const Instruction& from, const FromExpander& expander,
    const Platform& build_platform) {
  const std::string& written = std::get<FromInstruction>(from.body).platform;
  const absl::StatusOr<Expansion> text = expander.Expand(written);
  if (!text.ok()) {
    return ErrorAt(from.lines, "failed to process arguments for platform ",
                   written, ": ", text.status().message());
  }
  if (text->text.empty()) {
    return ErrorAt(from.lines, "empty platform value from expression ", written,
                   expander.Suggestion(*text));
  }
  absl::StatusOr<Platform> platform =
      ParsePlatformSpecifier(text->text, build_platform);
  if (!platform.ok()) {
    return ErrorAt(from.lines, "failed to parse platform ", written, ": ",
                   platform.status().message(), expander.Suggestion(*text));
  }
  return *std::move(platform);
}

std::string NameOf(const FromInstruction& from, int index, bool is_only) {
  if (!from.stage_name.empty() || is_only) return from.stage_name;
  return absl::StrCat("stage-", index);
}

}  // namespace

std::variant<ResolvedStage, Diagnostic> ResolveBase(
    const Dockerfile& dockerfile, int index, const StageNames& names,
    const std::vector<std::string>& global_scope,
    const Platform& build_platform) {
  const Instruction& instruction = dockerfile.stages[index].from;
  const auto& from = std::get<FromInstruction>(instruction.body);
  const FromExpander expander(global_scope, dockerfile.directives.escape);
  ResolvedStage resolved = {
      .name = NameOf(from, index, dockerfile.stages.size() == 1)};
  const absl::StatusOr<Expansion> base = expander.Expand(from.base);
  if (!base.ok()) return ErrorAt(instruction.lines, base.status().message());
  if (base->text.empty()) {
    return ErrorAt(instruction.lines, "base name (", from.base,
                   ") should not be blank", expander.Suggestion(*base));
  }
  if (!from.platform.empty()) {
    auto platform = ResolvePlatform(instruction, expander, build_platform);
    if (auto* error = std::get_if<Diagnostic>(&platform)) return *error;
    resolved.platform = std::get<Platform>(std::move(platform));
  }
  if (auto context = names.NamedContext(from.stage_name)) {
    resolved.base = {.kind = StageSource::Kind::kContext,
                     .name = *std::move(context)};
  } else {
    resolved.base = names.BaseNamed(base->text, index);
  }
  return resolved;
}

}  // namespace rules_dockerfile
