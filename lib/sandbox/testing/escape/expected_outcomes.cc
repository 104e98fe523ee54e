#include "lib/sandbox/testing/escape/expected_outcomes.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

constexpr char kNotHere[] = "not on this host";
constexpr char kNotTried[] = "not tried";
constexpr char kNoPromise[] = "no promise";

bool AllIn(absl::string_view labels, const std::set<std::string>& where) {
  for (const absl::string_view label : absl::StrSplit(labels, ' ')) {
    if (!where.contains(std::string(label))) return false;
  }
  return true;
}

// The part of a cell that counts for a sandbox.
std::string Choose(absl::string_view cell, const std::set<std::string>& where) {
  const std::vector<absl::string_view> parts = absl::StrSplit(cell, "; ");
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> labelled =
        absl::StrSplit(parts[i], absl::MaxSplits(": ", 1));
    if (AllIn(labelled.first, where)) return std::string(labelled.second);
  }
  return std::string(parts[0]);
}

std::map<std::string, std::string> ByName(absl::string_view lines) {
  std::map<std::string, std::string> outcomes;
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    outcomes.insert(absl::StrSplit(line, absl::MaxSplits(": ", 1)));
  }
  return outcomes;
}

// The rows of the tables with so many columns, whose first is a name in
// backticks; their last cell ends without " |".
std::vector<std::vector<std::string>> Rows(absl::string_view document,
                                           size_t columns) {
  std::vector<std::vector<std::string>> rows;
  for (const absl::string_view line : absl::StrSplit(document, '\n')) {
    std::vector<std::string> cells =
        absl::StrSplit(absl::StripSuffix(line, " |"), " | ");
    absl::string_view name = cells[0];
    if (cells.size() != columns || !absl::ConsumePrefix(&name, "| `") ||
        !absl::ConsumeSuffix(&name, "`")) {
      continue;
    }
    cells[0] = std::string(name);
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace

std::string ExpectedOutcomes(absl::string_view document,
                             const std::set<std::string>& where) {
  std::string expected;
  for (const std::vector<std::string>& cells : Rows(document, 4)) {
    const std::string outcome =
        where.contains("chroot") ? cells[3] : Choose(cells[2], where);
    if (outcome != kNotTried) {
      absl::StrAppend(&expected, cells[0], ": ", outcome, "\n");
    }
  }
  return expected;
}

std::string ExpectedEnds(absl::string_view document,
                         const std::set<std::string>& where) {
  std::string expected;
  for (const std::vector<std::string>& cells : Rows(document, 3)) {
    absl::StrAppend(&expected, cells[0], ": ", Choose(cells[2], where), "\n");
  }
  return expected;
}

std::vector<std::string> CommandOfEnd(const std::string& name) {
  if (name == "command_is_exe") return {"/proc/self/exe"};
  if (name == "command_is_a_link_to_exe") return {"/link_to_exe"};
  if (name == "command_is_a_script_of_exe") return {"/script_of_exe"};
  return {"/bin/escape_probe", absl::StrCat("bomb=", name)};
}

std::string AsOfNewKernels(absl::string_view outcome) {
  return absl::StrContains(outcome, " ran too many processes: the limit is 400")
             ? "EAGAIN"
             : std::string(outcome);
}

std::string ActualOutcomes(absl::string_view printed,
                           absl::string_view expected) {
  const std::map<std::string, std::string> wanted = ByName(expected);
  std::string actual;
  for (const absl::string_view line :
       absl::StrSplit(printed, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> row =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    const auto found = wanted.find(row.first);
    const bool open = found != wanted.end() &&
                      (row.second == kNotHere || found->second == kNoPromise);
    absl::StrAppend(&actual, row.first, ": ", open ? found->second : row.second,
                    "\n");
  }
  return actual;
}

std::string EscapedOutcomes(absl::string_view printed) {
  std::string escaped;
  for (const absl::string_view line : absl::StrSplit(printed, '\n')) {
    if (absl::StrContains(line, ": ESCAPED")) {
      absl::StrAppend(&escaped, line, "\n");
    }
  }
  return escaped;
}

}  // namespace rules_dockerfile
