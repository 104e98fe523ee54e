// Tests an image: it has no package and no licence that is denied.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/sbom/denied.h"
#include "lib/sbom/inventory.h"

RULES_DOCKERFILE_REPEATED_FLAG(inventory, "inventory of an image");
RULES_DOCKERFILE_REPEATED_FLAG(
    denied_license, "SPDX licence, with * for any text, or NOASSERTION");
RULES_DOCKERFILE_REPEATED_FLAG(
    denied_package, "NAME, NAME@VERSION or purl, with * for any text");
RULES_DOCKERFILE_REPEATED_FLAG(allowed_package,
                               "package whose licence does not matter");
ABSL_FLAG(bool, allow_unread, false,
          "pass although a file that tells of packages could not be read");

namespace rules_dockerfile {
namespace {

// One line whatever stands in it: names and paths come from the image.
void Print(absl::string_view line) {
  const std::string text = absl::StrReplaceAll(line, {{"\n", "\\n"}});
  std::fputs(PrintableText(absl::StrCat(text, "\n")).c_str(), stdout);
}

absl::Status TestInventory(const std::string& path, const Denied& denied) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(const Inventory inventory, ParseInventory(text));
  const std::vector<std::string> problems = DeniedPackages(inventory, denied);
  for (const std::string& note : inventory.notes) {
    Print(absl::StrCat("not read: ", note));
  }
  for (const std::string& problem : problems) Print(problem);
  Print(absl::StrCat(inventory.name, " ", inventory.platform, ": ",
                     inventory.packages.size(), " packages, ", problems.size(),
                     " denied, ", inventory.notes.size(), " files not read"));
  std::fflush(stdout);
  if (!problems.empty()) {
    return absl::FailedPreconditionError(
        "the image has packages that are denied");
  }
  if (inventory.notes.empty() || absl::GetFlag(FLAGS_allow_unread)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "files that tell of packages could not be read\n"
      "hint: allow_unread = True passes nevertheless");
}

absl::Status Test() {
  const Denied denied = {.licenses = FLAGS_denied_license_values(),
                         .packages = FLAGS_denied_package_values(),
                         .allowed_packages = FLAGS_allowed_package_values()};
  absl::Status result;
  for (const std::string& path : FLAGS_inventory_values()) {
    result.Update(TestInventory(path, denied));
  }
  return result;
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "sbom_test",
      "Tests that an image has no package and no licence that is denied.", argc,
      argv, rules_dockerfile::Test);
}
