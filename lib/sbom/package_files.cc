#include "lib/sbom/package_files.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/layer/file_tree.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/package_readers.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kGiB = int64_t{1} << 30;

constexpr PackageReader kDpkgStatus = {ReadDpkgStatus, AddDpkgDetails,
                                       64 * kMiB};
constexpr PackageReader kDpkgStatusFile = {ReadDpkgStatusFile, AddDpkgDetails,
                                           kMiB};
constexpr PackageReader kApk = {ReadApkInstalled, nullptr, 256 * kMiB};
constexpr PackageReader kRpmSqlite = {ReadRpmSqlite, nullptr, kGiB};
constexpr PackageReader kRpmNdb = {ReadRpmNdb, nullptr, kGiB};
constexpr PackageReader kRpmBerkeley = {nullptr, nullptr, kGiB};
constexpr PackageReader kPython = {ReadPythonMetadata, AddPythonFiles,
                                   4 * kMiB};
constexpr PackageReader kNode = {ReadNodePackage, AddNodeFiles, 4 * kMiB};
constexpr PackageReader kProgram = {ReadProgram, nullptr, 4 * kGiB};
constexpr PackageReader kJar = {ReadJar, nullptr, 2 * kGiB};

struct Database {
  const char* path;
  const PackageReader* reader;
};
constexpr Database kDatabases[] = {
    {"var/lib/dpkg/status", &kDpkgStatus},
    {"lib/apk/db/installed", &kApk},
    {"usr/lib/apk/db/installed", &kApk},
    {"var/lib/rpm/rpmdb.sqlite", &kRpmSqlite},
    {"var/lib/rpm/Packages.db", &kRpmNdb},
    {"var/lib/rpm/Packages", &kRpmBerkeley},
    {"usr/lib/sysimage/rpm/rpmdb.sqlite", &kRpmSqlite},
    {"usr/lib/sysimage/rpm/Packages.db", &kRpmNdb},
    {"usr/lib/sysimage/rpm/Packages", &kRpmBerkeley},
};

void AddDatabases(const ImageRoot& root, std::vector<PackageFile>& files) {
  for (const Database& database : kDatabases) {
    auto path = root.FindFile(database.path);
    if (path.has_value()) files.push_back({*std::move(path), database.reader});
  }
  const auto directory = root.FindDirectory("var/lib/dpkg/status.d");
  if (!directory.has_value()) return;
  for (const std::string& name : root.tree().Children(*directory)) {
    if (absl::EndsWith(name, ".md5sums")) continue;
    auto path = root.FindFile(absl::StrCat(*directory, "/", name));
    if (path.has_value()) {
      files.push_back({*std::move(path), &kDpkgStatusFile});
    }
  }
}

// The last element of `path`, which is then the rest.
absl::string_view TakeName(absl::string_view& path) {
  const size_t slash = path.rfind('/');
  const absl::string_view name =
      path.substr(slash == path.npos ? 0 : slash + 1);
  path = slash == path.npos ? "" : path.substr(0, slash);
  return name;
}

// Whether the directory is that of a package: node_modules/NAME or
// node_modules/@SCOPE/NAME.
bool IsNodePackage(absl::string_view directory) {
  TakeName(directory);
  absl::string_view parent = TakeName(directory);
  if (absl::StartsWith(parent, "@")) parent = TakeName(directory);
  return parent == "node_modules";
}

bool IsPythonMetadata(absl::string_view name, absl::string_view directory) {
  if (name == "METADATA") return absl::EndsWith(directory, ".dist-info");
  if (name == "PKG-INFO") {
    return absl::EndsWith(directory, ".egg-info") ||
           absl::EndsWith(directory, "EGG-INFO");
  }
  return absl::EndsWith(name, ".egg-info");
}

// The reader of a regular file that its name tells; nullptr if none.
const PackageReader* ReaderOf(absl::string_view path) {
  const absl::string_view name = TakeName(path);
  if (IsPythonMetadata(name, path)) return &kPython;
  if (name == "package.json" && IsNodePackage(path)) return &kNode;
  for (const absl::string_view suffix : {".jar", ".war", ".ear"}) {
    if (absl::EndsWithIgnoreCase(name, suffix)) return &kJar;
  }
  return nullptr;
}

bool IsProgram(const ImageRoot& root, absl::string_view path,
               const FileNode& node) {
  constexpr int64_t kMinProgram = 64;
  if (node.size < kMinProgram) return false;
  if ((node.mode & 0111) == 0 && !absl::StrContains(path, ".so")) return false;
  return root.BeginsWith(path, "\177ELF", kProgram.max_size);
}

}  // namespace

std::vector<PackageFile> FindPackageFiles(const ImageRoot& root) {
  std::vector<PackageFile> files;
  AddDatabases(root, files);
  for (const auto& [path, node] : root.tree().nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    if (const PackageReader* const reader = ReaderOf(path)) {
      files.push_back({path, reader});
    } else if (IsProgram(root, path, node)) {
      files.push_back({path, &kProgram});
    }
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const PackageFile& a, const PackageFile& b) {
                     return a.path < b.path;
                   });
  // A database is the same under the names of both its directories.
  files.erase(std::unique(files.begin(), files.end(),
                          [](const PackageFile& a, const PackageFile& b) {
                            return a.path == b.path;
                          }),
              files.end());
  return files;
}

}  // namespace rules_dockerfile
