#include "lib/sandbox/namespaces/users.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n"
    "\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "app:x:1000:100:App,,,:/home/app:/bin/sh\n"
    "short:x:5\n"
    "again:x:1000:7::/home/again:/bin/sh";
constexpr char kGroup[] =
    "root:x:0:root\n"
    "bin:x:1:root,daemon\n"
    "users:x:100:app\n"
    "docker:x:999:app,other\n"
    "77:x:88:\n";

struct UserCase {
  const char* name;
  const char* user;
  UserIds ids = {};
  const char* error = nullptr;
  const char* passwd = kPasswd;
  const char* group = kGroup;
};

void PrintTo(const UserCase& test, std::ostream* out) { *out << test.name; }

class ResolveUserTest : public testing::TestWithParam<UserCase> {};

TEST_P(ResolveUserTest, ReturnsTheIdsOrTheError) {
  const UserCase& test = GetParam();
  const absl::StatusOr<UserIds> ids =
      ResolveUser(test.user, test.passwd, test.group);
  if (test.error != nullptr) {
    EXPECT_EQ(ids.status().message(), test.error);
    return;
  }
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->uid, test.ids.uid);
  EXPECT_EQ(ids->gid, test.ids.gid);
  EXPECT_EQ(ids->groups, test.ids.groups);
  EXPECT_EQ(ids->home, test.ids.home);
}

constexpr char kNoUser[] =
    "unable to find user nosuch: no matching entries in passwd file";
constexpr char kNoGroup[] =
    "unable to find group nosuch: no matching entries in group file";
constexpr char kRange[] = "uids and gids must be in range 0-2147483647";

INSTANTIATE_TEST_SUITE_P(
    Users, ResolveUserTest,
    testing::ValuesIn(std::vector<UserCase>{
        {"EmptyIsRootWithItsGroups", "", {0, 0, {0, 1}, "/root"}},
        {"EmptyWithoutFiles", "", {0, 0, {0}, "/"}, nullptr, "", ""},
        {"Name", "app", {1000, 100, {100, 999}, "/home/app"}},
        {"Number", "1000", {1000, 100, {100, 999}, "/home/app"}},
        {"UnknownNumber", "4242", {4242, 0, {0}, "/"}},
        {"BothNumbers", "1000:5", {1000, 5, {5}, "/home/app"}},
        {"BothNumbersWithoutFiles", "7:8", {7, 8, {8}, "/"}, nullptr, "", ""},
        {"NameAndGroupName", "app:docker", {1000, 999, {999}, "/home/app"}},
        {"NameAndGroupNumber", "app:3", {1000, 3, {3}, "/home/app"}},
        {"NumberAndGroupName", "1:users", {1, 100, {100}, "/usr/sbin"}},
        {"GroupNamedAsANumber", "app:77", {1000, 88, {88}, "/home/app"}},
        {"NoUserBeforeTheColon", ":docker", {0, 999, {999}, "/root"}},
        {"NoGroupAfterTheColon", "app:", {1000, 100, {100, 999}, "/home/app"}},
        {"ShortLine", "short", {5, 0, {0}, "/"}},
        {"FirstLineOfAUidHasTheHome", "again", {1000, 7, {7}, "/home/app"}},
        {"UnknownName", "nosuch", {}, kNoUser},
        {"UnknownGroup", "app:nosuch", {}, kNoGroup},
        {"TooLarge", "2147483648:0", {}, kRange},
        {"Negative", "-1:0", {}, kRange},
        {"TooLargeWithoutGroup", "4294967296", {}, kRange},
        {"LeavesTheOwner", "4294967295", {}, kRange},
        {"BeyondAllNumbers", "99999999999999999999", {}, kRange},
        {"TooLargeGroup", "app:4294967296", {}, kRange},
        {"NegativeInPasswd", "neg", {}, kRange, "neg:x:-1:-1::/:"},
        {"NegativeGidInPasswd", "neg", {}, kRange, "neg:x:1:-1::/:"},
        {"ZeroIn32Bits", "big", {}, kRange, "big:x:4294967296:0::/:"},
        {"ZeroIn64Bits", "big", {}, kRange, "big:x:18446744073709551616:0::/:"},
        {"NegativeByItsNumber", "-1", {}, kRange, "neg:x:-1:-1::/:"},
        {"NegativeInGroup", "1:neg", {}, kRange, "", "neg:x:-1:"},
        {"NegativeGroupOfAMember", "a", {}, kRange, "a:x:1:1::/:", "n:x:-1:a"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
