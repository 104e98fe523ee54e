#include "lib/sandbox/namespaces/id_map.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(IdMapTest, CountsIdsFromZeroOnWithoutAGap) {
  EXPECT_EQ(MappedIds({}), 0);
  EXPECT_EQ(MappedIds({{0, 1000, 1}}), 1);
  EXPECT_EQ(MappedIds({{1, 100000, 65535}, {0, 1000, 1}}), 65536);
  EXPECT_EQ(MappedIds({{0, 1000, 1}, {2, 100000, 65535}}), 1);
  EXPECT_EQ(MappedIds({{1, 1, 10}}), 0);
}

TEST(IdMapTest, ReadsAndWritesTheKernelsText) {
  const IdMap map = {{0, 1000, 1}, {1, 100000, 65536}};
  EXPECT_EQ(ParseIdMap("         0       1000          1\n"
                       "         1     100000      65536\n"),
            map);
  EXPECT_EQ(IdMapToText(map), "0 1000 1\n1 100000 65536\n");
  EXPECT_EQ(ParseIdMap("0 0\nx 1 1\n"), IdMap());
}

TEST(IdMapTest, FindsWhatIsDelegatedByNameAndById) {
  constexpr char kSubids[] =
      "other:100000:65536\nme:165536:1000\n1000:300000:65536\n";
  EXPECT_EQ(IdMapToText(DelegatedIds(kSubids, "me", 1000)),
            "0 1000 1\n1 165536 1000\n1001 300000 65536\n");
  EXPECT_EQ(IdMapToText(DelegatedIds(kSubids, "", 1000)),
            "0 1000 1\n1 300000 65536\n");
  EXPECT_EQ(DelegatedIds(kSubids, "nobody", 7), IdMap());
}

TEST(IdMapTest, LeavesOutLinesThatDelegateNothing) {
  EXPECT_EQ(DelegatedIds("me:1\nme:x:5\nme:5:0\nme:5:-1\n# me\n", "me", 7),
            IdMap());
}

}  // namespace
}  // namespace rules_dockerfile
