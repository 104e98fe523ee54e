#ifndef E2E_CONFORMANCE_RUNNER_CASE_WORKSPACE_H_
#define E2E_CONFORMANCE_RUNNER_CASE_WORKSPACE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "e2e/conformance/runner/conformance_case.h"

namespace rules_dockerfile {

// Options that the cases of a workspace share.
struct WorkspaceOptions {
  std::string directory;  // of the workspace; its content is replaced
  std::string rules;      // the work tree of rules_dockerfile, absolute
  // Paths of the built tools, by name. The workspace does not compile them.
  std::map<std::string, std::string> tools;
  // Bases of every case: image reference to path.
  std::map<std::string, std::string> bases;
};

// Returns the label of the layout of a case's image.
std::string CaseTarget(absl::string_view name);

// Writes a Bazel workspace with a package `cases/NAME` for each case, as a user
// of the rules would write it. Contexts become archives, so that modes, links
// and empty directories are the same as on disk. Bases and named contexts that
// several cases share are imported once.
absl::Status WriteWorkspace(const WorkspaceOptions& options,
                            const std::vector<ConformanceCase>& cases);

}  // namespace rules_dockerfile

#endif  // E2E_CONFORMANCE_RUNNER_CASE_WORKSPACE_H_
