#include "lib/sandbox/supervisor/credentials.h"

#include <cerrno>
#include <cstdint>
#include <functional>
#include <ostream>
#include <vector>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kKeep = ProcessCredentials::kKeepId;

ProcessCredentials User(uint32_t id) {
  return {.uid = {id, id, id, id},
          .gid = {id, id, id, id},
          .permitted = false,
          .effective = false,
          .file_permitted = false,
          .file_effective = false};
}

struct UidCase {
  const char* name;
  ProcessCredentials before;
  std::function<SyscallResult(ProcessCredentials&)> call;
  SyscallResult result;
  IdSet uid;
  bool permitted = false;
  bool effective = false;
};

void PrintTo(const UidCase& test, std::ostream* out) { *out << test.name; }

class UidTest : public testing::TestWithParam<UidCase> {};

TEST_P(UidTest, ChangesAsTheKernelDoes) {
  const UidCase& test = GetParam();
  ProcessCredentials credentials = test.before;
  const SyscallResult result = test.call(credentials);
  EXPECT_EQ(result.error, test.result.error);
  EXPECT_EQ(result.value, test.result.value);
  EXPECT_EQ(credentials.uid.real, test.uid.real);
  EXPECT_EQ(credentials.uid.effective, test.uid.effective);
  EXPECT_EQ(credentials.uid.saved, test.uid.saved);
  EXPECT_EQ(credentials.uid.filesystem, test.uid.filesystem);
  EXPECT_EQ(credentials.permitted, test.permitted);
  EXPECT_EQ(credentials.effective, test.effective);
}

ProcessCredentials KeepingRoot() {
  ProcessCredentials root;
  root.keep_capabilities = true;
  return root;
}

// As a set-user-ID program of root finds itself.
ProcessCredentials Setuid() {
  ProcessCredentials credentials = User(1000);
  credentials.Execute(04755, 0, 0);
  return credentials;
}

using C = ProcessCredentials;

