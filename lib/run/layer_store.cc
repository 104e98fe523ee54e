#include "lib/run/layer_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/memory_directory.h"
#include "lib/sandbox/root/root_directory.h"

namespace rules_dockerfile {
namespace {

// All names here are relative to the store, which is the working directory of
// the process.

constexpr absl::string_view kLockSuffix = ".lock";
constexpr absl::string_view kGonePrefix = ".gone.";
constexpr int64_t kNanosPerSecond = 1'000'000'000;

absl::Status Failed(absl::string_view action, absl::string_view name) {
  return absl::ErrnoToStatus(errno, absl::StrCat("the layer store: cannot ",
                                                 action, " \"", name, "\""));
}

UniqueFd OpenDirectory(const std::string& name) {
  return UniqueFd(
      open(name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Locks `KEY.lock`. Without `wait`, none if another process has it.
UniqueFd LockKey(absl::string_view key, bool wait) {
  const std::string name = absl::StrCat(key, kLockSuffix);
  UniqueFd fd(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.ok() && flock(fd.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    fd.Close();
  }
  return fd;
}

bool IsComplete(absl::string_view key) {
  struct stat info;
  return stat(LayerStoreView::PathOf(key).c_str(), &info) == 0;
}

void RemoveDirectory(const std::string& name) {
  if (const UniqueFd fd = OpenDirectory(name); fd.ok()) RemoveTree(fd.get());
  rmdir(name.c_str());
}

int64_t SizeOf(const std::string& name) {
  int64_t size = 0;
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat(name, "/size"));
  return text.ok() && absl::SimpleAtoi(*text, &size) ? size : 0;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  DIR* directory = opendir(".");
  if (directory == nullptr) return names;
  const absl::Cleanup closer = [directory] { closedir(directory); };
  while (const dirent* entry = readdir(directory)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != ".." && !absl::EndsWith(name, kLockSuffix)) {
      names.emplace_back(name);
    }
  }
  return names;
}

// Removes `name`, `.KEY`, if its writer was killed. Whether it is gone.
bool RemoveLeftover(const std::string& name) {
  absl::string_view key = name;
  // Whoever removes directories holds the store's lock, so was killed.
  if (!absl::ConsumePrefix(&key, kGonePrefix)) {
    key.remove_prefix(1);
    if (!LockKey(key, /*wait=*/false).ok()) return false;
  }
  RemoveDirectory(name);
  return true;
}

// A directory that may be removed.
struct Candidate {
  std::string key;
  int64_t size = 0;
  int64_t used_ns = 0;
};

// All directories, the least recently used first. Adds the sizes of these and
// of those that are being written to `all`.
std::vector<Candidate> Candidates(int64_t& all) {
  std::vector<Candidate> candidates;
  for (const std::string& name : Names()) {
    if (name[0] == '.' && RemoveLeftover(name)) continue;
    const int64_t size = SizeOf(name);
    all += size;
    struct stat info;
    if (name[0] == '.' || stat(name.c_str(), &info) < 0) continue;
    candidates.push_back({.key = name,
                          .size = size,
                          .used_ns = info.st_mtim.tv_sec * kNanosPerSecond +
                                     info.st_mtim.tv_nsec});
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) {
              return a.used_ns < b.used_ns;
            });
  return candidates;
}

// Makes the directory `.KEY` with its size, and room for it.
absl::Status Reserve(const std::string& key, int64_t size, int64_t limit) {
  const UniqueFd store = OpenDirectory(".");
  if (!store.ok() || flock(store.get(), LOCK_EX) < 0) {
    return Failed("lock", ".");
  }
  int64_t all = size;
  for (const Candidate& old : Candidates(all)) {
    if (all <= limit) break;
    const UniqueFd unused = OpenDirectory(old.key);
    if (!unused.ok() || flock(unused.get(), LOCK_EX | LOCK_NB) < 0) continue;
    // Its name goes first, so that nobody finds a part of it.
    const std::string gone = absl::StrCat(kGonePrefix, old.key);
    if (rename(old.key.c_str(), gone.c_str()) < 0) continue;
    RemoveDirectory(gone);
    all -= old.size;
  }
  if (all > limit) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the layer store: ", size, " more bytes exceed the limit"));
  }
  const std::string made = absl::StrCat(".", key);
  if (mkdir(made.c_str(), 0755) < 0) return Failed("create", made);
  return WriteFile(absl::StrCat(made, "/size"), absl::StrCat(size));
}

absl::Status Fill(const std::string& made, LayerStore::Fill fill) {
  const std::string root = absl::StrCat(made, "/root");
  if (mkdir(root.c_str(), 0755) < 0) return Failed("create", root);
  const UniqueFd fd = OpenDirectory(root);
  if (!fd.ok()) return Failed("open", root);
  return fill(fd.get());
}

// In the process that may write.
absl::Status AddHere(const std::string& key, int64_t size, int64_t limit,
                     LayerStore::Fill fill) {
  const UniqueFd lock = LockKey(key, /*wait=*/true);
  if (!lock.ok()) return Failed("lock", key);
  if (IsComplete(key)) return absl::OkStatus();
  const std::string made = absl::StrCat(".", key);
  RemoveDirectory(made);
  absl::Cleanup remover = [&made] { RemoveDirectory(made); };
  ABSL_RETURN_IF_ERROR(Reserve(key, size, limit));
  ABSL_RETURN_IF_ERROR(Fill(made, fill));
  if (rename(made.c_str(), key.c_str()) < 0) return Failed("rename", made);
  std::move(remover).Cancel();
  return absl::OkStatus();
}

}  // namespace

std::string LayerStoreView::PathOf(absl::string_view key) {
  return absl::StrCat(key, "/root");
}

bool LayerStoreView::Use(const std::string& key) {
  UniqueFd fd(openat(mount_.get(), key.c_str(),
                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.ok() || flock(fd.get(), LOCK_SH | LOCK_NB) < 0) return false;
  // What is removed has no name before it is unlocked.
  struct stat open_info;
  struct stat named;
  if (fstat(fd.get(), &open_info) < 0 ||
      fstatat(mount_.get(), key.c_str(), &named, AT_SYMLINK_NOFOLLOW) < 0 ||
      open_info.st_ino != named.st_ino) {
    return false;
  }
  used_.push_back(std::move(fd));
  return true;
}

absl::StatusOr<LayerStore> LayerStore::Create(OwnerStore owners, int64_t size) {
  ABSL_ASSIGN_OR_RETURN(MemoryDirectory directory,
                        MemoryDirectory::Create(owners, size));
  return LayerStore(std::move(directory));
}

absl::StatusOr<LayerStoreView> LayerStore::Open(
    const std::vector<std::string>& keys) const {
  ABSL_ASSIGN_OR_RETURN(
      UniqueFd mount,
      directory_.OpenReadOnly([&keys]() -> absl::StatusOr<std::string> {
        for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
          utimensat(AT_FDCWD, key->c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
        }
        return "";
      }));
  return LayerStoreView(std::move(mount));
}

absl::Status LayerStore::Add(const std::string& key, int64_t size,
                             int64_t limit, Fill fill) const {
  return directory_
      .Run([&]() -> absl::StatusOr<std::string> {
        ABSL_RETURN_IF_ERROR(AddHere(key, size, limit, fill));
        return "";
      })
      .status();
}

}  // namespace rules_dockerfile
