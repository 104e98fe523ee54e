#include "lib/copy/owner.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

constexpr char kPasswd[] =
    "app:x:1000:100::/:\nneg:x:-1:-1::/:\nbig:x:4294967296:0::/:\n"
    "group:x:1:-1::/:\nnumber:x:one:two::/:\n";
constexpr char kGroup[] = "users:x:100:\nneg:x:-1:\nbig:x:4294967296:\n";

FileTree Rootfs() {
  FileTree tree;
  LayerIndex index;
  index.passwd = kPasswd;
  index.group = kGroup;
  EXPECT_THAT(tree.AddLayer(index, 0), absl_testing::IsOk());
  return tree;
}

TEST(ResolveOwner, LooksNamesUp) {
  EXPECT_THAT(ResolveOwner("app", Rootfs()), IsOkAndHolds(Owner{1000, 100}));
  EXPECT_THAT(ResolveOwner("app:users", Rootfs()),
              IsOkAndHolds(Owner{1000, 100}));
  EXPECT_THAT(ResolveOwner("5", Rootfs()), IsOkAndHolds(Owner{5, 5}));
  EXPECT_THAT(ResolveOwner("nosuch", Rootfs()), IsOkAndHolds(Owner{0, 0}));
  EXPECT_THAT(ResolveOwner("number", Rootfs()), IsOkAndHolds(Owner{0, 0}));
}

TEST(ResolveOwner, RefusesNamesOfADatabaseThatItCannotRead) {
  FileTree tree;
  ASSERT_THAT(
      tree.AddLayer(
          {.entries = {{.path = "etc", .type = LayerEntryType::kDirectory},
                       {.path = "users"}}},
          0),
      absl_testing::IsOk());
  ASSERT_THAT(tree.AddLayer({.entries = {{.path = "etc/passwd",
                                          .type = LayerEntryType::kSymlink,
                                          .link_target = "../users"}}},
                            1),
              absl_testing::IsOk());
  EXPECT_THAT(ResolveOwner("5:6", tree), IsOkAndHolds(Owner{5, 6}));
  EXPECT_THAT(ResolveOwner("0:users", tree), IsOkAndHolds(Owner{0, 0}));
  EXPECT_THAT(
      ResolveOwner("app", tree),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               "/etc/passwd leads to /users, which another layer has: its "
               "names are not known here\n"
               "hint: use numbers, or make both in one layer"));
}

TEST(ResolveOwner, RefusesNumbersOutOfRange) {
  const auto error = StatusIs(absl::StatusCode::kInvalidArgument,
                              "uids and gids must be in range 0-2147483647");
  for (const char* owner : {"neg", "big", "group", "app:neg", "app:big", "-1",
                            "4294967295", "4294967296", "2147483648", "0:-1",
                            "0:4294967296", "99999999999999999999"}) {
    EXPECT_THAT(ResolveOwner(owner, Rootfs()), error) << owner;
  }
  for (const char* owner : {"-1", "4294967295", "4294967296", "0:4294967295"}) {
    EXPECT_THAT(ResolveOwnerByNumber(owner), error) << owner;
  }
}

}  // namespace
}  // namespace rules_dockerfile
