#include "lib/dockerfile/stages/epoch.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {
namespace {

constexpr char kEpoch[] = "SOURCE_DATE_EPOCH";

// The lines of the last ARG that names it.
std::vector<LineRange> LinesOfArg(const Dockerfile& dockerfile) {
  std::vector<LineRange> lines;
  for (const Instruction& instruction : dockerfile.global_args) {
    for (const BuildArgument& argument :
         std::get<ArgInstruction>(instruction.body).arguments) {
      if (argument.name == kEpoch) lines = {instruction.lines};
    }
  }
  return lines;
}

}  // namespace

std::optional<Diagnostic> CheckEpoch(
    const Dockerfile& dockerfile,
    const std::map<std::string, std::string>& build_args,
    const std::vector<std::string>& global_scope,
    const std::function<bool(const std::string&)>& is_source) {
  const auto given = build_args.find(kEpoch);
  const bool is_given = given != build_args.end();
  const std::string value =
      is_given ? given->second : LookupIn(global_scope)(kEpoch).value_or("");
  if (value.find_first_not_of("0123456789") == std::string::npos ||
      is_source(value)) {
    return std::nullopt;
  }
  Diagnostic error = {.message =
                          absl::StrCat("invalid SOURCE_DATE_EPOCH: ", value)};
  if (!is_given) error.ranges = LinesOfArg(dockerfile);
  return error;
}

}  // namespace rules_dockerfile
