#include "lib/sbom/scan_image.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/license.h"
#include "lib/sbom/os_release.h"
#include "lib/sbom/package_files.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/purl.h"

namespace rules_dockerfile {
namespace {

using Tars = std::vector<absl::string_view>;

constexpr size_t kMaxSupplier = 1000;
// About what a licence's reference takes with its text.
constexpr int64_t kMemoryOfRef = 256;

// A package, whichever layer has it.
using PackageKey = std::tuple<std::string, std::string, std::string>;

PackageKey KeyOf(const Package& package) {
  return {package.name, package.version, package.architecture};
}

// A file from a layer on, until the next version: nullopt for no regular file.
struct FileVersion {
  int layer = 0;
  std::optional<FileNode> file;
};
// The versions of a file, the oldest first; the last is that of the image.
using FileHistory = std::vector<FileVersion>;

bool IsSameFile(const std::optional<FileNode>& a, const FileNode* b) {
  if (!a.has_value() || b == nullptr) return !a.has_value() && b == nullptr;
  return a->digest == b->digest && a->size == b->size;
}

// How the files became what they are, layer by layer.
absl::StatusOr<std::vector<FileHistory>> HistoriesOf(
    const std::vector<PackageFile>& files,
    const std::vector<ScannedLayer>& layers) {
  std::vector<FileHistory> histories(files.size(), FileHistory(1));
  FileTree tree;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const int number = static_cast<int>(layer);
    ABSL_RETURN_IF_ERROR(tree.AddLayer(layers[layer].index, number));
    for (size_t i = 0; i < files.size(); ++i) {
      const FileNode* node = tree.Find(files[i].path);
      if (node != nullptr && node->type != LayerEntryType::kFile) {
        node = nullptr;
      }
      if (IsSameFile(histories[i].back().file, node)) continue;
      histories[i].push_back(
          {number, node == nullptr ? std::nullopt : std::optional(*node)});
    }
  }
  return histories;
}

absl::StatusOr<std::vector<Package>> ReadVersion(const PackageFile& file,
                                                 const FileVersion& version,
                                                 const Tars& tars) {
  ABSL_ASSIGN_OR_RETURN(
      const absl::string_view data,
      FileBytes(*version.file, tars, file.path, file.reader->max_size));
  return file.reader->read(data, file.path);
}

// SPDX expressions instead of what the package says.
std::vector<std::string> Normalized(const std::vector<std::string>& texts,
                                    LicenseRefs& refs) {
  std::set<std::string> licenses;
  for (const std::string& text : texts) {
    const std::optional<License> license = NormalizedLicense(text, refs);
    if (!license.has_value()) continue;
    if (license->kind != License::Kind::kAnd) {
      licenses.insert(LicenseText(*license));
      continue;
    }
    for (const License& part : license->operands) {
      licenses.insert(LicenseText(part));
    }
  }
  return {licenses.begin(), licenses.end()};
}

// What the text takes in memory.
int64_t MemoryOf(absl::string_view text) {
  return static_cast<int64_t>(text.size() + sizeof(std::string));
}
int64_t MemoryOf(const std::vector<std::string>& texts) {
  return absl::c_accumulate(texts, int64_t{0},
                            [](int64_t sum, const std::string& text) {
                              return sum + MemoryOf(text);
                            });
}
// All but its files.
int64_t MemoryOf(const Package& package) {
  int64_t memory = MemoryOf(package.licenses);
  for (const std::string* text :
       {&package.ecosystem, &package.name, &package.version,
        &package.architecture, &package.source, &package.supplier,
        &package.purl, &package.location}) {
    memory += MemoryOf(*text);
  }
  return memory;
}

bool HasLongName(const Package& package) {
  return package.name.size() + package.version.size() +
             package.architecture.size() + package.source.size() >
         kMaxPackageName;
}

auto OrderOf(const Package& package) {
  return std::tie(package.ecosystem, package.name, package.version,
                  package.architecture, package.location);
}

class Scanner {
 public:
  Scanner(const ImageRoot& root, const Tars& tars, const ScanLimits& limits)
      : root_(root), tars_(tars), limits_(limits) {
    const OsRelease release = ReadOsRelease(root);
    inventory_.os_id = release.id;
    inventory_.os_version = release.version;
    inventory_.os_name = release.name;
  }

  void Add(const PackageFile& file, const FileHistory& history) {
    if (history.back().file->size == 0) return;
    if (file.reader->read == nullptr) {
      Note(absl::StrCat("\"", file.path,
                        "\": rpm's database in Berkeley DB is not supported"));
      return;
    }
    if (!TakeName(file, *history.back().file)) return;
    NoteWriteAheadLog(file);
    auto packages = ReadVersion(file, history.back(), tars_);
    if (!packages.ok()) {
      const absl::string_view problem = packages.status().message();
      const std::string where = absl::StrCat("\"", file.path, "\": ");
      Note(
          absl::StrCat(absl::StartsWith(problem, where) ? "" : where, problem));
      return;
    }
    DropLongNames(file, *packages);
    const auto layers = LayersOf(file, history, *packages);
    for (Package& package : *packages) {
      if (texts_ > limits_.texts) {
        NoteOnce(absl::StrCat("more than ", limits_.texts,
                              " bytes of packages, further ones are left out"));
        return;
      }
      package.layer = layers.at(KeyOf(package));
      package.location = file.path;
      Complete(file, package);
      LimitPaths(package);
      texts_ += MemoryOf(package);
      inventory_.packages.push_back(std::move(package));
    }
  }

