#ifndef LIB_SANDBOX_SECCOMP_CONTAINER_SYSCALLS_H_
#define LIB_SANDBOX_SECCOMP_CONTAINER_SYSCALLS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "lib/sandbox/seccomp/seccomp_program.h"

namespace rules_dockerfile {

// A system call, and its number in each table; -1 where it is not in one.
struct NamedSyscall {
  const char* name;
  int x86_64;
  int i386;
  int aarch64;

  // `architecture` is an AUDIT_ARCH_* of these three.
  int Number(uint32_t architecture) const;
};

// The calls that a container may make with any arguments: those that Docker's
// default profile (moby, profiles/seccomp/default.json) allows with Docker's
// default capabilities. By name.
absl::Span<const NamedSyscall> ContainerSyscalls();

// The newest number that the list knows. As runc does, what is newer is ENOSYS
// ("this kernel does not have it", on which programs fall back), and what is
// older and not in the list is EPERM.
inline constexpr int kNewestContainerSyscall = 462;

// The numbers of ContainerSyscalls() in a table, ascending.
std::vector<int> ContainerNumbers(uint32_t architecture);

// The rules for what a container may call with some arguments only: clone
// without new namespaces; personality(2) of the values in Docker's profile;
// socket and socketpair as socket_policy.h has it; ioctl(2) but TIOCSTI and
// TIOCLINUX, which type into a terminal that the caller may share.
// clone3, whose flags no filter sees, is ENOSYS: every libc falls back to
// clone.
std::vector<SeccompRule> ContainerRules(uint32_t architecture);

// With a clock that is not the real one, which these two return: EPERM.
std::vector<SeccompRule> ClockDisciplineRules(uint32_t architecture);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_CONTAINER_SYSCALLS_H_
