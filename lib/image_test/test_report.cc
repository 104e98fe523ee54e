#include "lib/image_test/test_report.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rules_dockerfile {
namespace {

size_t CountFailures(const std::vector<TestResult>& results) {
  return absl::c_count_if(results, [](const TestResult& result) {
    return !result.problems.empty();
  });
}

// For XML 1.0, which has no place for most control characters.
std::string Escaped(absl::string_view text) {
  std::string allowed;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20;
    allowed.push_back(control && c != '\n' && c != '\t' ? '?' : c);
  }
  return absl::StrReplaceAll(allowed, {{"&", "&amp;"},
                                       {"<", "&lt;"},
                                       {">", "&gt;"},
                                       {"\"", "&quot;"},
                                       {"\n", "&#10;"}});
}

}  // namespace

bool AllPassed(const std::vector<TestResult>& results) {
  return CountFailures(results) == 0;
}

std::string ResultsText(const std::vector<TestResult>& results) {
  std::string text;
  for (const TestResult& result : results) {
    absl::StrAppend(&text, result.problems.empty() ? "PASS " : "FAIL ",
                    result.where, ": ", result.name, "\n");
    for (const std::string& problem : result.problems) {
      absl::StrAppend(&text, "  ",
                      absl::StrReplaceAll(problem, {{"\n", "\n  "}}), "\n");
    }
  }
  const size_t failures = CountFailures(results);
  absl::StrAppend(&text, results.size() - failures, " passed, ", failures,
                  " failed\n");
  return text;
}

std::string ResultsXml(const std::vector<TestResult>& results) {
  absl::Duration total;
  for (const TestResult& result : results) total += result.duration;
  const std::string counts = absl::StrFormat(
      "tests=\"%d\" failures=\"%d\" time=\"%.3f\"", results.size(),
      CountFailures(results), absl::ToDoubleSeconds(total));
  std::string xml = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ", counts,
      ">\n  <testsuite name=\"image_test\" ", counts, ">\n");
  for (const TestResult& result : results) {
    absl::StrAppend(&xml, "    <testcase name=\"", Escaped(result.name),
                    "\" classname=\"", Escaped(result.where), "\"",
                    absl::StrFormat(" time=\"%.3f\"",
                                    absl::ToDoubleSeconds(result.duration)));
    if (result.problems.empty()) {
      absl::StrAppend(&xml, "/>\n");
      continue;
    }
    absl::StrAppend(&xml, ">\n      <failure message=\"",
                    Escaped(absl::StrJoin(result.problems, "\n")),
                    "\"/>\n    </testcase>\n");
  }
  absl::StrAppend(&xml, "  </testsuite>\n</testsuites>\n");
  return xml;
}

}  // namespace rules_dockerfile
