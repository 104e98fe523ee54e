#include "lib/dockerfile/lint/lint_rule.h"

#include <algorithm>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr LintRule kRules[] = {
    {"ConsistentInstructionCasing",
     "All commands within the Dockerfile should use the same casing (either "
     "upper or lower)"},
    {"CopyIgnoredFile",
     "Attempting to Copy file that is excluded by .dockerignore"},
    {"DuplicateStageName", "Stage names should be unique"},
    {"ExposeInvalidFormat",
     "IP address and host-port mapping should not be used in EXPOSE "
     "instruction. This will become an error in a future release"},
    {"ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase"},
    {"FromAsCasing",
     "The 'as' keyword should match the case of the 'from' keyword"},
    {"FromPlatformFlagConstDisallowed",
     "FROM --platform flag should not use a constant value"},
    {.name = "InvalidBaseImagePlatform",
     .description =
         "Base image platform does not match expected target platform",
     .has_page = false},
    {"InvalidDefaultArgInFrom",
     "Default value for global ARG results in an empty or invalid base image "
     "name"},
    {.name = "InvalidDefinitionDescription",
     .description =
         "Comment for build stage or argument should follow the format: `# "
         "<arg/stage name> <description>`. If this is not intended to be a "
         "description comment, add an empty line or comment between the "
         "instruction and the comment.",
     .experimental = true},
    {"JSONArgsRecommended",
     "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended "
     "behavior related to OS signals"},
    {"LegacyKeyValueFormat",
     "Legacy key/value format with whitespace separator should not be used"},
    {"MaintainerDeprecated",
     "The MAINTAINER instruction is deprecated, use a label instead to define "
     "an image author"},
    {"MultipleInstructionsDisallowed",
     "Multiple instructions of the same type should not be used in the same "
     "stage"},
    {"NoEmptyContinuation",
     "Empty continuation lines will become errors in a future release"},
    {"RedundantTargetPlatform",
     "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as "
     "this is the default behavior"},
    {"ReservedStageName", "Reserved words should not be used as stage names"},
    {"SecretsUsedInArgOrEnv",
     "Sensitive data should not be used in the ARG or ENV commands"},
    {"StageNameCasing", "Stage names should be lowercase"},
    {"UndefinedArgInFrom", "FROM command must use declared ARGs"},
    {"UndefinedVar", "Variables should be defined before their use"},
    {"WorkdirRelativePath",
     "Relative workdir without an absolute workdir declared within the build "
     "can have unexpected results if the base image changes"},
};

}  // namespace

const LintRule& LintRuleNamed(absl::string_view name) {
  const auto* rule =
      std::find_if(std::begin(kRules), std::end(kRules),
                   [name](const LintRule& r) { return r.name == name; });
  ABSL_CHECK(rule != std::end(kRules)) << name;
  return *rule;
}

std::string LintRuleUrl(const LintRule& rule) {
  if (!rule.has_page) return "";
  // "JSONArgsRecommended" is json-args-recommended: a word begins at an upper
  // case letter that follows a lower case one, or comes before one.
  std::string page;
  const absl::string_view name = rule.name;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper = absl::ascii_isupper(name[i]);
    const bool after_lower = i > 0 && absl::ascii_islower(name[i - 1]);
    const bool before_lower =
        i > 0 && i + 1 < name.size() && absl::ascii_islower(name[i + 1]);
    if (upper && (after_lower || before_lower)) page += '-';
    page += absl::ascii_tolower(name[i]);
  }
  return absl::StrCat("https://docs.docker.com/go/dockerfile/rule/", page, "/");
}

}  // namespace rules_dockerfile
