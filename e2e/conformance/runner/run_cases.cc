#include "e2e/conformance/runner/run_cases.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "e2e/conformance/runner/build_log.h"
#include "e2e/conformance/runner/case_workspace.h"
#include "e2e/conformance/runner/conformance_case.h"
#include "e2e/conformance/runner/expectation.h"
#include "e2e/conformance/runner/process.h"
#include "lib/base/file.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<ConformanceCase>> ReadCases(
    const ConformanceOptions& options) {
  const RE2 filter(options.filter.empty() ? ".*" : options.filter);
  if (!filter.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter \"", options.filter, "\": ", filter.error()));
  }
  std::vector<ConformanceCase> cases;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.cases, error)) {
    if (!entry.is_directory() ||
        !RE2::FullMatch(entry.path().filename().string(), filter)) {
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(cases.emplace_back(), ReadCase(entry.path()));
  }
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("cannot list \"", options.cases, "\": ", error.message()));
  }
  if (cases.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no case in \"", options.cases, "\""));
  }
  std::sort(cases.begin(), cases.end(),
            [](const ConformanceCase& a, const ConformanceCase& b) {
              return a.name < b.name;
            });
  return cases;
}

// The errors of each case that failed.
struct BuildOutcome {
  BuildEvents events;
  std::map<std::string, std::vector<std::string>> analysis_errors;
};

absl::StatusOr<BuildOutcome> Build(const ConformanceOptions& options,
                                   const std::vector<ConformanceCase>& cases) {
  const fs::path workspace = options.workspace;
  std::string targets;
  for (const ConformanceCase& c : cases) {
    absl::StrAppend(&targets, CaseTarget(c.name), "\n");
  }
  ABSL_RETURN_IF_ERROR(WriteFile(workspace / "targets.txt", targets));
  std::vector<std::string> argv = {options.rules + "/tools/bazel"};
  argv.insert(argv.end(), options.startup_flags.begin(),
              options.startup_flags.end());
  argv.insert(argv.end(), {"build", "--keep_going", "--color=no", "--curses=no",
                           "--target_pattern_file=targets.txt",
                           "--build_event_json_file=" +
                               (workspace / "events.json").string()});
  argv.insert(argv.end(), options.bazel_flags.begin(),
              options.bazel_flags.end());
  // The exit code only shows that a case was refused.
  const fs::path log = workspace / "build.log";
  ABSL_RETURN_IF_ERROR(RunProcess(argv, workspace, log).status());

  BuildOutcome outcome;
  ABSL_ASSIGN_OR_RETURN(const std::string events,
                        ReadFile(workspace / "events.json"));
  ABSL_ASSIGN_OR_RETURN(outcome.events, ParseBuildEvents(events));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(log));
  outcome.analysis_errors = AnalysisErrors(text);
  return outcome;
}

// Removes the lines with the isolation of a RUN, which depends on the host.
std::string WithoutSandboxLines(absl::string_view text) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  std::erase_if(lines, [](absl::string_view line) {
    return absl::StartsWith(line, "sandbox: ");
  });
  return absl::StrJoin(lines, "\n");
}

// Returns the errors of a case, each once: those of its analysis, if it failed,
// else those of its actions.
absl::StatusOr<std::string> ErrorText(const BuildOutcome& outcome,
                                      const std::string& name) {
  std::vector<std::string> parts;
  if (const auto found = outcome.analysis_errors.find(name);
      found != outcome.analysis_errors.end()) {
    parts = found->second;
  }
  if (const auto found = outcome.events.failed_actions.find(name);
      found != outcome.events.failed_actions.end()) {
    for (const std::string& file : found->second) {
      ABSL_ASSIGN_OR_RETURN(const std::string error, ReadFile(file));
      parts.push_back(WithoutSandboxLines(error));
    }
  }
  std::string text;
  absl::flat_hash_set<std::string> seen;
  for (const std::string& part : parts) {
    if (seen.insert(part).second) {
      absl::StrAppend(&text, absl::StripSuffix(part, "\n"), "\n");
    }
  }
  return text.empty() ? "not built; no error from Bazel\n" : text;
}

absl::Status KeepResult(const ConformanceOptions& options,
                        const BuildOutcome& outcome, const std::string& name) {
  const fs::path result = fs::path(options.out) / name;
  if (!outcome.events.built.contains(name)) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ErrorText(outcome, name));
    return WriteFile(result, text);
  }
  const fs::path layout = fs::path(options.workspace) / "bazel-bin" / "cases" /
                          name / "image" / "layout";
  // Bazel's output directories are read-only; the copies must be writable.
  ABSL_ASSIGN_OR_RETURN(
      const int code,
      RunProcess({"cp", "--recursive", "--no-preserve=mode", layout, result},
                 "/", ""));
  if (code == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cp of \"", layout.string(), "\" exited with ", code));
}

}  // namespace

absl::StatusOr<ConformanceResult> RunCases(const ConformanceOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<ConformanceCase> cases,
                        ReadCases(options));
  ABSL_RETURN_IF_ERROR(WriteWorkspace({.directory = options.workspace,
                                       .rules = options.rules,
                                       .tools = options.tools,
                                       .bases = options.bases},
                                      cases));
  ABSL_ASSIGN_OR_RETURN(const BuildOutcome outcome, Build(options, cases));

  fs::remove_all(options.out);
  fs::create_directories(options.out);
  ConformanceResult result;
  for (const ConformanceCase& c : cases) {
    ABSL_RETURN_IF_ERROR(KeepResult(options, outcome, c.name));
    const bool built = outcome.events.built.contains(c.name);
    ++(built ? result.built : result.refused);
    if (built == c.must_fail) {
      result.unexpected.push_back(
          absl::StrCat(c.name, ": ",
                       built ? "expected an error, got an image"
                             : "expected an image, got an error"));
    }
    const fs::path found = fs::path(options.out) / c.name;
    const fs::path expected = fs::path(c.directory) / "expected.txt";
    if (options.update) {
      ABSL_RETURN_IF_ERROR(WriteExpectation(found, expected));
    } else if (fs::exists(expected)) {
      ABSL_ASSIGN_OR_RETURN(const std::string difference,
                            CompareExpectation(found, expected));
      if (!difference.empty()) {
        result.unexpected.push_back(absl::StrCat(c.name, ": ", difference));
      }
    }
  }
  return result;
}

}  // namespace rules_dockerfile
