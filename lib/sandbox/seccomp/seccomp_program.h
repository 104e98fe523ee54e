#ifndef LIB_SANDBOX_SECCOMP_SECCOMP_PROGRAM_H_
#define LIB_SANDBOX_SECCOMP_SECCOMP_PROGRAM_H_

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace rules_dockerfile {

// A test on the low 32 bits of one argument of a system call.
struct ArgumentTest {
  enum class Kind {
    kEqual,    // (argument & mask) == value
    kAnyBit,   // (argument & value) != 0
    kNonZero,  // argument != 0 (all 64 bits)
  };
  int argument = 0;
  Kind kind = Kind::kEqual;
  uint32_t value = 0;
  uint32_t mask = ~uint32_t{0};  // kEqual
};

// What a filter returns for a system call whose arguments pass all `tests`.
struct SeccompRule {
  int number = 0;
  uint32_t action = 0;  // SECCOMP_RET_*, with its data
  std::vector<ArgumentTest> tests = {};
};

// What is answered to the calls of one system call table: the first matching
// rule decides; a call that matches none is allowed if its number is in
// `allowed`. Others fail with EPERM up to the number `newest`, with ENOSYS
// above it.
struct SeccompTable {
  uint32_t architecture = 0;  // AUDIT_ARCH_*
  std::vector<SeccompRule> rules;
  std::vector<int> allowed;  // ascending
  int newest = 0;
};

// The classic BPF program of seccomp(2) for `tables`. System calls of other
// architectures, and those of the x32 table, fail with ENOSYS.
std::vector<sock_filter> CompileSeccompProgram(
    absl::Span<const SeccompTable> tables);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SECCOMP_PROGRAM_H_
