#include "lib/run/snapshot_seal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {
namespace {

constexpr char kTitle[] = "rules_dockerfile snapshot 1";
constexpr int64_t kNanosPerSecond = 1'000'000'000;

absl::Status CannotRead(absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot read \"", path, "\""));
}

void Count(const struct stat& info, SnapshotSeal& seal) {
  ++seal.files;
  if (S_ISREG(info.st_mode)) seal.size += info.st_size;
  seal.changed_ns =
      std::max(seal.changed_ns,
               info.st_ctim.tv_sec * kNanosPerSecond + info.st_ctim.tv_nsec);
}

// Counts what one directory holds; appends the directories in it.
absl::Status CountDirectory(int top, const std::string& path,
                            std::vector<std::string>& directories,
                            SnapshotSeal& seal) {
  UniqueFd fd = OpenBelow(top, path, O_RDONLY | O_DIRECTORY);
  if (!fd.ok()) return CannotRead(path);
  DIR* directory = fdopendir(fd.get());
  if (directory == nullptr) return CannotRead(path);
  const int at = fd.Release();
  const absl::Cleanup closer = [directory] { closedir(directory); };
  while (true) {
    errno = 0;
    const dirent* entry = readdir(directory);
    if (entry == nullptr && errno != 0) return CannotRead(path);
    if (entry == nullptr) return absl::OkStatus();
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info;
    if (fstatat(at, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
      return CannotRead(absl::StrCat(path, "/", name));
    }
    Count(info, seal);
    if (S_ISDIR(info.st_mode)) {
      directories.push_back(absl::StrCat(path, "/", name));
    }
  }
}

}  // namespace

absl::StatusOr<SnapshotSeal> SurveySnapshot(int directory_fd) {
  SnapshotSeal seal = {.boot = BootId()};
  struct stat info;
  if (fstat(directory_fd, &info) < 0) return CannotRead(".");
  Count(info, seal);
  std::vector<std::string> directories = {"."};
  while (!directories.empty()) {
    const std::string path = std::move(directories.back());
    directories.pop_back();
    ABSL_RETURN_IF_ERROR(CountDirectory(directory_fd, path, directories, seal));
  }
  return seal;
}

std::string SnapshotSealToText(const SnapshotSeal& seal) {
  return absl::StrCat(kTitle, "\nboot ", seal.boot, "\nfiles ", seal.files,
                      "\nsize ", seal.size, "\nchanged ", seal.changed_ns,
                      "\n");
}

absl::StatusOr<SnapshotSeal> ParseSnapshotSeal(absl::string_view text) {
  SnapshotSeal seal;
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \n"));
  if (words.size() == 12 && absl::SimpleAtoi(words[6], &seal.files) &&
      absl::SimpleAtoi(words[8], &seal.size) &&
      absl::SimpleAtoi(words[10], &seal.changed_ns)) {
    seal.boot = std::string(words[4]);
    if (SnapshotSealToText(seal) == text) return seal;
  }
  return absl::DataLossError("the seal of the snapshot is incomplete");
}

std::string BootId() {
  return std::string(absl::StripAsciiWhitespace(
      ReadFile("/proc/sys/kernel/random/boot_id").value_or("")));
}

}  // namespace rules_dockerfile
