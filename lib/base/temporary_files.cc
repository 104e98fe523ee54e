#include "lib/base/temporary_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace rules_dockerfile {
namespace {

// Nodes are used again and never freed, so that the list can be walked at any
// time.
struct Node {
  std::atomic<bool> used{false};
  std::string path;
  Node* next = nullptr;
};

std::atomic<Node*> nodes{nullptr};
std::mutex mutex;

// A byte that is 1 in the process that began, and 0 in those that it forks
// (madvise(2), MADV_WIPEONFORK).
char* OwnMark() {
  static char* const mark = []() -> char* {
    const auto size = static_cast<size_t>(getpagesize());
    void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return nullptr;
    madvise(page, size, MADV_WIPEONFORK);
    *static_cast<char*>(page) = 1;
    return static_cast<char*>(page);
  }();
  return mark;
}

// Before main(): no child exists yet.
[[maybe_unused]] const char* const kMadeAtStart = OwnMark();

Node& FreeNode() {
  for (Node* node = nodes; node != nullptr; node = node->next) {
    if (!node->used) return *node;
  }
  auto* added = new Node;
  added->next = nodes;
  nodes = added;
  return *added;
}

// With the files in it, but not with directories; readdir(3) would take memory.
void RemoveDirectory(const char* path) {
  const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  alignas(dirent64) std::array<char, 4096> buffer;
  long size = 0;
  while ((size = syscall(SYS_getdents64, fd, buffer.data(), buffer.size())) >
         0) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(&buffer[at]);
      unlinkat(fd, entry->d_name, 0);
      at += entry->d_reclen;
    }
  }
  close(fd);
  rmdir(path);
}

}  // namespace

void RememberTemporaryFile(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex);
  Node& node = FreeNode();
  node.path = path;
  node.used = true;
}

std::string RememberNewTemporaryFile(const std::string& prefix) {
  uint64_t number = 0;
  // It does not fail for so few bytes.
  [[maybe_unused]] const ssize_t size = getrandom(&number, sizeof number, 0);
  std::array<char, 18> suffix;
  std::snprintf(suffix.data(), suffix.size(), ".%016llx",
                static_cast<unsigned long long>(number));
  std::string path = prefix + suffix.data();
  RememberTemporaryFile(path);
  return path;
}

void ForgetTemporaryFile(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex);
  for (Node* node = nodes; node != nullptr; node = node->next) {
    if (node->used && node->path == path) node->used = false;
  }
}

void RemoveTemporaryFile(const std::string& path) {
  if (std::remove(path.c_str()) != 0) std::remove(path.c_str());
  ForgetTemporaryFile(path);
}

void RemoveTemporaryFiles() {
  // A signal may come while OwnMark() is being made.
  if (nodes == nullptr || IsForkedChild()) return;
  for (Node* node = nodes; node != nullptr; node = node->next) {
    if (!node->used.exchange(false)) continue;
    if (unlink(node->path.c_str()) != 0) RemoveDirectory(node->path.c_str());
  }
}

bool IsForkedChild() { return OwnMark() != nullptr && *OwnMark() == 0; }

void OwnTemporaryFiles() {
  if (OwnMark() != nullptr) *OwnMark() = 1;
}

}  // namespace rules_dockerfile
