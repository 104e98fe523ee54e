#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/sandbox/seccomp/container_syscalls.h"
#include "lib/sandbox/seccomp/seccomp_interpreter.h"
#include "lib/sandbox/seccomp/seccomp_program.h"
#include "lib/sandbox/seccomp/syscall_policy.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t kEnosys = SECCOMP_RET_ERRNO | ENOSYS;
// Well above what any table has.
constexpr int kEnd = 700;
constexpr uint64_t kUnlikely = 0x5a5a5a5a5a5a5a5a;

struct Outcome {
  std::string name;
  std::string text;
};
using Outcomes = std::map<int, Outcome>;

// The outcomes in column `column` of syscall_outcomes.txt, by number.
Outcomes ReadOutcomes(int column) {
  Outcomes outcomes;
  const absl::StatusOr<std::string> text =
      ReadFile("lib/sandbox/seccomp/syscall_outcomes.txt");
  EXPECT_THAT(text.status(), absl_testing::IsOk());
  for (const absl::string_view line :
       absl::StrSplit(text.value_or(""), '\n', absl::SkipEmpty())) {
    if (line[0] == '#') continue;
    const std::vector<std::string> fields = absl::StrSplit(line, ' ');
    EXPECT_EQ(fields.size(), 5) << line;
    int number = 0;
    if (fields[column] == "-") continue;
    EXPECT_TRUE(absl::SimpleAtoi(fields[column], &number)) << line;
    EXPECT_TRUE(outcomes.try_emplace(number, fields[0], fields[4]).second)
        << line;
  }
  return outcomes;
}

// What the filter says to a number whatever the arguments; "arguments" if they
// count. Every argument that a rule compares with is tried, and one that none
// does.
std::string OutcomeOf(const std::vector<sock_filter>& program,
                      const SeccompTable& table, int number) {
  std::vector<seccomp_data> calls(2);
  for (auto& argument : calls[1].args) argument = kUnlikely;
  for (const SeccompRule& rule : table.rules) {
    if (rule.number != number) continue;
    seccomp_data data = {};
    for (const ArgumentTest& test : rule.tests) {
      data.args[test.argument] = test.value;
    }
    calls.push_back(data);
  }
  std::string outcome;
  for (seccomp_data& data : calls) {
    data.nr = number;
    data.arch = table.architecture;
    const uint32_t answer = InterpretSeccompProgram(program, data);
    const std::string text = answer == SECCOMP_RET_ALLOW ? "allowed"
                             : answer == kEperm          ? "EPERM"
                             : answer == kEnosys         ? "ENOSYS"
                                                         : "arguments";
    if (!outcome.empty() && outcome != text) return "arguments";
    outcome = text;
  }
  return outcome;
}

void CheckTable(const SeccompTable& table, int column) {
  const std::vector<sock_filter> program =
      CompileSeccompProgram(std::vector<SeccompTable>{table});
  const Outcomes outcomes = ReadOutcomes(column);
  ASSERT_GT(outcomes.size(), 300);
  for (int number = 0; number < kEnd; ++number) {
    const auto found = outcomes.find(number);
    const Outcome expected = found != outcomes.end() ? found->second
                             : number <= kNewestContainerSyscall
                                 ? Outcome{"no call", "EPERM"}
                                 : Outcome{"no call", "ENOSYS"};
    EXPECT_EQ(OutcomeOf(program, table, number), expected.text)
        << number << " " << expected.name;
  }
}

SeccompTable ContainerTable(uint32_t architecture) {
  return {.architecture = architecture,
          .rules = ContainerRules(architecture),
          .allowed = ContainerNumbers(architecture),
          .newest = kNewestContainerSyscall};
}

TEST(SyscallOutcomes, AreThoseOfTheTableOnX8664) {
  CheckTable(ContainerTable(AUDIT_ARCH_X86_64), 1);
}

TEST(SyscallOutcomes, AreThoseOfTheTableOnAarch64) {
  CheckTable(ContainerTable(AUDIT_ARCH_AARCH64), 3);
}

// A call is named once, and has the number of the table.
TEST(SyscallOutcomes, NameCallsAsTheTableDoes) {
  const uint32_t architectures[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
                                    AUDIT_ARCH_AARCH64};
  for (int column = 1; column <= 3; ++column) {
    const Outcomes outcomes = ReadOutcomes(column);
    for (const NamedSyscall& call : ContainerSyscalls()) {
      const int number = call.Number(architectures[column - 1]);
      if (number < 0) continue;
      const auto found = outcomes.find(number);
      ASSERT_NE(found, outcomes.end()) << call.name;
      EXPECT_EQ(found->second.name, call.name);
    }
  }
}

// The complete policy, which has its own rules for the limit of locks and, on
// i386, for socketcall: what the container's rules deny stays denied.
TEST(SyscallOutcomes, AreWhatThePolicySaysWhateverIsSupervised) {
  const SyscallPolicyOptions choices[] = {{},
                                          {.owners = OwnerStore::kMapped},
                                          {.owners = OwnerStore::kRecorded,
                                           .supervise_clock = true,
                                           .supervise_machine = true}};
  for (const SyscallPolicyOptions& options : choices) {
    for (const SeccompTable& table : SyscallPolicy(options)) {
      const std::vector<sock_filter> program =
          CompileSeccompProgram(std::vector<SeccompTable>{table});
      const int column = table.architecture == AUDIT_ARCH_X86_64 ? 1
                         : table.architecture == AUDIT_ARCH_I386 ? 2
                                                                 : 3;
      for (const auto& [number, outcome] : ReadOutcomes(column)) {
        if (outcome.text == "allowed" || outcome.text == "arguments") continue;
        EXPECT_EQ(OutcomeOf(program, table, number), outcome.text)
            << number << " " << outcome.name;
      }
    }
  }
}

#if defined(__x86_64__)
TEST(SyscallOutcomes, AreThoseOfTheTableOnI386) {
  for (const SeccompTable& table : SyscallPolicy({})) {
    if (table.architecture != AUDIT_ARCH_I386) continue;
    SeccompTable plain = table;
    // The carrier of the emulated credentials is not available to containers.
    std::erase_if(plain.rules, [](const SeccompRule& rule) {
      return rule.action == SECCOMP_RET_ERRNO;
    });
    CheckTable(plain, 2);
  }
}
#endif

}  // namespace
}  // namespace rules_dockerfile
