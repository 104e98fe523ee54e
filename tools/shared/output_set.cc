#include "tools/shared/output_set.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"

namespace rules_dockerfile {

OutputSet::~OutputSet() {
  for (const std::string& path : paths_) Remove(path);
}

absl::Status OutputSet::MakeDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(
      error.value(), absl::StrCat("cannot create directory \"", path, "\""));
}

absl::StatusOr<OutputFile> OutputSet::Create(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  paths_.push_back(path);
  return file;
}

absl::Status OutputSet::Write(const std::string& path,
                              absl::string_view contents) {
  ABSL_ASSIGN_OR_RETURN(OutputFile file, Create(path));
  ABSL_RETURN_IF_ERROR(file.Append(contents));
  return file.Commit();
}

void OutputSet::Remove(const std::string& path) {
  struct stat info;
  // A device that was written to stays.
  if (lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    unlink(path.c_str());
  }
}

}  // namespace rules_dockerfile
