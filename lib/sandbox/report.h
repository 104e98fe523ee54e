#ifndef LIB_SANDBOX_REPORT_H_
#define LIB_SANDBOX_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What the process in the namespaces reports to the one outside: a result
// (without its output), or an error, as bytes. Parse(ToText(x)) == x. Internal
// if the text is incomplete: that process was killed.
std::string SandboxReportToText(const absl::StatusOr<SandboxResult>& report);
absl::StatusOr<SandboxResult> ParseSandboxReport(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_REPORT_H_
