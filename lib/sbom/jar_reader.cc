#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/paragraphs.h"
#include "lib/sbom/zip.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxText = size_t{1} << 20;
// What all that is read of one file, with the jars in it, may unfold to: not
// much of a small one, as there can be many.
size_t MaxUnfolded(size_t size) {
  constexpr size_t kMax = size_t{1} << 30;
  constexpr size_t kMaxOfAny = size_t{64} << 20;
  constexpr size_t kFactor = 64;
  return std::min(kMax, kMaxOfAny + kFactor * size);
}
constexpr size_t kMaxNested = size_t{256} << 20;
constexpr int kMaxDepth = 3;

bool IsJar(absl::string_view name) {
  return absl::EndsWithIgnoreCase(name, ".jar") ||
         absl::EndsWithIgnoreCase(name, ".war") ||
         absl::EndsWithIgnoreCase(name, ".ear");
}

// "META-INF/maven/GROUP/ARTIFACT/pom.properties".
bool IsPomProperties(absl::string_view name) {
  return absl::StartsWith(name, "META-INF/maven/") &&
         absl::EndsWith(name, "/pom.properties");
}

// The start of a text that can be a whole file: enough to be seen as too long.
std::string Cut(absl::string_view text) {
  return std::string(text.substr(0, kMaxPackageName + 1));
}

// java.util.Properties, as Maven writes them: "key=value", "#" for comments.
std::optional<Package> PomPackage(absl::string_view text) {
  std::string group, artifact, version;
  while (!text.empty()) {
    absl::string_view line = TakeLine(text);
    if (absl::ConsumePrefix(&line, "groupId=")) group = Cut(line);
    if (absl::ConsumePrefix(&line, "artifactId=")) artifact = Cut(line);
    if (absl::ConsumePrefix(&line, "version=")) version = Cut(line);
  }
  if (group.empty() || artifact.empty()) return std::nullopt;
  return Package{.ecosystem = "maven",
                 .name = absl::StrCat(group, ":", artifact),
                 .version = std::move(version)};
}

std::string FirstOf(const Fields& fields,
                    std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto value = fields.Value(name); !value.empty()) {
      return Cut(value);
    }
  }
  return "";
}

// JAR File Specification, "JAR Manifest": a line of 72 bytes continues after a
// newline and a space, within words, too.
std::string Unfolded(absl::string_view manifest) {
  std::string text;
  while (!manifest.empty()) {
    const absl::string_view line = TakeLine(manifest);
    if (!text.empty() && absl::StartsWith(line, " ")) {
      text.pop_back();
      absl::StrAppend(&text, line.substr(1), "\n");
    } else {
      absl::StrAppend(&text, line, "\n");
    }
  }
  return text;
}

// The name and version of "dir/spring-core-5.3.1.jar".
struct FileName {
  std::string name;
  std::string version;
};
FileName NameOf(absl::string_view path) {
  static const RE2& pattern =
      *new RE2("(?s)(?:.*/)?([^/]+?)(?:-(\\d[^/]*))?\\.[A-Za-z]+");
  FileName name;
  RE2::FullMatch(path, pattern, &name.name, &name.version);
  return {.name = Cut(name.name), .version = Cut(name.version)};
}

// The package that the manifest and the name of the file tell of; its name is
// empty if the file has none.
Package ManifestPackage(const Fields& fields, absl::string_view path) {
  const FileName file = NameOf(path);
  if (file.name.empty()) return {};
  std::string version = FirstOf(
      fields,
      {"Implementation-Version", "Bundle-Version", "Specification-Version"});
  if (!file.version.empty()) version = file.version;
  const std::string group = FirstOf(fields, {"Implementation-Vendor-Id"});
  const std::string license = FirstOf(fields, {"Bundle-License"});
  return {
      .ecosystem = "maven",
      .name = absl::StrCat(group, group.empty() ? "" : ":", file.name),
      .version = std::move(version),
      .supplier = FirstOf(fields, {"Implementation-Vendor", "Bundle-Vendor"}),
      .licenses =
          license.empty() ? std::vector<std::string>() : std::vector{license}};
}

class JarReader {
 public:
  explicit JarReader(size_t size) : left_(MaxUnfolded(size)) {}

  // The packages of the jar and of those in it; the first is the jar itself.
  absl::Status Read(absl::string_view archive, absl::string_view path,
                    int depth) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<ZipMember> members,
                          ReadZipDirectory(archive));
    std::vector<Package> own;
    Fields manifest;
    std::string manifest_text;
    for (const ZipMember& member : members) {
      if (member.name == "META-INF/MANIFEST.MF") {
        ABSL_ASSIGN_OR_RETURN(const std::string text,
                              Data(archive, member, kMaxText));
        manifest_text = Unfolded(text);
        manifest = FirstParagraph(manifest_text);
      } else if (IsPomProperties(member.name)) {
        ABSL_ASSIGN_OR_RETURN(const std::string text,
                              Data(archive, member, kMaxText));
        if (auto package = PomPackage(text)) own.push_back(*std::move(package));
      }
    }
    AddOwn(std::move(own), ManifestPackage(manifest, path));
    return ReadNested(archive, members, depth);
  }

  std::vector<Package> Take() { return std::move(packages_); }

 private:
  absl::StatusOr<std::string> Data(absl::string_view archive,
                                   const ZipMember& member, size_t max_size) {
    ABSL_ASSIGN_OR_RETURN(
        std::string data,
        ReadZipMember(archive, member, std::min(max_size, left_)));
    left_ -= data.size();
    return data;
  }

  // A jar with the properties of several has been merged from them ("fat").
  void AddOwn(std::vector<Package> own, Package manifest) {
    if (own.empty()) {
      if (manifest.version.empty() || manifest.name.empty()) return;
      packages_.push_back(std::move(manifest));
      return;
    }
    if (own.size() == 1) {
      own[0].supplier = manifest.supplier;
      own[0].licenses = manifest.licenses;
      if (own[0].version.empty()) own[0].version = manifest.version;
    }
    for (Package& package : own) packages_.push_back(std::move(package));
  }

  absl::Status ReadNested(absl::string_view archive,
                          const std::vector<ZipMember>& members, int depth) {
    if (depth == kMaxDepth) return absl::OkStatus();
    for (const ZipMember& member : members) {
      if (!IsJar(member.name)) continue;
      ABSL_ASSIGN_OR_RETURN(const std::string nested,
                            Data(archive, member, kMaxNested));
      // What is no archive is no jar, whatever its name.
      if (!ReadZipDirectory(nested).ok()) continue;
      ABSL_RETURN_IF_ERROR(Read(nested, member.name, depth + 1));
    }
    return absl::OkStatus();
  }

  std::vector<Package> packages_;
  size_t left_;
};

}  // namespace

absl::StatusOr<std::vector<Package>> ReadJar(absl::string_view data,
                                             absl::string_view path) {
  JarReader reader(data.size());
  ABSL_RETURN_IF_ERROR(reader.Read(data, path, 0));
  return reader.Take();
}

}  // namespace rules_dockerfile
