#ifndef LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_
#define LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_

#include <set>
#include <string>

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

// What the probe printed, with the outcomes that this machine cannot have, and
// those of which nothing is promised, taken from `expected`.
std::string ActualOutcomes(absl::string_view printed,
                           absl::string_view expected);

// The lines of attempts that got out.
std::string EscapedOutcomes(absl::string_view printed);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_ESCAPE_EXPECTED_OUTCOMES_H_
