#include "lib/base/map_guard.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

// A mapping that is watched, or was: nodes are used again and never freed, so
// that the signal handler can walk over them at any time.
struct Mapping {
  std::atomic<uintptr_t> begin{0};  // 0: free
  std::atomic<size_t> size{0};
  std::atomic<bool> failed{false};
  Mapping* next = nullptr;
  // The file, under `mutex`.
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

std::atomic<Mapping*> mappings{nullptr};
std::mutex mutex;            // of all but what the handler reads
absl::Status first_failure;  // under `mutex`
struct sigaction previous_action;

uintptr_t PageSize() { return static_cast<uintptr_t>(getpagesize()); }

// Puts zeros into `mapping` from the page of `address` on.
bool FillWithZeros(Mapping& mapping, uintptr_t address) {
  const uintptr_t page = address & ~(PageSize() - 1);
  const uintptr_t end = mapping.begin + mapping.size;
  if (mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    return false;
  }
  mapping.failed = true;
  return true;
}

// Does what is safe in a signal handler only.
void OnBusError(int, siginfo_t* info, void*) {
  const int saved_errno = errno;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  bool known = false;
  for (Mapping* mapping = mappings; mapping != nullptr && info->si_code > 0;
       mapping = mapping->next) {
    const uintptr_t begin = mapping->begin;
    if (begin == 0 || address < begin || address - begin >= mapping->size) {
      continue;
    }
    known = FillWithZeros(*mapping, address);
    break;
  }
  // It comes again, for whoever had it before.
  if (!known) sigaction(SIGBUS, &previous_action, nullptr);
  errno = saved_errno;
}

void InstallHandler() {
  struct sigaction action = {};
  action.sa_sigaction = OnBusError;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGBUS, &action, &previous_action);
}

// Remembers that `mapping` failed, if it did and nothing has before.
void Judge(const Mapping& mapping) {
  if (mapping.begin == 0 || !first_failure.ok()) return;
  struct stat now;
  // Another file, or none, has the name now: the mapped one is complete.
  const bool same = stat(mapping.path.c_str(), &now) == 0 &&
                    now.st_dev == mapping.device && now.st_ino == mapping.inode;
  const auto size = static_cast<int64_t>(mapping.size);
  if (same && now.st_size < size) {
    first_failure = absl::DataLossError(
        absl::StrCat("cannot read \"", mapping.path, "\": expected ", size,
                     " bytes, got ", now.st_size, ": it was truncated"));
  } else if (mapping.failed) {
    first_failure = absl::DataLossError(
        absl::StrCat("cannot read \"", mapping.path, "\": Input/output error"));
  }
}

Mapping& FreeMapping() {
  for (Mapping* mapping = mappings; mapping != nullptr;
       mapping = mapping->next) {
    if (mapping->begin == 0) return *mapping;
  }
  auto* added = new Mapping;
  added->next = mappings;
  mappings = added;
  return *added;
}

}  // namespace

void GuardMapping(const void* begin, const std::string& path,
                  const struct stat& file) {
  static std::once_flag installed;
  std::call_once(installed, InstallHandler);
  const std::lock_guard<std::mutex> lock(mutex);
  Mapping& mapping = FreeMapping();
  mapping.path = path;
  mapping.device = file.st_dev;
  mapping.inode = file.st_ino;
  mapping.failed = false;
  mapping.size = static_cast<size_t>(file.st_size);
  mapping.begin = reinterpret_cast<uintptr_t>(begin);
}

void EndGuard(const void* begin) {
  const std::lock_guard<std::mutex> lock(mutex);
  for (Mapping* mapping = mappings; mapping != nullptr;
       mapping = mapping->next) {
    if (mapping->begin != reinterpret_cast<uintptr_t>(begin)) continue;
    Judge(*mapping);
    mapping->begin = 0;
    return;
  }
}

void DropPages(absl::string_view bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(bytes.data());
  const uintptr_t first = (begin + PageSize() - 1) & ~(PageSize() - 1);
  const uintptr_t end = (begin + bytes.size()) & ~(PageSize() - 1);
  if (first >= end) return;
  for (Mapping* mapping = mappings; mapping != nullptr;
       mapping = mapping->next) {
    const uintptr_t at = mapping->begin;
    if (at == 0 || first < at || end - at > mapping->size) continue;
    madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
    return;
  }
}

void MappedReads::Add(size_t bytes) {
  constexpr size_t kMost = 32 << 20;
  // A small piece brings its page along.
  read_ += bytes + PageSize();
  if (read_ < kMost) return;
  for (const absl::string_view file : files_) DropPages(file);
  read_ = 0;
}

absl::Status MapReadStatus() {
  const std::lock_guard<std::mutex> lock(mutex);
  for (Mapping* mapping = mappings; mapping != nullptr;
       mapping = mapping->next) {
    Judge(*mapping);
  }
  return first_failure;
}

absl::Status MapReadStatusOf(absl::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += PageSize()) {
    [[maybe_unused]] const volatile char touched = bytes[i];
  }
  return MapReadStatus();
}

}  // namespace rules_dockerfile
