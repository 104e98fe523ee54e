#include "lib/image_test/text_check.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/image_test/structure_config.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// More of a text does not help.
constexpr size_t kMostShown = 4096;

bool Holds(absl::string_view text, const std::string& pattern) {
  return RE2::PartialMatch(text, RE2(pattern, RE2::Quiet));
}

std::string Show(absl::string_view what, absl::string_view text) {
  if (text.empty()) return absl::StrCat(what, " is empty");
  const bool cut = text.size() > kMostShown;
  if (cut) text = text.substr(0, kMostShown);
  return absl::StrCat(
      what, " is:\n  | ",
      absl::StrReplaceAll(absl::StripSuffix(text, "\n"), {{"\n", "\n  | "}}),
      cut ? "…" : "");
}

}  // namespace

Problems CheckText(absl::string_view what, absl::string_view text,
                   const std::vector<std::string>& expected,
                   const std::vector<std::string>& excluded) {
  Problems problems;
  for (const std::string& pattern : expected) {
    if (Holds(text, pattern)) continue;
    problems.push_back(absl::StrCat(what, " does not match \"", pattern, "\""));
  }
  for (const std::string& pattern : excluded) {
    if (!Holds(text, pattern)) continue;
    problems.push_back(absl::StrCat(what, " must not match \"", pattern, "\""));
  }
  if (!problems.empty()) problems.push_back(Show(what, text));
  return problems;
}

Problems CheckCommand(const CommandTest& test, const CommandOutcome& outcome) {
  Problems output = CheckText("standard output", outcome.output,
                              test.expected_output, test.excluded_output);
  Problems errors = CheckText("standard error", outcome.errors,
                              test.expected_error, test.excluded_error);
  Problems problems;
  if (outcome.exit_code != test.exit_code) {
    problems.push_back(absl::StrCat("exit code ", outcome.exit_code,
                                    ", expected ", test.exit_code));
    // They usually say why.
    if (output.empty()) output = {Show("standard output", outcome.output)};
    if (errors.empty()) errors = {Show("standard error", outcome.errors)};
  }
  absl::c_copy(output, std::back_inserter(problems));
  absl::c_copy(errors, std::back_inserter(problems));
  return problems;
}

}  // namespace rules_dockerfile
