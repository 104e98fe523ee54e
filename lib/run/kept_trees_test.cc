#include "lib/run/kept_trees.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

std::string SentDigestOf(absl::string_view text) {
  return std::string(DigestHex(DigestOf(text)));
}

// The indexes of a stack, and their digests.
class KeptTreesTest : public testing::Test {
 protected:
  // A layer with one empty directory.
  void AddLayer(const std::string& directory) {
    LayerIndex index;
    index.entries.push_back({.path = directory,
                             .type = LayerEntryType::kDirectory,
                             .mode = 0755,
                             .mtime = 1});
    Add(LayerIndexToText(index));
  }

  void Add(const std::string& text) {
    indexes_.push_back(absl::StrCat(testing::TempDir(), "/", number_++));
    ASSERT_THAT(WriteFile(indexes_.back(), text), IsOk());
    digests_.push_back(SentDigestOf(text));
  }

  // The number of layers that are found, and their tree.
  static std::string Text(const KeptTrees::Found& found) {
    return absl::StrCat(found.layers, ":\n", DumpFileTree(found.tree));
  }

  static int number_;
  std::vector<std::string> indexes_;
  std::vector<std::string> digests_;
  KeptTrees trees_;
};
int KeptTreesTest::number_ = 0;

constexpr char kNone[] = "0:\n. directory 0755 0:0 0\n";
constexpr char kOne[] = "1:\n. directory 0755 0:0 0\na directory 0755 0:0 1\n";
constexpr char kTwo[] =
    "2:\n. directory 0755 0:0 0\na directory 0755 0:0 1\n"
    "b directory 0755 0:0 1\n";

TEST_F(KeptTreesTest, FindsTheTreeOfMostLayers) {
  AddLayer("a");
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kNone);
  trees_.Keep(indexes_, digests_);
  AddLayer("b");
  EXPECT_EQ(Text(trees_.Find(digests_, 2)), kOne);
  trees_.Keep(indexes_, digests_);
  EXPECT_EQ(Text(trees_.Find(digests_, 2)), kTwo);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kOne);
  EXPECT_EQ(Text(trees_.Find(digests_, 0)), kNone);
  AddLayer("c");
  EXPECT_EQ(Text(trees_.Find(digests_, 3)), kTwo);
  // Of another base.
  digests_[0] = SentDigestOf("");
  EXPECT_EQ(Text(trees_.Find(digests_, 3)), kNone);
}

TEST_F(KeptTreesTest, ChangesOfWhatIsFoundAreItsOwn) {
  AddLayer("a");
  trees_.Keep(indexes_, digests_);
  KeptTrees::Found found = trees_.Find(digests_, 1);
  found.tree.Remove("a");
  EXPECT_EQ(found.tree.Find("a"), nullptr);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kOne);
}

TEST_F(KeptTreesTest, KeepsNothingThatDiffersFromItsDigest) {
  AddLayer("a");
  for (const std::string& digest :
       {std::string(), std::string("MQ=="), SentDigestOf("other"),
        DigestOf(ReadFile(indexes_[0]).value())}) {
    SCOPED_TRACE(digest);
    trees_.Keep(indexes_, {digest});
    EXPECT_EQ(Text(trees_.Find({digest}, 1)), kNone);
  }
  // The file is not that of the digest any more.
  ASSERT_THAT(WriteFile(indexes_[0], "other"), IsOk());
  trees_.Keep(indexes_, digests_);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kNone);
}

TEST_F(KeptTreesTest, KeepsNothingThatIsNoIndex) {
  Add("no index\n");
  trees_.Keep(indexes_, digests_);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kNone);
  trees_.Keep({"/nowhere"}, digests_);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kNone);
}

TEST_F(KeptTreesTest, KeepsTheLastUsedWithinItsLimit) {
  AddLayer("a");
  AddLayer("b");
  AddLayer("c");
  const auto keep = [&](size_t layer) {
    trees_.Keep({indexes_[layer]}, {digests_[layer]});
  };
  const auto is_kept = [&](size_t layer) {
    return trees_.Find({digests_[layer]}, 1).layers == 1;
  };
  // All three take as much.
  int64_t size = 0;
  do {
    trees_ = KeptTrees(2 * ++size);
    keep(0);
  } while (!is_kept(0));
  trees_ = KeptTrees(2 * size);
  keep(0);
  keep(1);
  keep(0);
  keep(2);
  EXPECT_TRUE(is_kept(0));
  EXPECT_FALSE(is_kept(1));
  EXPECT_TRUE(is_kept(2));
  // More than half of it.
  trees_ = KeptTrees(2 * size - 1);
  keep(0);
  EXPECT_FALSE(is_kept(0));
}

TEST_F(KeptTreesTest, KeepsNothingThatNeedsFarMoreThanItsText) {
  LayerIndex index;
  std::string path = "d";
  while (path.size() < 4000) path += "/d";
  for (const char* name : {"/x", "/y", "/z"}) {
    index.entries.push_back({.path = path + name,
                             .type = LayerEntryType::kDirectory,
                             .mode = 0755,
                             .mtime = 1});
    path[path.size() / 2] = *(name + 1);  // other parents
  }
  Add(LayerIndexToText(index));
  trees_ = KeptTrees(int64_t{4} << 20);
  trees_.Keep(indexes_, digests_);
  EXPECT_EQ(Text(trees_.Find(digests_, 1)), kNone);
  trees_ = KeptTrees(int64_t{40} << 20);
  trees_.Keep(indexes_, digests_);
  EXPECT_EQ(trees_.Find(digests_, 1).layers, 1);
}

}  // namespace
}  // namespace rules_dockerfile
