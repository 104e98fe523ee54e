#include "lib/registry/credential_helper.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/program.h"

namespace rules_dockerfile {
namespace {

// The name goes into that of a program.
bool IsHelperName(const std::string& helper) {
  return !helper.empty() && absl::c_all_of(helper, [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

absl::StatusOr<std::optional<std::string>> RunCredentialHelper(
    const std::string& helper, const std::string& registry) {
  if (!IsHelperName(helper)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", helper, "\" is not a credential helper's name"));
  }
  const std::string program = absl::StrCat("docker-credential-", helper);
  ABSL_ASSIGN_OR_RETURN(ProgramResult result,
                        RunProgram({.argv = {program, "get"},
                                    .input = absl::StrCat(registry, "\n")}));
  if (result.succeeded()) return std::move(result.output);
  if (absl::StrContains(result.output, "credentials not found")) {
    return std::nullopt;
  }
  return absl::UnavailableError(absl::StrCat("\"", program, "\" fails"));
}

}  // namespace rules_dockerfile
