#include "lib/sandbox/seccomp/seccomp_program.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kX32Bit = 0x40000000;
constexpr uint32_t kNoSuchCall = SECCOMP_RET_ERRNO | ENOSYS;

using Program = std::vector<sock_filter>;

sock_filter Load(uint32_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

sock_filter LoadNumber() { return Load(offsetof(seccomp_data, nr)); }

// The architectures are little-endian.
sock_filter LoadArgument(int argument, bool high) {
  return Load(offsetof(seccomp_data, args) + 8 * argument + (high ? 4 : 0));
}

sock_filter Return(uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

sock_filter Jump(uint16_t condition, uint32_t value, size_t if_true,
                 size_t if_false) {
  return BPF_JUMP(static_cast<uint16_t>(BPF_JMP | condition | BPF_K), value,
                  static_cast<uint8_t>(if_true),
                  static_cast<uint8_t>(if_false));
}

// Appends the test; `after` instructions follow up to the rule's end, where a
// failed test goes.
void AppendTest(const ArgumentTest& test, size_t after, Program& program) {
  switch (test.kind) {
    case ArgumentTest::Kind::kEqual:
      program.push_back(LoadArgument(test.argument, false));
      program.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, test.mask));
      program.push_back(Jump(BPF_JEQ, test.value, 0, after));
      break;
    case ArgumentTest::Kind::kAnyBit:
      program.push_back(LoadArgument(test.argument, false));
      program.push_back(Jump(BPF_JSET, test.value, 0, after));
      break;
    case ArgumentTest::Kind::kNonZero:
      program.push_back(LoadArgument(test.argument, false));
      program.push_back(Jump(BPF_JEQ, 0, 0, 2));
      program.push_back(LoadArgument(test.argument, true));
      program.push_back(Jump(BPF_JEQ, 0, after, 0));
      break;
  }
}

size_t TestSize(const ArgumentTest& test) {
  switch (test.kind) {
    case ArgumentTest::Kind::kEqual:
      return 3;
    case ArgumentTest::Kind::kAnyBit:
      return 2;
    case ArgumentTest::Kind::kNonZero:
      return 4;
  }
  return 0;
}

// The call's number is loaded before the rule and after it.
void AppendRule(const SeccompRule& rule, Program& program) {
  size_t left = 1;
  for (const ArgumentTest& test : rule.tests) left += TestSize(test);
  const bool reload = !rule.tests.empty();
  // A failed test jumps to the reload, another number over it.
  program.push_back(Jump(BPF_JEQ, static_cast<uint32_t>(rule.number), 0,
                         left + (reload ? 1 : 0)));
  for (const ArgumentTest& test : rule.tests) {
    left -= TestSize(test);
    AppendTest(test, left, program);
  }
  program.push_back(Return(rule.action));
  if (reload) program.push_back(LoadNumber());
}

// Allows the numbers [first, last].
void AppendRange(int first, int last, Program& program) {
  program.push_back(Jump(BPF_JGE, static_cast<uint32_t>(first), 0, 2));
  program.push_back(Jump(BPF_JGT, static_cast<uint32_t>(last), 1, 0));
  program.push_back(Return(SECCOMP_RET_ALLOW));
}

void AppendAllowed(absl::Span<const int> numbers, Program& program) {
  for (size_t first = 0; first < numbers.size();) {
    size_t last = first;
    while (last + 1 < numbers.size() &&
           numbers[last + 1] <= numbers[last] + 1) {
      ++last;
    }
    AppendRange(numbers[first], numbers[last], program);
    first = last + 1;
  }
}

Program CompileTable(const SeccompTable& table) {
  Program program = {LoadNumber()};
  if (table.architecture == AUDIT_ARCH_X86_64) {
    program.push_back(Jump(BPF_JGE, kX32Bit, 0, 1));
    program.push_back(Return(kNoSuchCall));
  }
  for (const SeccompRule& rule : table.rules) AppendRule(rule, program);
  AppendAllowed(table.allowed, program);
  program.push_back(Jump(BPF_JGT, static_cast<uint32_t>(table.newest), 0, 1));
  program.push_back(Return(kNoSuchCall));
  program.push_back(Return(SECCOMP_RET_ERRNO | EPERM));
  return program;
}

}  // namespace

std::vector<sock_filter> CompileSeccompProgram(
    absl::Span<const SeccompTable> tables) {
  Program program;
  for (const SeccompTable& table : tables) {
    const Program body = CompileTable(table);
    program.push_back(Load(offsetof(seccomp_data, arch)));
    program.push_back(Jump(BPF_JEQ, table.architecture, 1, 0));
    program.push_back(
        BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(body.size())));
    program.insert(program.end(), body.begin(), body.end());
  }
  program.push_back(Return(kNoSuchCall));
  return program;
}

}  // namespace rules_dockerfile
