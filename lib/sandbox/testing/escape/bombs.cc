// Attempts to use up all processes or all memory of the host. Each has its own
// limit, far above that of the sandbox, so that it does no harm if nothing
// stops it: then it says ESCAPED.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr int kMostProcesses = 4000;
constexpr size_t kMebibyte = 1 << 20;
constexpr int kMostMebibytes = 1024;
constexpr unsigned kSeconds = 10;  // in which the sandbox has to see it

// What all processes of the bomb see.
struct Forks {
  std::atomic<int> number = 0;
  std::atomic<int> error = 0;
};

// Every process creates as many as it can.
std::string ForkBomb(const Target& target) {
  void* shared = mmap(nullptr, sizeof(Forks), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* const forks = new (shared) Forks;
  const pid_t first = getpid();
  while (forks->error == 0) {
    if (++forks->number > kMostProcesses) break;
    const pid_t child = fork();
    if (child < 0) forks->error = errno;
    if (child == 0) close(target.outcome_fd);
  }
  while (getpid() != first) pause();
  if (forks->error == 0) {
    sleep(kSeconds);
    return "ESCAPED: " + std::to_string(forks->number) + " processes";
  }
  errno = forks->error;
  return Outcome(-1);
}

// Until it is ended.
std::string WaitForTheEnd() {
  sleep(kSeconds);
  return "ESCAPED: " + std::to_string(kMostMebibytes) + " MiB";
}

std::string FillMemory(const Target&) {
  for (int i = 0; i < kMostMebibytes; ++i) {
    void* block = mmap(nullptr, kMebibyte, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return Outcome(-1);
    memset(block, 1, kMebibyte);
  }
  return WaitForTheEnd();
}

// Each process has little.
std::string FillMemoryOfChildren(const Target& target) {
  constexpr int kChildren = 64;
  for (int i = 0; i < kChildren; ++i) {
    const pid_t child = fork();
    if (child < 0) return Outcome(-1);
    if (child != 0) continue;
    close(target.outcome_fd);
    constexpr size_t kSize = kMostMebibytes / kChildren * kMebibyte;
    void* block = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    // A compiler may leave out an object that nobody reads, but not this.
    if (block != MAP_FAILED) memset(block, 1, kSize);
    while (true) pause();
  }
  return WaitForTheEnd();
}

std::string FillSharedMemory(const Target&) {
  constexpr size_t kSize = kMostMebibytes * kMebibyte;
  void* block = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return Outcome(-1);
  memset(block, 1, kSize);
  return WaitForTheEnd();
}

std::string FillFiles(const Target&) {
  const std::vector<char> block(kMebibyte, 1);
  const int fd = open("/bomb", O_WRONLY | O_CREAT, 0600);
  for (int i = 0; i < kMostMebibytes; ++i) {
    if (write(fd, block.data(), block.size()) < 0) return Outcome(-1);
  }
  return WaitForTheEnd();
}

}  // namespace

const Attempts& BombAttempts() {
  static const Attempts attempts = {
      {"bomb_forks", ForkBomb, true},
      {"bomb_memory", FillMemory, true},
      {"bomb_memory_of_children", FillMemoryOfChildren, true},
      {"bomb_shared_memory", FillSharedMemory, true},
      {"bomb_files", FillFiles, true},
  };
  return attempts;
}

}  // namespace rules_dockerfile
