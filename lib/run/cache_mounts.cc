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
#include "lib/digest/digest.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/owner_task.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

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
                   "\n", geteuid()));
  return std::string(DigestHex(digest));
}

UniqueFd OpenDirectory(const std::string& path) {
  return UniqueFd(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Creates the directory completely, unless it exists.
absl::Status Make(const CacheMountStore& store, const std::string& path,
                  const FillDirectory& seed) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  std::string made = absl::StrCat(store.directory, "/.making.XXXXXX");
  if (mkdtemp(made.data()) == nullptr) return CannotWrite(store);
  const UniqueFd fd = OpenDirectory(made);
  const absl::Cleanup remover = [&] {
    // Nothing is left of it if it was renamed.
    if (rmdir(made.c_str()) == 0 || errno == ENOENT) return;
    RemoveTree(fd.get());
    rmdir(made.c_str());
  };
  ABSL_RETURN_IF_ERROR(
      RunAsOwner(store.owners, [&]() -> absl::StatusOr<std::string> {
        // A cache outlives the records of its links' owners.
        ABSL_RETURN_IF_ERROR(
            seed({.fd = fd.get(), .owners = store.owners}).status());
        return "";
      }).status());
  if (rename(made.c_str(), path.c_str()) < 0 && errno != EEXIST &&
      errno != ENOTEMPTY) {
    return CannotWrite(store);
  }
  return absl::OkStatus();
}

// Locks `path`.lock; not ok if another has it and `wait` is not set.
absl::StatusOr<UniqueFd> Lock(const CacheMountStore& store,
                              const std::string& path, bool wait) {
  UniqueFd lock(open(absl::StrCat(path, ".lock").c_str(),
                     O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.ok()) return CannotWrite(store);
  while (flock(lock.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
    if (errno != EINTR) return UniqueFd();
  }
  return lock;
}

struct Choice {
  std::string path;
  UniqueFd lock;
};

absl::StatusOr<Choice> Choose(const CacheMountStore& store, const Mount& mount,
                              const std::string& path) {
  if (mount.sharing == "locked") {
    ABSL_ASSIGN_OR_RETURN(UniqueFd lock, Lock(store, path, /*wait=*/true));
    return Choice{path, std::move(lock)};
  }
  if (mount.sharing != "private") return Choice{path, UniqueFd()};
  for (int number = 0;; ++number) {
    std::string candidate =
        number == 0 ? path : absl::StrCat(path, ".", number);
    ABSL_ASSIGN_OR_RETURN(UniqueFd lock,
                          Lock(store, candidate, /*wait=*/false));
    if (lock.ok()) return Choice{std::move(candidate), std::move(lock)};
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
             absl::StrCat(store.directory, "/", Name(store, mount, target))));
  ABSL_RETURN_IF_ERROR(Make(store, choice.path, seed));
  return BindMount{
      .target = target,
      .source = choice.path,
      .read_only = mount.read_only,
      .held = std::make_shared<const UniqueFd>(std::move(choice.lock))};
}

}  // namespace rules_dockerfile
