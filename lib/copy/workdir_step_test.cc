#include "lib/copy/workdir_step.h"

#include <cstdint>
#include <ostream>

#include "gtest/gtest.h"
#include "lib/copy/copy_step_testing.h"
#include "lib/copy/data_store.h"
#include "lib/copy/step_trees.h"
#include "lib/layer/layer_times.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kNow = 1000;

constexpr char kRootfs[] = R"(
dir/ mode=0700 uid=3 gid=4 mtime=5
file = file mtime=5
to_dir -> dir mtime=5
)";

struct WorkdirCase {
  const char* name;
  const char* workdir;
  const char* user;
  const char* want;
};

void PrintTo(const WorkdirCase& row, std::ostream* out) { *out << row.name; }

class WorkdirTest : public testing::TestWithParam<WorkdirCase> {};

TEST_P(WorkdirTest, CreatesTheDirectory) {
  const StepRootfs rootfs = {.tree = ParseTreeSpec(kRootfs).tree,
                             .has_layers = true,
                             .times = LayerTimes::Of(kNow)};
  DataStore store;
  EXPECT_EQ(LayerOrError(ApplyWorkdir({.workdir = GetParam().workdir,
                                       .user = GetParam().user},
                                      rootfs),
                         kNow, &store),
            GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Workdir, WorkdirTest,
    testing::ValuesIn<WorkdirCase>({
        {"New", "/a/b", "", "a/ 0755 0:0 @1000\na/b/ 0755 0:0 @1000\n"},
        {"BelongsToTheUser", "/a", "5:6", "a/ 0755 5:6 @1000\n"},
        {"UnknownUserIsRoot", "/a", "nobody", "a/ 0755 0:0 @1000\n"},
        {"ExistingIsUntouched", "/dir", "5", ""},
        {"ThroughLink", "/to_dir/n", "5",
         "dir/ 0700 3:4 @5\ndir/n/ 0755 5:5 @1000\n"},
        {"Root", "/", "5", ""},
        {"OverFile", "/file/n", "", "mkdir /file: not a directory"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ApplyWorkdir, KnowsNoNamesInScratch) {
  DataStore store;
  EXPECT_EQ(LayerOrError(ApplyWorkdir({.workdir = "/a", .user = "me"},
                                      {.times = LayerTimes::Of(kNow)}),
                         kNow, &store),
            "invalid user index: -1 (there is no /etc/passwd to look \"me\" up "
            "in)");
}

}  // namespace
}  // namespace rules_dockerfile
