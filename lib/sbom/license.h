#ifndef LIB_SBOM_LICENSE_H_
#define LIB_SBOM_LICENSE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A licence expression (SPDX 2.3, annex D): an identifier, with its exception
// if it has one, or what several have in common. Value type.
struct License {
  enum class Kind { kId, kAnd, kOr };
  Kind kind = Kind::kId;
  std::string id;  // "MIT", "GPL-2.0-only WITH Classpath-exception-2.0"
  std::vector<License> operands;

  friend bool operator==(const License&, const License&) = default;
};

// The text of each LicenseRef-, as a package has it.
using LicenseRefs = std::map<std::string, std::string>;

// What a package says about its licence, as an SPDX expression. Identifiers of
// SPDX's list get their spelling, "and", "or" and "with" may be in lower case,
// names that Debian ("GPL-2+", "Expat") and Fedora ("GPLv2+", "ASL 2.0") define
// become SPDX's; what else there is becomes a LicenseRef, noted in `refs`: the
// name, or the text as a whole if it is a sentence. nullopt if it says nothing
// ("", "UNKNOWN", "NOASSERTION", "NONE").
std::optional<License> NormalizedLicense(absl::string_view text,
                                         LicenseRefs& refs);

// The expression as text, with parentheses only where they are needed.
std::string LicenseText(const License& license);

// Reads what LicenseText() wrote.
License ParseLicenseText(absl::string_view text);

// The first identifier without which nobody may use the package, and that
// `is_denied` holds of; nullopt if there is a choice without one.
std::optional<std::string> DeniedLicense(
    const License& license,
    absl::FunctionRef<bool(absl::string_view id)> is_denied);

// The spelling of an identifier in SPDX's lists, whatever its case; "" if it is
// not in them.
absl::string_view SpdxLicenseId(absl::string_view id);
absl::string_view SpdxExceptionId(absl::string_view id);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_LICENSE_H_
