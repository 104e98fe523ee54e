#ifndef LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_
#define LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What the escape probe should print, by docs/sandbox_attacks.md: the rows of
// its tables, `| attempt | what is tried | outcome | weak isolation |`, in
// their order. `where` names the sandbox: "run" or "container", and the mode as
// of SandboxModeName(), "terminal" if there is one; "chroot" is weak isolation,
// whose column may say "not tried" or "no promise". An outcome may list others,
// of which the first that fits counts: `ENXIO; terminal: EPERM`.
std::string ExpectedOutcomes(absl::string_view document,
                             const std::set<std::string>& where);

// The same of the tables of what ends a sandbox: `| attempt | what is tried |
// outcome |`.
std::string ExpectedEnds(absl::string_view document,
                         const std::set<std::string>& where);

// The command of such a row: the probe; or the tool's own program, by itself or
// by what the image has: /link_to_exe, a symlink to /proc/self/exe, and
// /script_of_exe, a script that has it for its interpreter.
std::vector<std::string> CommandOfEnd(const std::string& name);

// The limits at which the tables say that a sandbox ends.
inline constexpr int64_t kEndMemory = int64_t{200} << 20;
inline constexpr int kEndProcesses = 400;

// `outcome` as a newer kernel has it: before Linux 6.14 it does not bound the
// processes of root, and the sandbox ends them.
std::string AsOfNewKernels(absl::string_view outcome);

// What the probe printed, with the outcomes that this host cannot have, and
// those of which nothing is promised, taken from `expected`.
std::string ActualOutcomes(absl::string_view printed,
                           absl::string_view expected);

// The lines of attempts that got out.
std::string EscapedOutcomes(absl::string_view printed);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_
