#include "lib/run/cache_mounts.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/owner_task.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// What is kept in an entry, beside the directory that is mounted.
constexpr char kRoot[] = "root";
constexpr char kLock[] = "lock";

absl::Status CannotWrite(const CacheMountStore& store) {
  const int error = errno;
  return absl::FailedPreconditionError(absl::StrCat(
      absl::ErrnoToStatus(error, absl::StrCat("cannot write to the cache "
                                              "mounts' directory \"",
                                              store.directory, "\""))
          .message(),
      error == EROFS ? "; pass --sandbox_writable_path=" : "",
      error == EROFS ? store.directory : ""));
}

std::string Optional(const std::optional<uint32_t>& value) {
  return value.has_value() ? absl::StrCat(*value) : "";
}

// Everything that selects another directory.
std::string Name(const CacheMountStore& store, const Mount& mount,
                 const std::string& target) {
  const std::string digest = DigestOf(
      absl::StrCat(mount.id.empty() ? target : mount.id, "\n", mount.from, "\n",
                   mount.source, "\n", Optional(mount.mode), "\n",
                   Optional(mount.uid), "\n", Optional(mount.gid), "\n",
                   store.owners == OwnerStore::kReal ? "real" : "recorded",
                   "\n", geteuid(), "\n", kRoot));
  return std::string(DigestHex(digest));
}

UniqueFd OpenDirectory(const std::string& path) {
  return UniqueFd(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Opens a directory of the entry itself.
UniqueFd OpenIn(const UniqueFd& entry, const char* name, int flags) {
  return UniqueFd(
      openat(entry.get(), name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

absl::Status NotOurs(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the cache mount's directory \"", path, "\": ", what,
      "\nhint: remove it, or keep cache mounts in a directory that no other "
      "user can write to"));
}

// What is wrong with an entry, which only this user may have made and may
// search: with real ids a RUN leaves programs with setuid bits and devices in
// it.
std::string FaultOf(const struct stat& info) {
  if (!S_ISDIR(info.st_mode)) {
    return absl::StrCat("expected a directory, got a ",
                        S_ISLNK(info.st_mode) ? "symbolic link" : "file");
  }
  if (info.st_uid != geteuid()) {
    return absl::StrCat("expected user ", geteuid(), " as its owner, got ",
                        info.st_uid);
  }
  if ((info.st_mode & 0777) != 0700) {
    return absl::StrFormat("expected mode 0700, got %04o",
                           info.st_mode & 07777);
  }
  return "";
}

// Opens an entry. NotFound if there is none.
absl::StatusOr<UniqueFd> OpenEntry(const std::string& path) {
  UniqueFd entry = OpenDirectory(path);
  const int error = errno;
  struct stat info;
  if ((entry.ok() ? fstat(entry.get(), &info) : lstat(path.c_str(), &info)) <
      0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot stat ", path));
  }
  if (const std::string fault = FaultOf(info); !fault.empty()) {
    return NotOurs(path, fault);
  }
  if (!entry.ok()) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot open ", path));
  }
  return entry;
}

// Fills the directory of a new entry.
absl::Status Fill(const CacheMountStore& store, const UniqueFd& entry,
                  const FillDirectory& seed) {
  if (mkdirat(entry.get(), kRoot, 0755) < 0) return CannotWrite(store);
  const UniqueFd root = OpenIn(entry, kRoot, O_RDONLY);
  if (!root.ok()) return CannotWrite(store);
  return RunAsOwner(
             store.owners,
             [&]() -> absl::StatusOr<std::string> {
               // A cache outlives the records of its links' owners.
               ABSL_RETURN_IF_ERROR(
                   seed({.fd = root.get(), .owners = store.owners}).status());
               return "";
             })
      .status();
}

// Creates the entry completely, unless another process does first.
absl::Status Make(const CacheMountStore& store, const std::string& path,
                  const FillDirectory& seed) {
  std::string made = absl::StrCat(store.directory, "/.making.XXXXXX");
  if (mkdtemp(made.data()) == nullptr) return CannotWrite(store);
  const UniqueFd entry = OpenDirectory(made);
  if (!entry.ok()) return CannotWrite(store);
  const absl::Cleanup remover = [&] {
    // Nothing is left of it if it was renamed.
    if (rmdir(made.c_str()) == 0 || errno == ENOENT) return;
    RemoveTree(entry.get());
    rmdir(made.c_str());
  };
  ABSL_RETURN_IF_ERROR(Fill(store, entry, seed));
  if (rename(made.c_str(), path.c_str()) < 0 && errno != EEXIST &&
      errno != ENOTEMPTY && errno != ENOTDIR) {
    return CannotWrite(store);
  }
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> OpenOrMakeEntry(const CacheMountStore& store,
                                         const std::string& path,
                                         const FillDirectory& seed) {
  absl::StatusOr<UniqueFd> entry = OpenEntry(path);
  if (!absl::IsNotFound(entry.status())) return entry;
  ABSL_RETURN_IF_ERROR(Make(store, path, seed));
  return OpenEntry(path);
}

// Locks the entry; not ok if another has it and `wait` is not set.
absl::StatusOr<UniqueFd> Lock(const CacheMountStore& store,
                              const UniqueFd& entry, bool wait) {
  UniqueFd lock(openat(entry.get(), kLock,
                       O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock.ok()) return CannotWrite(store);
  while (flock(lock.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
    if (errno != EINTR) return UniqueFd();
  }
  return lock;
}

struct Choice {
  std::string path;
  UniqueFd entry;
  UniqueFd lock;  // if it is not shared
};

// What lasts as long as the mount.
struct HeldCache {
  UniqueFd root;
  UniqueFd lock;
};

absl::StatusOr<Choice> Choose(const CacheMountStore& store, const Mount& mount,
                              const std::string& path,
                              const FillDirectory& seed) {
  for (int number = 0;; ++number) {
    std::string candidate =
        number == 0 ? path : absl::StrCat(path, ".", number);
    ABSL_ASSIGN_OR_RETURN(UniqueFd entry,
                          OpenOrMakeEntry(store, candidate, seed));
    if (mount.sharing != "locked" && mount.sharing != "private") {
      return Choice{std::move(candidate), std::move(entry), UniqueFd()};
    }
    ABSL_ASSIGN_OR_RETURN(
        UniqueFd lock, Lock(store, entry, /*wait=*/mount.sharing == "locked"));
    if (lock.ok() || mount.sharing == "locked") {
      return Choice{std::move(candidate), std::move(entry), std::move(lock)};
    }
  }
}

}  // namespace

absl::StatusOr<BindMount> OpenCacheMount(const CacheMountStore& store,
                                         const Mount& mount,
                                         const std::string& target,
                                         const FillDirectory& seed) {
  if (mkdir(store.directory.c_str(), 0755) < 0 && errno != EEXIST) {
    return CannotWrite(store);
  }
  ABSL_ASSIGN_OR_RETURN(
      Choice choice,
      Choose(store, mount,
             absl::StrCat(store.directory, "/", Name(store, mount, target)),
             seed));
  const std::string source = absl::StrCat(choice.path, "/", kRoot);
  UniqueFd root = OpenIn(choice.entry, kRoot, O_PATH);
  if (!root.ok()) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", source));
  }
  const int expected = root.get();
  return BindMount{.target = target,
                   .source = source,
                   .read_only = mount.read_only,
                   .expected = expected,
                   .held = std::make_shared<const HeldCache>(
                       HeldCache{std::move(root), std::move(choice.lock)})};
}

}  // namespace rules_dockerfile
