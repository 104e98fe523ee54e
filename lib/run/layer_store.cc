#include "lib/run/layer_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/store_scratch.h"
#include "lib/sandbox/namespaces/memory_directory.h"
#include "lib/sandbox/root/remove_tree.h"

namespace rules_dockerfile {
namespace {

// All names here are relative to "layers", the working directory of the
// process.

constexpr char kLayers[] = "/layers";
constexpr absl::string_view kLockPrefix = ".lock.";
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

bool IsNamed(const UniqueFd& fd, const std::string& name) {
  struct stat open_info;
  struct stat named;
  return fstat(fd.get(), &open_info) == 0 && lstat(name.c_str(), &named) == 0 &&
         open_info.st_ino == named.st_ino;
}

// The lock of who writes a key; its file is there only as long.
class KeyLock {
 public:
  // Without `wait`, not ok() if another process has it.
  KeyLock(absl::string_view key, bool wait)
      : name_(absl::StrCat(kLockPrefix, key)) {
    do {
      fd_ = UniqueFd(
          open(name_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (fd_.ok() &&
          flock(fd_.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
        fd_.Close();
      }
      // Who had it before may have removed it.
    } while (fd_.ok() && !IsNamed(fd_, name_));
  }
  KeyLock(const KeyLock&) = delete;
  ~KeyLock() {
    if (fd_.ok()) unlink(name_.c_str());
  }

  bool ok() const { return fd_.ok(); }

 private:
  std::string name_;
  UniqueFd fd_;
};

bool IsComplete(absl::string_view key) {
  struct stat info;
  return stat(LayerStoreView::PathOf(key).c_str(), &info) == 0;
}

// The size goes last: until then the directory counts. Whether it is gone.
bool RemoveDirectory(const std::string& name) {
  const UniqueFd root = OpenDirectory(absl::StrCat(name, "/root"));
  if (root.ok() && !RemoveTree(root.get())) return false;
  const UniqueFd fd = OpenDirectory(name);
  return fd.ok() && RemoveTree(fd.get()) && rmdir(name.c_str()) == 0;
}

int64_t SizeOf(const std::string& name) {
  int64_t size = 0;
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat(name, "/size"));
  return text.ok() && absl::SimpleAtoi(*text, &size) ? size : 0;
}

// Removes `name`, which begins with a dot, if its writer was killed. Whether it
// is gone.
bool RemoveLeftover(const std::string& name) {
  absl::string_view key = name;
  // Whoever removes directories holds the store's lock, so was killed.
  if (absl::StartsWith(name, kGonePrefix)) return RemoveDirectory(name);
  if (absl::ConsumePrefix(&key, kLockPrefix)) {
    return KeyLock(key, /*wait=*/false).ok();
  }
  key.remove_prefix(1);
  const KeyLock lock(key, /*wait=*/false);
  return lock.ok() && RemoveDirectory(name);
}

// A directory that may be removed.
struct Candidate {
  std::string key;
  int64_t size = 0;
  int64_t used_ns = 0;
};

// What counts, and what of that may be removed, the least recently used first.
struct Contents {
  int64_t bytes = 0;
  std::vector<Candidate> candidates;
};

Contents ReadContents(const UniqueFd& store) {
  Contents contents;
  const std::vector<std::string> names =
      DirectoryNamesAt(store.get()).value_or(std::vector<std::string>());
  for (const std::string& name : names) {
    if (name[0] == '.' && RemoveLeftover(name)) continue;
    const int64_t size = SizeOf(name);
    contents.bytes += size;
    struct stat info;
    if (name[0] == '.' || stat(name.c_str(), &info) < 0) continue;
    contents.candidates.push_back(
        {.key = name,
         .size = size,
         .used_ns =
             info.st_mtim.tv_sec * kNanosPerSecond + info.st_mtim.tv_nsec});
  }
  std::sort(contents.candidates.begin(), contents.candidates.end(),
            [](const Candidate& a, const Candidate& b) {
              return a.used_ns < b.used_ns;
            });
  return contents;
}

// One that is locked against those who would use it.
struct Victim {
  Candidate candidate;
  UniqueFd lock;
};

// Locks the first of the candidates that no one uses, of at least `bytes`
// together if there are such; those are subtracted.
std::vector<Victim> LockUnused(const std::vector<Candidate>& candidates,
                               int64_t& bytes) {
  std::vector<Victim> victims;
  for (const Candidate& candidate : candidates) {
    if (bytes <= 0) break;
    UniqueFd lock = OpenDirectory(candidate.key);
    if (!lock.ok() || flock(lock.get(), LOCK_EX | LOCK_NB) < 0) continue;
    bytes -= candidate.size;
    victims.push_back({candidate, std::move(lock)});
  }
  return victims;
}

// Whether it is gone. Its name goes first, so that nobody finds a part of it.
bool RemoveVictim(const std::string& key) {
  for (int i = 0;; ++i) {
    const std::string gone = absl::StrCat(kGonePrefix, i);
    if (rename(key.c_str(), gone.c_str()) == 0) return RemoveDirectory(gone);
    if (errno != ENOTEMPTY && errno != EEXIST) return false;
  }
}

// How many of at least `bytes` could not be freed. Frees what it can, or, with
// `all_or_nothing`, nothing unless that is enough.
int64_t Free(const std::vector<Candidate>& candidates, int64_t bytes,
             bool all_or_nothing) {
  int64_t missing = bytes;
  const std::vector<Victim> victims = LockUnused(candidates, missing);
  if (missing > 0 && all_or_nothing) return missing;
  for (const Victim& victim : victims) {
    if (!RemoveVictim(victim.candidate.key)) missing += victim.candidate.size;
  }
  return missing;
}

UniqueFd LockStore() {
  UniqueFd store = OpenDirectory(".");
  if (store.ok() && flock(store.get(), LOCK_EX) < 0) store.Close();
  return store;
}

// In the process that may write.
void TrimHere(int64_t limit) {
  const UniqueFd lock = LockStore();
  if (!lock.ok()) return;
  const Contents contents = ReadContents(lock);
  Free(contents.candidates, contents.bytes - limit, /*all_or_nothing=*/false);
}

// Makes the directory `.KEY` with its size, and room for it.
absl::Status Reserve(const std::string& key, int64_t size, int64_t limit) {
  const absl::Status exhausted = absl::ResourceExhaustedError(
      absl::StrCat("the layer store: ", size, " more bytes exceed the limit"));
  if (size > limit) return exhausted;
  const UniqueFd lock = LockStore();
  if (!lock.ok()) return Failed("lock", kLayers);
  const Contents contents = ReadContents(lock);
  if (Free(contents.candidates, contents.bytes - (limit - size),
           /*all_or_nothing=*/true) > 0) {
    return exhausted;
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
  if (chdir(kLayers) < 0) return Failed("enter", kLayers);
  const KeyLock lock(key, /*wait=*/true);
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
  char text[24] = {};
  const UniqueFd size(openat(fd.get(), "size", O_RDONLY | O_CLOEXEC));
  int64_t bytes = 0;
  if (size.ok() && read(size.get(), text, sizeof text - 1) > 0 &&
      absl::SimpleAtoi(text, &bytes)) {
    used_bytes_ += bytes;
  }
  used_.push_back(std::move(fd));
  return true;
}

bool LayerStoreView::IsShort() const {
  struct statvfs info;
  return fstatvfs(mount_.get(), &info) < 0 ||
         info.f_bfree < info.f_blocks / 2 || info.f_ffree < info.f_files / 2;
}

void LayerStoreView::AddDescriptors(std::vector<int>& fds) const {
  for (const UniqueFd& fd : used_) fds.push_back(fd.get());
}

absl::StatusOr<LayerStore> LayerStore::Create(OwnerStore owners, int64_t size) {
  ABSL_ASSIGN_OR_RETURN(MemoryDirectory directory,
                        MemoryDirectory::Create(owners, size));
  ABSL_RETURN_IF_ERROR(
      directory
          .Run([]() -> absl::StatusOr<std::string> {
            for (const char* path : {kLayers, kStoreScratches}) {
              if (mkdir(path, 0755) < 0) {
                return Failed("create", path);
              }
            }
            return "";
          })
          .status());
  return LayerStore(std::move(directory));
}

absl::StatusOr<LayerStoreView> LayerStore::Open(
    const std::vector<std::string>& keys, int64_t limit) const {
  ABSL_ASSIGN_OR_RETURN(
      UniqueFd mount,
      directory_.OpenReadOnly([&]() -> absl::StatusOr<std::string> {
        if (chdir(kLayers) < 0) return Failed("enter", kLayers);
        for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
          utimensat(AT_FDCWD, key->c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
        }
        TrimHere(limit);
        return kLayers;
      }));
  return LayerStoreView(std::move(mount));
}

void LayerStore::Trim(int64_t limit) const {
  directory_
      .Run([limit]() -> absl::StatusOr<std::string> {
        if (chdir(kLayers) == 0) TrimHere(limit);
        return "";
      })
      .IgnoreError();
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