  Inventory Finish() {
    std::vector<Package>& packages = inventory_.packages;
    std::stable_sort(packages.begin(), packages.end(),
                     [](const Package& a, const Package& b) {
                       return OrderOf(a) < OrderOf(b);
                     });
    packages.erase(std::unique(packages.begin(), packages.end(),
                               [](const Package& a, const Package& b) {
                                 return OrderOf(a) == OrderOf(b);
                               }),
                   packages.end());
    return std::move(inventory_);
  }

 private:
  void Note(std::string note) { inventory_.notes.push_back(std::move(note)); }

  void NoteOnce(const std::string& note) {
    if (noted_.insert(note).second) Note(note);
  }

  // Whether a version of the file may be read under one more name: one of it
  // can have a million.
  bool TakeName(const PackageFile& file, const FileNode& node) {
    if (node.inode < 0) return true;
    const int names = ++names_[node.inode];
    if (names == limits_.names + 1) {
      Note(absl::StrCat("\"", file.path, "\": more than ", limits_.names,
                        " names of a file, further ones are not read"));
    }
    return names <= limits_.names;
  }

  void DropLongNames(const PackageFile& file, std::vector<Package>& packages) {
    const size_t dropped = std::erase_if(packages, HasLongName);
    if (dropped == 0) return;
    Note(absl::StrCat(
        "\"", file.path, "\": more than ", kMaxPackageName,
        " bytes of name and version, packages left out: ", dropped));
  }

  void LimitPaths(Package& package) {
    paths_ += MemoryOf(package.files);
    if (paths_ <= limits_.paths) return;
    NoteOnce(absl::StrCat("more than ", limits_.paths,
                          " bytes of paths of packages, further ones are left "
                          "out"));
    package.files = {};
    package.size = 0;
  }

  // The layer of each package of the last version: the first since which all
  // versions have had it.
  std::map<PackageKey, int> LayersOf(const PackageFile& file,
                                     const FileHistory& history,
                                     const std::vector<Package>& packages) {
    std::map<PackageKey, int> layers;
    std::set<PackageKey> held;
    for (const Package& package : packages) {
      layers[KeyOf(package)] = history.back().layer;
      held.insert(KeyOf(package));
    }
    for (size_t i = history.size() - 1; i > 0 && !held.empty(); --i) {
      const FileVersion& older = history[i - 1];
      if (!older.file.has_value() || !TakeName(file, *older.file)) break;
      const auto before = ReadVersion(file, older, tars_);
      if (!before.ok()) break;
      std::set<PackageKey> still_held;
      for (const Package& package : *before) {
        auto key = held.extract(KeyOf(package));
        if (key.empty()) continue;
        layers[key.value()] = older.layer;
        still_held.insert(std::move(key));
      }
      held = std::move(still_held);
    }
    return layers;
  }

  void NoteWriteAheadLog(const PackageFile& file) {
    if (!absl::EndsWith(file.path, "/rpmdb.sqlite")) return;
    const std::string log = file.path + "-wal";
    const FileNode* const node = root_.tree().Find(log);
    if (node == nullptr || node->size == 0) return;
    Note(absl::StrCat("\"", log,
                      "\": changes that are not in the database yet are not "
                      "read"));
  }

  void Complete(const PackageFile& file, Package& package) {
    if (file.reader->add_details != nullptr) {
      file.reader->add_details(root_, package);
      if (root_.is_exhausted()) {
        NoteOnce(absl::StrCat("more than ", limits_.details,
                              " bytes of lists and copyright files of "
                              "packages, further ones are not read"));
      }
    }
    package.files = root_.ExistingFiles(package.files);
    package.size = root_.SizeOf(package.files);
    LicenseRefs& refs = inventory_.license_refs;
    const size_t refs_before = refs.size();
    package.licenses = Normalized(package.licenses, refs);
    texts_ += kMemoryOfRef * static_cast<int64_t>(refs.size() - refs_before);
    if (package.supplier.size() > kMaxSupplier) {
      package.supplier.resize(kMaxSupplier);
    }
    package.purl =
        PackagePurl(package, inventory_.os_id, inventory_.os_version);
  }

  const ImageRoot& root_;
  const Tars& tars_;
  const ScanLimits limits_;
  Inventory inventory_;
  std::set<std::string> noted_;   // by NoteOnce()
  std::map<int64_t, int> names_;  // that were read, by inode
  int64_t paths_ = 0;             // memory
  int64_t texts_ = 0;
};

}  // namespace

absl::StatusOr<Inventory> ScanImage(const std::vector<ScannedLayer>& layers,
                                    const ScanLimits& limits) {
  FileTree tree;
  Tars tars;
  for (const ScannedLayer& layer : layers) {
    const int number = static_cast<int>(tars.size());
    ABSL_RETURN_IF_ERROR(tree.AddLayer(layer.index, number));
    tars.push_back(layer.tar);
  }
  const ImageRoot root(tree, tars, limits.details);
  const std::vector<PackageFile> files = FindPackageFiles(root);
  ABSL_ASSIGN_OR_RETURN(const std::vector<FileHistory> histories,
                        HistoriesOf(files, layers));
  Scanner scanner(root, tars, limits);
  for (size_t i = 0; i < files.size(); ++i) scanner.Add(files[i], histories[i]);
  return scanner.Finish();
}

}  // namespace rules_dockerfile
