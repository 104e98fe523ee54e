#include "lib/apt/deb_package.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/apt/ar.h"
#include "lib/apt/control.h"
#include "lib/compression/decompressor.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// The member `name`, or one that adds an extension to it.
absl::StatusOr<ArMember> FindMember(const std::vector<ArMember>& members,
                                    absl::string_view name) {
  for (const ArMember& member : members) {
    const absl::string_view rest = absl::StripPrefix(member.name, name);
    if (rest.size() == member.name.size()) continue;
    if (rest.empty() || rest[0] == '.') return member;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("package has no member \"", name, "\""));
}

absl::Status WithContext(absl::string_view context,
                         const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(context, ": ", status.message()));
}

absl::StatusOr<std::string> ReadTarMember(const std::vector<ArMember>& members,
                                          absl::string_view name) {
  ABSL_ASSIGN_OR_RETURN(const ArMember member, FindMember(members, name));
  absl::StatusOr<std::string> tar = DecompressToString(member.data);
  if (!tar.ok()) return WithContext(member.name, tar.status());
  return tar;
}

// The package that a control archive describes, without its data.
absl::StatusOr<DebPackage> ReadControlArchive(absl::string_view tar) {
  static const RE2* const kPlainName = new RE2("[A-Za-z0-9][A-Za-z0-9._-]*");
  DebPackage package;
  std::string control;
  TarReader reader(tar);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) break;
    if (member->entry.type == TarEntryType::kDirectory) continue;
    const absl::string_view name = absl::StripPrefix(member->entry.path, "./");
    if (member->entry.type != TarEntryType::kFile ||
        !RE2::FullMatch(name, *kPlainName)) {
      return absl::InvalidArgumentError(
          absl::StrCat("member \"", member->entry.path,
                       "\": expected a file with a plain name"));
    }
    if (name == "control") {
      control = std::string(member->data);
    } else {
      package.control_files[std::string(name)] = {
          .mode = member->entry.mode & 0777,
          .contents = std::string(member->data)};
    }
  }
  ABSL_ASSIGN_OR_RETURN(std::vector<ControlParagraph> paragraphs,
                        ParseControl(control));
  if (paragraphs.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("file \"control\": got ", paragraphs.size(),
                     " paragraphs, expected one"));
  }
  package.control = std::move(paragraphs[0]);
  return package;
}

absl::Status CheckField(const ControlParagraph& control,
                        absl::string_view field, const char* pattern) {
  const absl::string_view value = control.Value(field);
  if (RE2::FullMatch(value, pattern)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field ", field, " \"", value, "\": expected ", pattern));
}

}  // namespace

std::string DebPackage::database_name() const {
  if (control.Value("Multi-Arch") != "same") return name();
  return absl::StrCat(name(), ":", control.Value("Architecture"));
}

absl::StatusOr<DebPackage> ReadDebPackage(absl::string_view deb) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<ArMember> members,
                        ReadArArchive(deb));
  ABSL_ASSIGN_OR_RETURN(const ArMember version,
                        FindMember(members, "debian-binary"));
  if (!absl::StartsWith(version.data, "2.")) {
    return absl::UnimplementedError(absl::StrCat(
        "package format \"", absl::StripTrailingAsciiWhitespace(version.data),
        "\": expected 2.0"));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string control_tar,
                        ReadTarMember(members, "control.tar"));
  absl::StatusOr<DebPackage> package_or = ReadControlArchive(control_tar);
  if (!package_or.ok()) return WithContext("control.tar", package_or.status());
  DebPackage package = *std::move(package_or);
  // Debian Policy, "Syntax of control files".
  ABSL_RETURN_IF_ERROR(
      CheckField(package.control, "Package", "[a-z0-9][a-z0-9+.-]+"));
  ABSL_RETURN_IF_ERROR(
      CheckField(package.control, "Version", "[A-Za-z0-9.+~:-]+"));
  ABSL_RETURN_IF_ERROR(
      CheckField(package.control, "Architecture", "[a-z0-9][a-z0-9-]*"));
  ABSL_ASSIGN_OR_RETURN(package.data_tar, ReadTarMember(members, "data.tar"));
  return package;
}

}  // namespace rules_dockerfile
