#include "lib/sbom/denied.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/license.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

class Pattern {
 public:
  explicit Pattern(const std::string& text)
      : text_(text),
        regex_(absl::StrCat("(?is)", absl::StrReplaceAll(RE2::QuoteMeta(text),
                                                         {{"\\*", ".*"}}))) {}

  const std::string& text() const { return text_; }
  bool Matches(absl::string_view text) const {
    return RE2::FullMatch(text, regex_);
  }
  bool MatchesPackage(const Package& package) const {
    const absl::string_view purl =
        absl::string_view(package.purl).substr(0, package.purl.find('?'));
    return Matches(package.name) ||
           Matches(absl::StrCat(package.name, "@", package.version)) ||
           Matches(purl) || Matches(purl.substr(0, purl.rfind('@')));
  }

 private:
  std::string text_;
  RE2 regex_;
};
using Patterns = std::deque<Pattern>;

Patterns PatternsOf(const std::vector<std::string>& texts) {
  Patterns patterns;
  for (const std::string& text : texts) patterns.emplace_back(text);
  return patterns;
}

// The first pattern that matches; nullptr if none does.
const Pattern* PatternOf(const Patterns& patterns, const Package& package) {
  const auto found = absl::c_find_if(patterns, [&](const Pattern& pattern) {
    return pattern.MatchesPackage(package);
  });
  return found == patterns.end() ? nullptr : &*found;
}
const Pattern* PatternOf(const Patterns& patterns, absl::string_view id) {
  const auto found = absl::c_find_if(
      patterns, [&](const Pattern& pattern) { return pattern.Matches(id); });
  return found == patterns.end() ? nullptr : &*found;
}

// `licence GPL-3.0-only: denied by "GPL-*"`; nullopt if none is denied.
std::optional<std::string> LicenseProblem(const Package& package,
                                          const Patterns& denied) {
  std::vector<License> licenses;
  for (const std::string& license : package.licenses) {
    licenses.push_back(ParseLicenseText(license));
  }
  if (licenses.empty()) licenses.push_back({.id = "NOASSERTION"});
  for (const License& license : licenses) {
    const std::optional<std::string> id = DeniedLicense(
        license,
        [&](absl::string_view id) { return PatternOf(denied, id) != nullptr; });
    if (!id.has_value()) continue;
    const std::string text = LicenseText(license);
    return absl::StrCat("licence ", text, ": ",
                        *id == text ? "" : absl::StrCat(*id, " is "),
                        "denied by \"", PatternOf(denied, *id)->text(), "\"");
  }
  return std::nullopt;
}

std::string Message(const Inventory& inventory, const Package& package,
                    absl::string_view problem) {
  const InventoryLayer& layer = inventory.layers[package.layer];
  return absl::StrCat(package.name, " ", package.version, ": ", problem,
                      "; layer ", package.layer, " (", layer.diff_id, "), ",
                      LayerOrigin(layer));
}

}  // namespace

std::vector<std::string> DeniedPackages(const Inventory& inventory,
                                        const Denied& denied) {
  const Patterns denied_licenses = PatternsOf(denied.licenses);
  const Patterns denied_packages = PatternsOf(denied.packages);
  const Patterns allowed_packages = PatternsOf(denied.allowed_packages);
  std::vector<std::string> messages;
  for (const Package& package : inventory.packages) {
    if (const Pattern* pattern = PatternOf(denied_packages, package)) {
      messages.push_back(Message(
          inventory, package,
          absl::StrCat("package is denied by \"", pattern->text(), "\"")));
    }
    if (PatternOf(allowed_packages, package) != nullptr) continue;
    if (const auto problem = LicenseProblem(package, denied_licenses)) {
      messages.push_back(Message(inventory, package, *problem));
    }
  }
  return messages;
}

}  // namespace rules_dockerfile
