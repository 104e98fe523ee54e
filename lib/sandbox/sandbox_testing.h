#ifndef LIB_SANDBOX_SANDBOX_TESTING_H_
#define LIB_SANDBOX_SANDBOX_TESTING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// A sandbox whose rootfs holds the probe (lib/sandbox/testing/probe.cc) and two
// empty directories, and that runs its commands.
SandboxSpec ProbeSpec(SandboxMode mode, absl::string_view commands);

// The same for a user other than root, whose commands begin in a set-user-ID
// program of root's, /bin/root, which is the probe.
SandboxSpec UserProbeSpec(SandboxMode mode, absl::string_view commands);

// What the command prints, and how it ended if it failed.
std::string SandboxOutput(const SandboxSpec& spec);

// Runs in each mode that this user can have.
class ProbeSandboxTest : public testing::TestWithParam<SandboxMode> {
 protected:
  void SetUp() override;

  // SandboxOutput(), of the probe's commands too.
  std::string Output(const SandboxSpec& spec);
  std::string Output(absl::string_view commands);
};

// Instantiates a ProbeSandboxTest.
#define RULES_DOCKERFILE_IN_EACH_MODE(test)                     \
  INSTANTIATE_TEST_SUITE_P(                                     \
      Modes, test,                                              \
      testing::Values(SandboxMode::kReal, SandboxMode::kMapped, \
                      SandboxMode::kEmulated),                  \
      [](const auto& info) {                                    \
        return std::string(SandboxModeName(info.param));        \
      })

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SANDBOX_TESTING_H_
