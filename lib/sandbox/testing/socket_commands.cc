#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

int Number(const std::string& text) {
  return static_cast<int>(strtoll(text.c_str(), nullptr, 0));
}

// What a call came to, and what kind of file it made.
void PrintResult(const std::string& what, int error, int fd) {
  struct stat info;
  const bool made = error == 0 && fstat(fd, &info) == 0;
  const char* name = error == 0 ? "ok" : strerrorname_np(error);
  printf("%s: %s\n", what.c_str(),
         error == 0 && !(made && S_ISSOCK(info.st_mode)) ? "no socket" : name);
  fflush(stdout);
}

void MakeSocket(const std::string& what, int family, int type, int protocol) {
  const int fd = socket(family, type, protocol);
  PrintResult(what, fd < 0 ? errno : 0, fd);
  if (fd >= 0) close(fd);
}

void MakePair(const std::string& what, int family, int type, int protocol) {
  int ends[2] = {-1, -1};
  const int result = socketpair(family, type, protocol, ends);
  PrintResult(what, result < 0 ? errno : 0, ends[1]);
}

#if defined(__x86_64__)
// A system call of a 32-bit program.
int Call32(uint32_t number, uint32_t first, uint32_t second) {
  int result;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(first), "c"(second), "d"(0), "S"(0), "D"(0)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}

// Memory that a 32-bit program could have.
uint32_t* LowMemory() {
  static uint32_t* const memory = static_cast<uint32_t*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
  return memory;
}

uint32_t Address(const uint32_t* memory) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(memory));
}

// socketcall(2) of linux/net.h with these arguments, then the place of a pair.
void Socketcall(const std::string& what, uint32_t call, int family, int type,
                int protocol) {
  uint32_t* memory = LowMemory();
  memory[0] = static_cast<uint32_t>(family);
  memory[1] = static_cast<uint32_t>(type);
  memory[2] = static_cast<uint32_t>(protocol);
  memory[3] = Address(memory + 8);
  const int result = Call32(102, call, Address(memory));
  const int fd = call == 8 ? static_cast<int>(memory[9]) : result;
  PrintResult(what, result < 0 ? -result : 0, fd);
}

void Socket32(const std::string& what, int family, int type, int protocol) {
  Socketcall(what, 1, family, type, protocol);
}

void Pair32(const std::string& what, int family, int type, int protocol) {
  Socketcall(what, 8, family, type, protocol);
}

// Whether the kernel runs 32-bit programs: getpid of theirs.
void PrintWhether32() {
  const pid_t pid = fork();
  if (pid == 0) {
    signal(SIGSEGV, SIG_DFL);
    _exit(Call32(20, 0, 0) == getpid() ? 0 : 1);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  printf("32-bit programs: %s\n", status == 0 ? "yes" : "no");
  fflush(stdout);
}
#endif

// Runs `make` with FAMILY TYPE PROTOCOL.
std::function<void(const Arguments&)> With(void (*make)(const std::string&, int,
                                                        int, int)) {
  return [make](const Arguments& a) {
    make(a[0] + " " + a[1] + " " + a[2] + " " + a[3], Number(a[1]),
         Number(a[2]), Number(a[3]));
  };
}

}  // namespace

const CommandTable& SocketCommands() {
  static const CommandTable commands = {
    {"newsocket", With(MakeSocket)},
    {"pair", With(MakePair)},
#if defined(__x86_64__)
    {"newsocket32", With(Socket32)},
    {"pair32", With(Pair32)},
    {"runs32", [](const Arguments&) { PrintWhether32(); }},
#endif
    {"ioctl",
     [](const Arguments& a) {
       char byte = 'x';
       Check("ioctl " + a[1],
             ioctl(0, static_cast<unsigned>(Number(a[1])), &byte));
     }},
    {"call",
     [](const Arguments& a) {
       Check("call " + a[1],
             static_cast<int>(syscall(Number(a[1]), 0, 0, 0, 0, 0, 0)));
     }},
  };
  return commands;
}

}  // namespace rules_dockerfile