INSTANTIATE_TEST_SUITE_P(
    ProcessCredentials, UidTest,
    testing::ValuesIn(std::vector<UidCase>{
        {"RootSetuidSetsAll",
         C(),
         [](C& c) { return c.SetUid(7); },
         {},
         {7, 7, 7, 7}},
        {"RootSetuidToRoot",
         C(),
         [](C& c) { return c.SetUid(0); },
         {},
         {0, 0, 0, 0},
         true,
         true},
        {"UserSetuidToOther",
         User(7),
         [](C& c) { return c.SetUid(8); },
         {.error = EPERM},
         {7, 7, 7, 7}},
        {"UserCannotRegainRoot",
         User(7),
         [](C& c) { return c.SetUid(0); },
         {.error = EPERM},
         {7, 7, 7, 7}},
        {"SetuidOfMinusOne",
         C(),
         [](C& c) { return c.SetUid(kKeep); },
         {.error = EINVAL},
         {0, 0, 0, 0},
         true,
         true},
        {"SeteuidDropsEffective",
         C(),
         [](C& c) { return c.SetResuid(kKeep, 7, kKeep); },
         {},
         {0, 7, 0, 7},
         true,
         false},
        {"SeteuidAndBack",
         C(),
         [](C& c) {
           c.SetResuid(kKeep, 7, kKeep);
           return c.SetResuid(kKeep, 0, kKeep);
         },
         {},
         {0, 0, 0, 0},
         true,
         true},
        {"SetreuidSetsSaved",
         C(),
         [](C& c) { return c.SetReuid(7, 8); },
         {},
         {7, 8, 8, 8}},
        {"SetreuidOfEffectiveAlone",
         C(),
         [](C& c) { return c.SetReuid(kKeep, 8); },
         {},
         {0, 8, 8, 8},
         true,
         false},
        {"SetreuidSwaps",
         Setuid(),
         [](C& c) { return c.SetReuid(0, 1000); },
         {},
         {0, 1000, 1000, 1000},
         true,
         false},
        {"SetreuidOfRealToSavedIsDenied",
         {.uid = {1, 2, 3, 2}, .permitted = false, .effective = false},
         [](C& c) { return c.SetReuid(3, kKeep); },
         {.error = EPERM},
         {1, 2, 3, 2}},
        {"SetresuidPermutes",
         {.uid = {1, 2, 3, 2}, .permitted = false, .effective = false},
         [](C& c) { return c.SetResuid(3, 1, 2); },
         {},
         {3, 1, 2, 1}},
        {"SetresuidToOther",
         User(7),
         [](C& c) { return c.SetResuid(7, 7, 8); },
         {.error = EPERM},
         {7, 7, 7, 7}},
        {"KeepcapsKeepsPermitted",
         KeepingRoot(),
         [](C& c) { return c.SetResuid(7, 7, 7); },
         {},
         {7, 7, 7, 7},
         true,
         false},
        {"SetfsuidReturnsTheOld",
         C(),
         [](C& c) { return c.SetFsuid(7); },
         {.value = 0},
         {0, 0, 0, 7},
         true,
         true},
        {"SetfsuidOfOtherIsIgnored",
         User(7),
         [](C& c) { return c.SetFsuid(8); },
         {.value = 7},
         {7, 7, 7, 7}},
        {"SetuidProgramOfRoot",
         Setuid(),
         [](C&) { return SyscallResult(); },
         {},
         {1000, 0, 0, 0},
         true,
         true},
        {"SetuidProgramBecomesRoot",
         Setuid(),
         [](C& c) { return c.SetUid(0); },
         {},
         {0, 0, 0, 0},
         true,
         true},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ProcessCredentials, ExecuteOfAPlainProgramKeepsTheIds) {
  ProcessCredentials credentials = User(7);
  credentials.Execute(0755, 0, 0);
  EXPECT_EQ(credentials, User(7));
}

TEST(ProcessCredentials, ExecuteNeedsTheGroupBitForSetgid) {
  ProcessCredentials credentials = User(7);
  credentials.Execute(02745, 0, 33);
  EXPECT_EQ(credentials.gid.effective, 7u);
  credentials.Execute(02755, 0, 33);
  EXPECT_EQ(credentials.gid.effective, 33u);
  EXPECT_EQ(credentials.gid.real, 7u);
}

TEST(ProcessCredentials, SetgroupsNeedsPrivilegeAndSorts) {
  ProcessCredentials root;
  EXPECT_EQ(root.SetGroups({9, 3, 5}), SyscallResult());
  EXPECT_EQ(root.groups, (std::vector<uint32_t>{3, 5, 9}));
  ProcessCredentials user = User(7);
  EXPECT_EQ(user.SetGroups({1}), (SyscallResult{.error = EPERM}));
}

TEST(ProcessCredentials, GidsChangeWithoutTouchingCapabilities) {
  ProcessCredentials root;
  EXPECT_EQ(root.SetResgid(7, 7, 7), SyscallResult());
  EXPECT_TRUE(root.effective);
  EXPECT_TRUE(root.InGroup(7));
  EXPECT_FALSE(root.InGroup(0));
}

// Since Linux 6.4: kernel/sys.c, "check for no-op".
TEST(ProcessCredentials, SetresOfNothingLeavesTheFilesystemId) {
  ProcessCredentials root;
  root.SetFsgid(8);
  EXPECT_EQ(root.SetResgid(kKeep, kKeep, kKeep), SyscallResult());
  EXPECT_EQ(root.SetResgid(0, kKeep, 0), SyscallResult());
  EXPECT_EQ(root.gid.filesystem, 8u);
  EXPECT_EQ(root.SetResgid(kKeep, 0, kKeep), SyscallResult());
  EXPECT_EQ(root.gid.filesystem, 0u);
}

TEST(ProcessCredentials, AFilesystemUidSuspendsTheCapabilitiesAboutFiles) {
  ProcessCredentials root;
  root.SetFsuid(1000);
  EXPECT_FALSE(root.file_effective);
  EXPECT_TRUE(root.effective);
  root.SetFsuid(0);
  EXPECT_TRUE(root.file_effective);
  root.SetFsuid(1000);
  // It follows the effective uid, and brings nothing back.
  EXPECT_EQ(root.SetResuid(kKeep, 0, kKeep), SyscallResult());
  EXPECT_EQ(root.uid.filesystem, 0u);
  EXPECT_FALSE(root.file_effective);
}

}  // namespace
}  // namespace rules_dockerfile
