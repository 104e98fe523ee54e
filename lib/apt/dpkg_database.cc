#include "lib/apt/dpkg_database.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/apt/control.h"
#include "lib/apt/deb_package.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

// The package's paragraph of the status file, dpkg(1) "Package states".
std::string StatusParagraph(const ExtractedPackage& extracted) {
  ControlParagraph status;
  for (const ControlField& field : extracted.package->control.fields) {
    status.fields.push_back(field);
    if (absl::EqualsIgnoreCase(field.name, "Package")) {
      status.fields.push_back(
          {.name = "Status", .value = "install ok unpacked"});
    }
  }
  if (!extracted.conffile_md5.empty()) {
    ControlField conffiles = {.name = "Conffiles"};
    for (const auto& [path, md5] : extracted.conffile_md5) {
      absl::StrAppend(&conffiles.value, "\n ", path, " ", md5);
    }
    status.fields.push_back(std::move(conffiles));
  }
  return ControlParagraphToText(status);
}

// Packages interested in each trigger, by the trigger's name or path, as dpkg
// keeps them: "libc-bin", "debianutils/noawait".
using TriggerInterests = std::map<std::string, std::vector<std::string>>;

// A line of a package's "triggers" file that declares an interest.
struct TriggerInterest {
  std::string trigger;
  bool noawait = false;
};

// The interests in a "triggers" file, deb-triggers(5).
absl::StatusOr<std::vector<TriggerInterest>> ParseTriggerInterests(
    absl::string_view text) {
  // A path, or a name: that becomes a file beside dpkg's own, which begin with
  // capital letters.
  static const RE2* const kTrigger = new RE2("/.*|[a-z0-9][a-z0-9+.-]*");
  std::vector<TriggerInterest> interests;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.empty() || words[0].starts_with("activate")) continue;
    if (words.size() != 2 || !words[0].starts_with("interest") ||
        !RE2::FullMatch(words[1], *kTrigger)) {
      return absl::InvalidArgumentError(
          absl::StrCat("trigger \"", line,
                       "\": expected \"interest NAME\" or \"activate NAME\""));
    }
    interests.push_back({.trigger = std::string(words[1]),
                         .noawait = words[0] == "interest-noawait"});
  }
  return interests;
}

// dpkg keeps the interests in paths in one file, others in one file each.
std::vector<DatabaseFile> TriggerFiles(const TriggerInterests& interests) {
  DatabaseFile paths = {.path = "triggers/File"};
  std::vector<DatabaseFile> files;
  for (const auto& [trigger, packages] : interests) {
    if (trigger[0] != '/') {
      files.push_back({.path = absl::StrCat("triggers/", trigger),
                       .contents = absl::StrJoin(packages, "\n") + "\n"});
      continue;
    }
    for (const std::string& package : packages) {
      absl::StrAppend(&paths.contents, trigger, " ", package, "\n");
    }
  }
  files.push_back(std::move(paths));
  return files;
}

// The files that dpkg has for one package: info/NAME.*.
std::vector<DatabaseFile> InfoFiles(const ExtractedPackage& extracted) {
  const std::string prefix =
      absl::StrCat("info/", extracted.package->database_name(), ".");
  std::vector<DatabaseFile> files = {
      {.path = prefix + "list",
       .contents = absl::StrJoin(extracted.paths, "\n") + "\n"}};
  for (const auto& [name, file] : extracted.package->control_files) {
    files.push_back(
        {.path = prefix + name, .mode = file.mode, .contents = file.contents});
  }
  return files;
}

// Adds the interests that the package declares.
absl::Status AddInterests(const ExtractedPackage& extracted,
                          TriggerInterests& interests) {
  const auto triggers = extracted.package->control_files.find("triggers");
  if (triggers == extracted.package->control_files.end()) {
    return absl::OkStatus();
  }
  const std::string name = extracted.package->database_name();
  const absl::StatusOr<std::vector<TriggerInterest>> declared =
      ParseTriggerInterests(triggers->second.contents);
  if (!declared.ok()) {
    return absl::Status(
        declared.status().code(),
        absl::StrCat("package \"", name, "\": ", declared.status().message()));
  }
  for (const TriggerInterest& interest : *declared) {
    interests[interest.trigger].push_back(interest.noawait ? name + "/noawait"
                                                           : name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<DatabaseFile>> DpkgDatabase(
    absl::Span<const ExtractedPackage> packages) {
  std::vector<DatabaseFile> files;
  std::map<std::string, std::string> status;
  TriggerInterests interests;
  for (const ExtractedPackage& extracted : packages) {
    const std::string name = extracted.package->database_name();
    if (!status.emplace(name, StatusParagraph(extracted)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("package \"", name, "\" is given twice"));
    }
    for (DatabaseFile& file : InfoFiles(extracted)) {
      files.push_back(std::move(file));
    }
    ABSL_RETURN_IF_ERROR(AddInterests(extracted, interests));
  }
  for (DatabaseFile& file : TriggerFiles(interests)) {
    files.push_back(std::move(file));
  }
  DatabaseFile status_file = {.path = "status"};
  for (const auto& [name, paragraph] : status) {
    absl::StrAppend(&status_file.contents, paragraph, "\n");
  }
  files.push_back(std::move(status_file));
  files.push_back({.path = "available"});
  files.push_back({.path = "diversions"});
  files.push_back({.path = "info/format", .contents = "1\n"});
  files.push_back({.path = "triggers/Unincorp"});
  std::sort(files.begin(), files.end(),
            [](const DatabaseFile& a, const DatabaseFile& b) {
              return a.path < b.path;
            });
  return files;
}

}  // namespace rules_dockerfile
