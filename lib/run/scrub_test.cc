#include "lib/run/scrub.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "lib/layer/tree_diff.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

void PutFile(FileTree& tree, const std::string& path, int64_t size) {
  ASSERT_THAT(
      tree.Put(path,
               {.type = LayerEntryType::kFile, .mode = 0644, .size = size}),
      IsOk());
}

TEST(Scrub, TakesBackWhatIsNewOrChangedButNoDeletion) {
  FileTree lower;
  ASSERT_THAT(lower.Put("log", {}), IsOk());
  PutFile(lower, "log/changed", 1);
  PutFile(lower, "log/deleted", 1);
  FileTree upper = lower;
  PutFile(upper, "log/changed", 2);
  upper.Remove("log/deleted");
  PutFile(upper, "log/new", 3);
  PutFile(upper, "log/kept", 4);
  ASSERT_THAT(upper.Put("log/directory", {}), IsOk());
  PutFile(upper, "other", 5);
  ASSERT_THAT(
      Scrub(lower, *IgnorePatterns::FromList({"log/**", "!log/kept"}), upper),
      IsOk());
  EXPECT_EQ(DescribeTreeDiff(lower, upper),
            "D log/deleted\n"
            "A log/directory directory 0755 0:0\n"
            "A log/kept file 0644 0:0 4 bytes\n"
            "A other file 0644 0:0 5 bytes\n");
}

}  // namespace
}  // namespace rules_dockerfile
