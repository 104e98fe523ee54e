#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/paragraphs.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxList = int64_t{64} << 20;
constexpr int64_t kMaxCopyright = int64_t{4} << 20;

// "openssl (3.0.11-1)", "openssl": the source package; "" if its name and
// version are those of the package.
std::string SourceOf(const Fields& fields) {
  static const RE2& pattern = *new RE2("([^ ()]+)(?: +\\(([^ ()]+)\\))?");
  std::string name, version;
  if (!RE2::FullMatch(fields.Value("Source"), pattern, &name, &version)) {
    return "";
  }
  const bool other_version =
      !version.empty() && version != fields.Value("Version");
  if (name == fields.Value("Package") && !other_version) return "";
  return other_version ? absl::StrCat(name, "@", version) : name;
}

// Whether the files of the package are there (dpkg(1), "Package states").
bool IsThere(const Fields& fields) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(fields.Value("Status"), ' ', absl::SkipEmpty());
  return words.size() == 3 && words[2] != "not-installed" &&
         words[2] != "config-files";
}

void AddPackage(const Fields& fields, std::vector<Package>& packages) {
  Package package = {
      .ecosystem = "deb",
      .name = std::string(fields.Value("Package")),
      .version = std::string(fields.Value("Version")),
      .architecture = std::string(fields.Value("Architecture")),
      .source = SourceOf(fields),
      .supplier = std::string(fields.Value("Maintainer")),
  };
  if (!package.name.empty()) packages.push_back(std::move(package));
}

// Texts in the order in which they are added first.
class OrderedTexts {
 public:
  // No package has so many licences.
  static constexpr size_t kMost = 1000;

  void Add(absl::string_view text) {
    if (text.empty() || texts_.size() == kMost) return;
    if (known_.emplace(text).second) texts_.emplace_back(text);
  }
  std::vector<std::string> Take() { return std::move(texts_); }

 private:
  std::vector<std::string> texts_;
  std::set<std::string> known_;
};

// The paths of dpkg's list, or of lines "<md5>  <path>".
std::vector<std::string> ListedPaths(absl::string_view list, bool with_md5) {
  std::vector<std::string> paths;
  while (!list.empty()) {
    absl::string_view line = TakeLine(list);
    if (with_md5) {
      const size_t space = line.find(' ');
      if (space == line.npos) continue;
      line.remove_prefix(
          std::min(line.find_first_not_of(' ', space), line.size()));
    }
    if (!line.empty()) paths.emplace_back(line);
  }
  return paths;
}

void AddFiles(const ImageRoot& root, Package& package) {
  if (absl::EndsWith(package.location, "/status")) {
    const absl::string_view directory =
        absl::string_view(package.location)
            .substr(0, package.location.rfind('/'));
    for (const std::string& name :
         {absl::StrCat(package.name, ":", package.architecture),
          package.name}) {
      const auto list =
          root.FindFile(absl::StrCat(directory, "/info/", name, ".list"));
      if (!list.has_value()) continue;
      if (const auto data = root.Data(*list, kMaxList); data.ok()) {
        package.files = ListedPaths(*data, /*with_md5=*/false);
      }
      return;
    }
    return;
  }
  const auto sums = root.FindFile(package.location + ".md5sums");
  if (!sums.has_value()) return;
  if (const auto data = root.Data(*sums, kMaxList); data.ok()) {
    package.files = ListedPaths(*data, /*with_md5=*/true);
  }
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadDpkgStatus(absl::string_view data,
                                                    absl::string_view) {
  std::vector<Package> packages;
  VisitParagraphs(data, [&](const Fields& fields) {
    if (IsThere(fields)) AddPackage(fields, packages);
  });
  return packages;
}

absl::StatusOr<std::vector<Package>> ReadDpkgStatusFile(absl::string_view data,
                                                        absl::string_view) {
  std::vector<Package> packages;
  AddPackage(FirstParagraph(data), packages);
  return packages;
}

std::vector<std::string> CopyrightLicenses(absl::string_view copyright) {
  OrderedTexts licenses;
  if (!FirstParagraph(copyright).Value("Format").empty()) {
    VisitParagraphs(copyright, [&](const Fields& fields) {
      for (absl::string_view license : fields.Values("License")) {
        licenses.Add(TakeLine(license));
      }
    });
    return licenses.Take();
  }
  static const RE2& reference = *new RE2(
      "/usr/share/(common-licenses/[A-Za-z0-9][A-Za-z0-9.+-]*[A-Za-z0-9])");
  std::string name;
  while (RE2::FindAndConsume(&copyright, reference, &name)) {
    licenses.Add(name);
  }
  return licenses.Take();
}

void AddDpkgDetails(const ImageRoot& root, Package& package) {
  AddFiles(root, package);
  const auto copyright =
      root.FindFile(absl::StrCat("usr/share/doc/", package.name, "/copyright"));
  if (!copyright.has_value()) return;
  const auto data = root.Data(*copyright, kMaxCopyright);
  if (data.ok()) package.licenses = CopyrightLicenses(*data);
}

}  // namespace rules_dockerfile
