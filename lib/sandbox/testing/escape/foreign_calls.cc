// The same calls as made by a program of another architecture: a filter that
// knows one table of numbers lets them pass.

#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

#if defined(__x86_64__)

// Numbers of arch/x86/entry/syscalls/syscall_32.tbl.
constexpr int kGetpid32 = 20, kMount32 = 21, kUmount32 = 22, kKeyctl32 = 288,
              kUnshare32 = 310, kBpf32 = 357, kSocketcall32 = 102,
              kSocket32 = 359, kSetns32 = 346, kPtrace32 = 26,
              kClockSettime64 = 404, kPersonality32 = 136, kKexec32 = 283,
              kClone32 = 120;

long Int80(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  long result;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0L)
               : "memory", "r8", "r9", "r10", "r11");
  // Its results are of 32 bits.
  const int narrow = static_cast<int>(result);
  if (narrow < 0 && narrow > -4096) {
    errno = -narrow;
    return -1;
  }
  return narrow;
}

// Memory that a pointer of 32 bits reaches.
char* LowMemory() {
  return static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
                                 0));
}

long Low(const void* pointer) {
  return static_cast<long>(reinterpret_cast<uintptr_t>(pointer));
}

// A kernel may run no 32-bit programs.
bool HasInt80() {
  const pid_t child = fork();
  if (child == 0) _exit(Int80(kGetpid32) == getpid() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

std::string Calls32(const Target&) {
  if (!HasInt80()) return kNotHere;
  char* memory = LowMemory();
  strcpy(memory, "tmpfs");
  strcpy(memory + 64, "/tmp");
  Outcomes outcomes;
  outcomes.Add(
      Outcome(Int80(kMount32, Low(memory), Low(memory + 64), Low(memory), 0)));
  outcomes.Add(Outcome(Int80(kUmount32, Low(memory + 64))));
  outcomes.Add(Outcome(Int80(kUnshare32, CLONE_NEWUSER)));
  outcomes.Add(Outcome(Int80(kSetns32, -1, 0)));
  outcomes.Add(Outcome(Int80(kKeyctl32, 0, -3, 0)));
  outcomes.Add(Outcome(Int80(kBpf32, 0, Low(memory), 64)));
  outcomes.Add(Outcome(Int80(kKexec32, 0, 99, 0, 0)));
  outcomes.Add(Outcome(Int80(kPersonality32, 0x0040000)));
  outcomes.Add(Outcome(Int80(kClone32, CLONE_NEWUSER)));
  return outcomes.Text("none");
}

// socketcall(2) hides the family behind a pointer, which no filter can follow.
std::string Socketcall(const Target&) {
  if (!HasInt80()) return kNotHere;
  char* memory = LowMemory();
  Outcomes outcomes;
  for (const int32_t family : {AF_VSOCK, AF_PACKET, AF_ALG}) {
    const int32_t arguments[3] = {family, SOCK_STREAM, 0};
    memcpy(memory, arguments, sizeof arguments);
    const int socket_call = 1;  // SYS_SOCKET
    const long made = Int80(kSocketcall32, socket_call, Low(memory));
    // A family's own error shows that it was reached.
    outcomes.Add(
        made < 0 && (errno == EPERM || errno == ENOSYS || errno == EAFNOSUPPORT)
            ? Outcome(-1)
            : "ESCAPED: family " + std::to_string(family));
  }
  return outcomes.Text("none");
}

std::string Socket32(const Target&) {
  if (!HasInt80()) return kNotHere;
  Outcomes outcomes;
  for (const int family : {AF_VSOCK, AF_PACKET, AF_ALG}) {
    const long made = Int80(kSocket32, family, SOCK_STREAM, 0);
    outcomes.Add(
        made < 0 && (errno == EPERM || errno == ENOSYS || errno == EAFNOSUPPORT)
            ? Outcome(-1)
            : "ESCAPED: family " + std::to_string(family));
  }
  return outcomes.Text("none");
}

// x32: the 64-bit numbers with an extra bit.
std::string CallsX32(const Target&) {
  constexpr long kX32 = 0x40000000;
  Outcomes outcomes;
  for (const int number : {165 /* mount */, 272 /* unshare */, 308 /* setns */,
                           250 /* keyctl */, 321 /* bpf */, 135}) {
    outcomes.Add(Outcome(syscall(kX32 | number, 0x10000000, 0, 0, 0, 0, 0)));
  }
  return outcomes.Text("none");
}

#else

std::string Calls32(const Target&) { return kNotHere; }
std::string Socketcall(const Target&) { return kNotHere; }
std::string Socket32(const Target&) { return kNotHere; }
std::string CallsX32(const Target&) { return kNotHere; }

#endif

}  // namespace

const Attempts& ForeignCallAttempts() {
  static const Attempts attempts = {
      {"calls_of_32_bits", Calls32},
      {"calls_of_x32", CallsX32},
      {"socketcall_of_32_bits", Socketcall},
      {"socket_of_32_bits", Socket32},
  };
  return attempts;
}

}  // namespace rules_dockerfile
