#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/json/json.h"
#include "lib/sbom/elf.h"
#include "lib/sbom/inflate.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"

namespace rules_dockerfile {
namespace {

constexpr uint64_t kMaxText = uint64_t{16} << 20;
// cargo-auditable, "PARSING.md": readers should have such a limit.
constexpr size_t kMaxAuditData = size_t{8} << 20;

// Go, src/debug/buildinfo/buildinfo.go: 14 bytes of magic number, the size of a
// pointer, flags (1 big-endian, 2 texts follow); a multiple of 16 from the
// start of the section, or of the writable segment if sections were removed.
constexpr absl::string_view kGoMagic = "\xff Go buildinf:";
constexpr size_t kGoAlignment = 16;
constexpr size_t kGoHeader = 32;
constexpr size_t kGoSearched = size_t{1} << 20;

struct GoBuildInfo {
  absl::string_view version;  // "go1.22.1"
  absl::string_view modules;
};

std::optional<size_t> FindGoMagic(absl::string_view data) {
  data = data.substr(0, kGoSearched);
  for (size_t at = data.find(kGoMagic); at != data.npos;
       at = data.find(kGoMagic, at + 1)) {
    if (at % kGoAlignment == 0) return at;
  }
  return std::nullopt;
}

// A text after its length in base 128, the lowest digit first.
std::optional<absl::string_view> TakeInlineText(absl::string_view& data) {
  uint64_t size = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    if (data.empty()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(data[0]);
    data.remove_prefix(1);
    size |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) != 0) continue;
    if (size > data.size() || size > kMaxText) return std::nullopt;
    const absl::string_view text = data.substr(0, size);
    data.remove_prefix(size);
    return text;
  }
  return std::nullopt;
}

// The text of a string header (its address and length) at an address.
std::optional<absl::string_view> TextOfPointer(const ElfFile& file,
                                               uint64_t pointer,
                                               size_t pointer_size) {
  const auto header = file.AtAddress(pointer, 2 * pointer_size);
  if (!header.has_value()) return std::nullopt;
  const auto address = file.Number(*header, 0, pointer_size);
  const auto size = file.Number(*header, pointer_size, pointer_size);
  if (*size > kMaxText) return std::nullopt;
  return file.AtAddress(*address, *size);
}

std::optional<GoBuildInfo> ReadGoBuildInfo(const ElfFile& file) {
  std::optional<absl::string_view> data = file.Section(".go.buildinfo");
  if (!file.HasSections()) data = file.WritableSegment();
  if (!data.has_value()) return std::nullopt;
  const std::optional<size_t> at = FindGoMagic(*data);
  if (!at.has_value()) return std::nullopt;
  absl::string_view info = data->substr(*at);
  if (info.size() < kGoHeader) return std::nullopt;
  std::optional<absl::string_view> version, modules;
  if ((info[15] & 2) != 0) {
    info.remove_prefix(kGoHeader);
    version = TakeInlineText(info);
    modules = TakeInlineText(info);
  } else if (info[14] == 4 || info[14] == 8) {
    const auto size = static_cast<size_t>(info[14]);
    version = TextOfPointer(file, *file.Number(info, 16, size), size);
    modules = TextOfPointer(file, *file.Number(info, 16 + size, size), size);
  }
  if (!version.has_value() || version->empty()) return std::nullopt;
  GoBuildInfo found = {.version = *version};
  // Go's linker puts 16 bytes before and after the text.
  if (modules.has_value() && modules->size() >= 33 &&
      (*modules)[modules->size() - 17] == '\n') {
    found.modules = modules->substr(16, modules->size() - 32);
  }
  return found;
}

Package GoModule(absl::string_view name, absl::string_view version) {
  // A program that was not built at a version of its module.
  if (version == "(devel)") version = "";
  return {.ecosystem = "golang",
          .name = std::string(name),
          .version = std::string(version)};
}

// Lines "mod", "dep" or, for what replaces the line before, "=>", then path,
// version and checksum, with tabs (Go, runtime/debug, BuildInfo.String).
void AddGoModules(const GoBuildInfo& info, absl::string_view path,
                  std::vector<Package>& packages) {
  for (const absl::string_view line : absl::StrSplit(info.modules, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (fields.size() < 2 || fields[1].empty()) continue;
    const absl::string_view version = fields.size() > 2 ? fields[2] : "";
    if (fields[0] == "mod") {
      Package module = GoModule(fields[1], version);
      module.files = {std::string(path)};
      packages.push_back(std::move(module));
    } else if (fields[0] == "dep") {
      packages.push_back(GoModule(fields[1], version));
    } else if (fields[0] == "=>" && !packages.empty() &&
               !absl::StartsWith(fields[1], ".") &&
               !absl::StartsWith(fields[1], "/")) {
      packages.back().name = std::string(fields[1]);
      packages.back().version = std::string(version);
    }
  }
  absl::string_view version = info.version.substr(0, info.version.find(' '));
  absl::ConsumePrefix(&version, "go");
  packages.push_back(GoModule("stdlib", version));
}

std::string TextAt(const Json& json, const char* key) {
  const auto member = json.find(key);
  if (member == json.end() || !member->is_string()) return "";
  return member->get<std::string>();
}

// cargo-auditable's JSON in a section, compressed: {"packages": [{"name",
// "version", "kind": "build" if it is not in the program, "root": true for the
// program itself}]}.
absl::Status AddCrates(absl::string_view section, absl::string_view path,
                       std::vector<Package>& packages) {
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        Inflate(section, DeflateFormat::kZlib, kMaxAuditData));
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  if (!json.is_object() || !json.contains("packages")) {
    return absl::InvalidArgumentError("audit data of Rust: expected packages");
  }
  for (const Json& crate : json["packages"]) {
    if (!crate.is_object() || TextAt(crate, "kind") == "build") continue;
    Package package = {.ecosystem = "cargo",
                       .name = TextAt(crate, "name"),
                       .version = TextAt(crate, "version")};
    if (package.name.empty()) continue;
    const auto root = crate.find("root");
    if (root != crate.end() && root->is_boolean() && root->get<bool>()) {
      package.files = {std::string(path)};
    }
    packages.push_back(std::move(package));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadProgram(absl::string_view data,
                                                 absl::string_view path) {
  std::vector<Package> packages;
  const std::optional<ElfFile> file = ElfFile::Open(data);
  if (!file.has_value()) return packages;
  if (const auto info = ReadGoBuildInfo(*file); info.has_value()) {
    AddGoModules(*info, path, packages);
  }
  if (const auto section = file->Section(".dep-v0"); section.has_value()) {
    ABSL_RETURN_IF_ERROR(AddCrates(*section, path, packages));
  }
  return packages;
}

}  // namespace rules_dockerfile
