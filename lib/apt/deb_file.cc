#include "lib/apt/deb_file.h"

#include <errno.h>
#include <sys/stat.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/apt/deb_package.h"
#include "lib/base/file.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<TarMember> FindFile(absl::string_view tar,
                                   const std::string& path) {
  TarReader reader(tar);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) break;
    if (member->entry.type == TarEntryType::kFile &&
        CleanTarPath(member->entry.path) == CleanTarPath(path)) {
      return *member;
    }
  }
  return absl::NotFoundError(
      absl::StrCat("expected a file \"", path, "\", got none"));
}

absl::Status Extract(absl::string_view deb, const std::string& path,
                     const std::string& file_out) {
  ABSL_ASSIGN_OR_RETURN(const DebPackage package, ReadDebPackage(deb));
  ABSL_ASSIGN_OR_RETURN(const TarMember file, FindFile(package.data_tar, path));
  ABSL_RETURN_IF_ERROR(WriteFile(file_out, file.data));
  const mode_t mode = (file.entry.mode & 0111) != 0 ? 0755 : 0644;
  if (chmod(file_out.c_str(), mode) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot change the mode of \"", file_out, "\""));
}

}  // namespace

absl::Status ExtractDebFile(const std::string& deb, const std::string& path,
                            const std::string& file_out) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(deb));
  const absl::Status status = Extract(file.contents(), path, file_out);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("package \"", deb.substr(deb.rfind('/') + 1),
                                   "\": ", status.message()));
}

}  // namespace rules_dockerfile
