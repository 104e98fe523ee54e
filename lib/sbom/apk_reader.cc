#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/listed_files.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/paragraphs.h"

namespace rules_dockerfile {
namespace {

// Adds what the line `key`:`value` says, except for files.
void ReadField(char key, absl::string_view value, Package& package) {
  switch (key) {
    case 'P':
      package.name = std::string(value);
      break;
    case 'V':
      package.version = std::string(value);
      break;
    case 'A':
      package.architecture = std::string(value);
      break;
    case 'L':
      package.licenses = {std::string(value)};
      break;
    case 'o':
      package.source = std::string(value);
      break;
    case 'm':
      package.supplier = std::string(value);
      break;
    default:
      break;
  }
}

void Finish(Package package, ListedFiles& files,
            std::vector<Package>& packages) {
  package.files = files.Take();
  if (package.name.empty()) return;
  if (package.source == package.name) package.source.clear();
  packages.push_back(std::move(package));
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadApkInstalled(absl::string_view data,
                                                      absl::string_view) {
  std::vector<Package> packages;
  Package package = {.ecosystem = "apk"};
  ListedFiles files;
  absl::string_view directory;
  while (!data.empty()) {
    const absl::string_view line = TakeLine(data);
    if (line.empty()) {
      Finish(std::exchange(package, {.ecosystem = "apk"}), files, packages);
      directory = "";
    } else if (absl::StartsWith(line, "F:")) {
      directory = line.substr(2);
    } else if (absl::StartsWith(line, "R:")) {  // a file in the directory
      ABSL_RETURN_IF_ERROR(files.Add(directory, line.substr(2)));
    } else if (line.size() >= 2 && line[1] == ':') {
      ReadField(line[0], line.substr(2), package);
    }
  }
  Finish(std::move(package), files, packages);
  return packages;
}

}  // namespace rules_dockerfile
