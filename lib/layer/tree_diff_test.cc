#include "lib/layer/tree_diff.h"

#include "gtest/gtest.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

TEST(DescribeTreeDiff, IsEmptyForEqualTrees) {
  const TestTree tree = ParseTreeSpec("a/b = x\nc => a/b\nd -> a\ne c 1:3");
  EXPECT_EQ(DescribeTreeDiff(tree.tree, tree.tree), "");
}

TEST(DescribeTreeDiff, ReportsEveryDifferenceOnce) {
  EXPECT_EQ(DescribeTreeDiff(ParseTreeSpec(R"(
                bin/ping = 1 mode=0755
                bin/sh -> dash
                dev/x c 1:3
                etc/ mtime=1
                gone/with/all = x
                kept = x uid=1 mtime=5.5
                node/below = x
                żółw = x
            )")
                                 .tree,
                             ParseTreeSpec(R"(
                bin/ping = 22 mode=4755 cap=01
                bin/sh -> bash
                dev/x b 1:5
                etc/ mtime=2
                etc/new = hello
                etc/null c 1:3
                kept = y uid=2 gid=3 mtime=5.6
                link -> bin
                node = x
            )")
                                 .tree),
            "C bin/ping mode 0755 -> 4755, xattrs none -> "
            "security.capability=01, size 1 -> 2, data\n"
            "C bin/sh target dash -> bash\n"
            "C dev/x type char -> block, device 1:3 -> 1:5\n"
            "C etc time 1 -> 2\n"
            "A etc/new file 0644 0:0 5 bytes\n"
            "A etc/null char 0755 0:0 1:3\n"
            "D gone\n"
            "C kept owner 1:0 -> 2:3, time 5.000000005 -> 5.000000006, data\n"
            "A link symlink 0777 0:0 -> bin\n"
            "C node type directory -> file, mode 0755 -> 0644, size 0 -> 1\n"
            "D żółw\n");
}

}  // namespace
}  // namespace rules_dockerfile
