#include "lib/apt/apt_lock.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/apt/control.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::string> RequiredField(const ControlParagraph& paragraph,
                                          absl::string_view field) {
  const absl::string_view value = paragraph.Value(field);
  if (!value.empty()) return std::string(value);
  return absl::InvalidArgumentError(absl::StrCat(
      "package \"", paragraph.Value("Package"), "\": no field ", field));
}

absl::StatusOr<LockedPackage> ParsePackage(const ControlParagraph& paragraph) {
  LockedPackage package;
  ABSL_ASSIGN_OR_RETURN(package.name, RequiredField(paragraph, "Package"));
  ABSL_ASSIGN_OR_RETURN(package.version, RequiredField(paragraph, "Version"));
  ABSL_ASSIGN_OR_RETURN(package.architecture,
                        RequiredField(paragraph, "Architecture"));
  ABSL_ASSIGN_OR_RETURN(package.path, RequiredField(paragraph, "Filename"));
  ABSL_ASSIGN_OR_RETURN(package.sha256, RequiredField(paragraph, "SHA256"));
  ABSL_ASSIGN_OR_RETURN(const std::string size,
                        RequiredField(paragraph, "Size"));
  if (!absl::SimpleAtoi(size, &package.size) || package.size < 0) {
    return absl::InvalidArgumentError(absl::StrCat("package \"", package.name,
                                                   "\": size \"", size,
                                                   "\": expected a number"));
  }
  // The pool of the security archive is the part of Debian's under "updates".
  package.archive =
      package.path.starts_with("pool/updates/") ? "debian-security" : "debian";
  return package;
}

}  // namespace

absl::StatusOr<std::vector<LockedPackage>> ParseLockedPackages(
    absl::string_view apt_cache_show) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<ControlParagraph> paragraphs,
                        ParseControl(apt_cache_show));
  std::map<std::string, LockedPackage> by_name;
  for (const ControlParagraph& paragraph : paragraphs) {
    ABSL_ASSIGN_OR_RETURN(LockedPackage package, ParsePackage(paragraph));
    by_name.emplace(package.name, std::move(package));
  }
  std::vector<LockedPackage> packages;
  for (auto& [name, package] : by_name) packages.push_back(std::move(package));
  return packages;
}

std::string AptLockToJson(const AptLock& lock) {
  Json packages = Json::array();
  for (const LockedPackage& package : lock.packages) {
    packages.push_back({{"name", package.name},
                        {"version", package.version},
                        {"architecture", package.architecture},
                        {"archive", package.archive},
                        {"path", package.path},
                        {"sha256", package.sha256},
                        {"size", package.size}});
  }
  return JsonText({{"version", 1},
                   {"suite", lock.suite},
                   {"architecture", lock.architecture},
                   {"date", lock.date},
                   {"packages", std::move(packages)}});
}

}  // namespace rules_dockerfile
