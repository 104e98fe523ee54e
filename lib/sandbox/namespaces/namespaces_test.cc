#include "lib/sandbox/namespaces/namespaces.h"

#include <cerrno>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct ErrorCase {
  const char* name;
  NamespaceFacts facts;
  const char* message;
};

void PrintTo(const ErrorCase& test, std::ostream* out) { *out << test.name; }

class NamespaceErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(NamespaceErrorTest, NamesTheCause) {
  const absl::Status error = NamespaceError("unshare", EPERM, GetParam().facts);
  EXPECT_EQ(error.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(error.message(),
            std::string("cannot isolate RUN: user namespaces are not "
                        "available (unshare: Operation not permitted)") +
                GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Causes, NamespaceErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"Unknown",
         {},
         "; no known cause found; checked the sysctls "
         "kernel.unprivileged_userns_clone, user.max_user_namespaces, "
         "kernel.apparmor_restrict_unprivileged_userns and seccomp filters"},
        {"AllIsWell",
         {"1", "15000", "0", false},
         "; no known cause found; checked the sysctls "
         "kernel.unprivileged_userns_clone, user.max_user_namespaces, "
         "kernel.apparmor_restrict_unprivileged_userns and seccomp filters"},
        {"Debian",
         {"0", "15000", "", false},
         "\n  kernel.unprivileged_userns_clone is 0: sysctl -w "
         "kernel.unprivileged_userns_clone=1"},
        {"RedHat",
         {"", "0", "", false},
         "\n  user.max_user_namespaces is 0: sysctl -w "
         "user.max_user_namespaces=15000"},
        {"Ubuntu",
         {"1", "15000", "1", false},
         "\n  kernel.apparmor_restrict_unprivileged_userns is 1: sysctl -w "
         "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor "
         "profile that allows userns"},
        {"Container",
         {"", "15000", "", true},
         "\n  this process has a seccomp filter, as in a container: start it "
         "with --security-opt seccomp=unconfined --security-opt "
         "systempaths=unconfined"},
        {"RootOfAContainer",
         {"", "15000", "", true, true},
         "\n  this process has a seccomp filter, as in a container: start it "
         "with --security-opt seccomp=unconfined --security-opt "
         "systempaths=unconfined\nhint: root can run without namespaces if "
         "something else isolates it: "
         "--@rules_dockerfile//rules/settings:weak_isolation"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
