#include "lib/run/snapshot_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/snapshot_seal.h"
#include "lib/sandbox/namespaces/owner_task.h"
#include "lib/sandbox/root/root_directory.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

UniqueFd OpenDirectory(const std::string& path) {
  return UniqueFd(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool Lock(const UniqueFd& fd, int kind) {
  return flock(fd.get(), kind | LOCK_NB) == 0;
}

// Whether the open directory is this user's and still has that name.
bool IsNamed(const UniqueFd& fd, const std::string& path) {
  struct stat open_info;
  struct stat named;
  return fstat(fd.get(), &open_info) == 0 && lstat(path.c_str(), &named) == 0 &&
         open_info.st_dev == named.st_dev && open_info.st_ino == named.st_ino &&
         open_info.st_uid == geteuid();
}

// The seal of an entry of this boot.
absl::StatusOr<SnapshotSeal> ReadSeal(const std::string& entry) {
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        ReadFile(absl::StrCat(entry, "/seal")));
  ABSL_ASSIGN_OR_RETURN(SnapshotSeal seal, ParseSnapshotSeal(text));
  if (seal.boot.empty() || seal.boot != BootId()) {
    return absl::FailedPreconditionError("the snapshot is from another boot");
  }
  return seal;
}

absl::StatusOr<std::string> Survey(OwnerStore owners, const UniqueFd& root) {
  return RunAsOwner(owners, [&]() -> absl::StatusOr<std::string> {
    ABSL_ASSIGN_OR_RETURN(const SnapshotSeal seal, SurveySnapshot(root.get()));
    return SnapshotSealToText(seal);
  });
}

// Removes a locked entry, at first its name, so that no one finds a part.
void Remove(const std::string& directory, const std::string& name,
            const UniqueFd& entry) {
  const std::string path = absl::StrCat(directory, "/", name);
  std::string away = path;
  if (!absl::StartsWith(name, ".")) {
    away = absl::StrCat(directory, "/.removing.", name);
    if (rename(path.c_str(), away.c_str()) < 0) return;
  }
  RemoveTree(entry.get());
  rmdir(away.c_str());
}

// Whether it is a fault of what is put into a cache, not of the cache.
bool IsFaultOfInput(const absl::Status& status) {
  return status.code() == absl::StatusCode::kDataLoss ||
         status.code() == absl::StatusCode::kInvalidArgument;
}

std::string NoSnapshot(absl::string_view why) {
  return absl::StrCat("none: ", why);
}

std::string CannotWrite(const std::string& directory) {
  return NoSnapshot(
      absl::ErrnoToStatus(errno,
                          absl::StrCat("cannot write to \"", directory, "\""))
          .message());
}

// An entry that Clean() may remove.
struct Candidate {
  std::string name;
  UniqueFd lock;
  int64_t size = 0;
  int64_t used_ns = 0;
};

absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot open \"", path, "\""));
  }
  const absl::Cleanup closer = [directory] { closedir(directory); };
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::optional<Snapshot> SnapshotCache::Find(const std::string& key,
                                            OwnerStore owners) const {
  const std::string entry = absl::StrCat(directory_, "/", key);
  UniqueFd lock = OpenDirectory(entry);
  if (!lock.ok() || !Lock(lock, LOCK_SH) || !IsNamed(lock, entry)) {
    return std::nullopt;
  }
  const absl::StatusOr<SnapshotSeal> seal = ReadSeal(entry);
  const std::string root = absl::StrCat(entry, "/root");
  const UniqueFd root_fd = OpenDirectory(root);
  if (!seal.ok() || !root_fd.ok()) return std::nullopt;
  const absl::StatusOr<std::string> now = Survey(owners, root_fd);
  if (!now.ok() || *now != SnapshotSealToText(*seal)) return std::nullopt;
  futimens(lock.get(), nullptr);  // used now, if the cache may be written
  return Snapshot(root, std::move(lock));
}

std::optional<SnapshotAnswer> SnapshotCache::Replace(
    const std::string& key, OwnerStore owners, const std::string& made) const {
  if (std::optional<Snapshot> found = Find(key, owners)) {
    return SnapshotAnswer{std::move(found), "found"};
  }
  const std::string entry = absl::StrCat(directory_, "/", key);
  const UniqueFd damaged = OpenDirectory(entry);
  if (!damaged.ok() || !Lock(damaged, LOCK_EX)) {
    return SnapshotAnswer{.note = NoSnapshot("it is damaged and in use")};
  }
  Remove(directory_, key, damaged);
  if (rename(made.c_str(), entry.c_str()) == 0) return std::nullopt;
  return SnapshotAnswer{.note = CannotWrite(directory_)};
}

