#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/paragraphs.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxRecord = int64_t{64} << 20;

// The licence: the expression, the name, or what the classifiers say. The field
// License often has the whole text, of which the first line is no name.
std::vector<std::string> LicensesOf(const Fields& fields) {
  for (const char* name : {"License-Expression", "License"}) {
    const absl::string_view license = fields.Value(name);
    if (!license.empty() && license != "UNKNOWN" &&
        !absl::StrContains(license, '\n')) {
      return {std::string(license)};
    }
  }
  std::vector<std::string> licenses;
  for (absl::string_view classifier : fields.Values("Classifier")) {
    if (!absl::ConsumePrefix(&classifier, "License :: ")) continue;
    const size_t last = classifier.rfind(" :: ");
    if (last != classifier.npos) classifier.remove_prefix(last + 4);
    if (classifier != "OSI Approved") licenses.emplace_back(classifier);
  }
  return licenses;
}

// The path at the start of a line of RECORD, a CSV file (RFC 4180).
std::string RecordedPath(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "\"")) {
    return std::string(line.substr(0, line.find(',')));
  }
  std::string path;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && !absl::StartsWith(line.substr(i), "\"\"")) break;
    if (line[i] == '"') ++i;
    path.push_back(line[i]);
  }
  return path;
}

absl::string_view Parent(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadPythonMetadata(absl::string_view data,
                                                        absl::string_view) {
  const Fields fields = FirstParagraph(data);
  std::string supplier(fields.Value("Author"));
  if (supplier.empty()) supplier = std::string(fields.Value("Author-email"));
  Package package = {.ecosystem = "pypi",
                     .name = std::string(fields.Value("Name")),
                     .version = std::string(fields.Value("Version")),
                     .supplier = std::move(supplier),
                     .licenses = LicensesOf(fields)};
  std::vector<Package> packages;
  if (!package.name.empty()) packages.push_back(std::move(package));
  return packages;
}

void AddPythonFiles(const ImageRoot& root, Package& package) {
  const absl::string_view info = Parent(package.location);
  const bool is_wheel = absl::EndsWith(info, ".dist-info");
  if (!is_wheel && !absl::EndsWith(info, ".egg-info")) return;
  const auto list = root.FindFile(
      absl::StrCat(info, is_wheel ? "/RECORD" : "/installed-files.txt"));
  if (!list.has_value()) return;
  const auto data = root.Data(*list, kMaxRecord);
  if (!data.ok()) return;
  const absl::string_view base = is_wheel ? Parent(info) : info;
  absl::string_view rest = *data;
  while (!rest.empty()) {
    const absl::string_view line = TakeLine(rest);
    const std::string path = is_wheel ? RecordedPath(line) : std::string(line);
    if (path.empty()) continue;
    package.files.push_back(
        absl::StartsWith(path, "/") ? path : absl::StrCat(base, "/", path));
  }
}

}  // namespace rules_dockerfile