absl::StatusOr<SnapshotAnswer> SnapshotCache::Make(const std::string& key,
                                                   OwnerStore owners,
                                                   Fill fill) const {
  mkdir(directory_.c_str(), 0755);
  std::string made = absl::StrCat(directory_, "/.making.XXXXXX");
  if (mkdtemp(made.data()) == nullptr) {
    return SnapshotAnswer{.note = CannotWrite(directory_)};
  }
  UniqueFd lock = OpenDirectory(made);
  const std::string name = made.substr(directory_.size() + 1);
  absl::Cleanup remover = [&] { Remove(directory_, name, lock); };
  const std::string root = absl::StrCat(made, "/root");
  if (!Lock(lock, LOCK_EX) || mkdir(root.c_str(), 0755) < 0) {
    return SnapshotAnswer{.note = CannotWrite(made)};
  }
  const UniqueFd root_fd = OpenDirectory(root);
  const absl::StatusOr<std::string> seal =
      RunAsOwner(owners, [&]() -> absl::StatusOr<std::string> {
        ABSL_RETURN_IF_ERROR(fill(root_fd.get()));
        return Survey(OwnerStore::kReal, root_fd);
      });
  if (!seal.ok() && IsFaultOfInput(seal.status())) return seal.status();
  if (!seal.ok()) {
    return SnapshotAnswer{.note = NoSnapshot(seal.status().message())};
  }
  const absl::Status sealed = WriteFile(absl::StrCat(made, "/seal"), *seal);
  if (!sealed.ok()) return SnapshotAnswer{.note = NoSnapshot(sealed.message())};
  const std::string entry = absl::StrCat(directory_, "/", key);
  if (rename(made.c_str(), entry.c_str()) < 0) {
    if (std::optional<SnapshotAnswer> answer = Replace(key, owners, made)) {
      return *std::move(answer);
    }
  }
  std::move(remover).Cancel();
  if (!Lock(lock, LOCK_SH) || !IsNamed(lock, entry)) {
    return SnapshotAnswer{.note = NoSnapshot("it was removed immediately")};
  }
  Clean().IgnoreError();
  return SnapshotAnswer{Snapshot(absl::StrCat(entry, "/root"), std::move(lock)),
                        "made"};
}

absl::StatusOr<SnapshotAnswer> SnapshotCache::Get(const std::string& key,
                                                  OwnerStore owners,
                                                  Fill fill) const {
  if (std::optional<Snapshot> found = Find(key, owners)) {
    return SnapshotAnswer{std::move(found), "found"};
  }
  return Make(key, owners, fill);
}

absl::StatusOr<SnapshotCache::Cleaned> SnapshotCache::Clean() const {
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        NamesIn(directory_));
  Cleaned cleaned;
  std::vector<Candidate> candidates;
  for (const std::string& name : names) {
    const std::string entry = absl::StrCat(directory_, "/", name);
    UniqueFd lock = OpenDirectory(entry);
    struct stat info;
    if (!lock.ok() || fstat(lock.get(), &info) < 0) continue;
    const absl::StatusOr<SnapshotSeal> seal = ReadSeal(entry);
    const int64_t size = seal.ok() ? seal->footprint() : 0;
    cleaned.kept_size += size;
    if (!Lock(lock, LOCK_EX) || !IsNamed(lock, entry)) {
      ++cleaned.in_use;
      continue;
    }
    // What is broken is as if it had not been used since 1970.
    const bool whole = seal.ok() && !absl::StartsWith(name, ".");
    candidates.push_back(
        {.name = name,
         .lock = std::move(lock),
         .size = size,
         .used_ns = whole ? info.st_mtim.tv_sec * kNanosPerSecond +
                                info.st_mtim.tv_nsec
                          : 0});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) {
                     return a.used_ns < b.used_ns;
                   });
  for (const Candidate& candidate : candidates) {
    if (candidate.used_ns > 0 && cleaned.kept_size <= max_size_) break;
    Remove(directory_, candidate.name, candidate.lock);
    ++cleaned.removed;
    cleaned.removed_size += candidate.size;
    cleaned.kept_size -= candidate.size;
  }
  return cleaned;
}

}  // namespace rules_dockerfile
