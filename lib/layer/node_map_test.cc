#include "lib/layer/node_map.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/file_node.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

FileNode Node(int64_t size) { return {.size = size}; }

std::vector<std::string> Text(const NodeMap& map) {
  std::vector<std::string> text;
  for (const auto& [path, node] : map) {
    text.push_back(absl::StrCat(path, "=", node.size));
  }
  return text;
}

NodeMap Some() {
  NodeMap map;
  int size = 1;
  for (const char* path : {"a", "a/b", "a/b/c", "a.d", "e"}) {
    map.Put(path, Node(size++));
  }
  return map;
}

TEST(NodeMap, StartsWithARoot) {
  EXPECT_THAT(Text(NodeMap()), ElementsAre("=0"));
}

TEST(NodeMap, ChangesOfACopyAreItsOwn) {
  const NodeMap map = Some();
  NodeMap copy = map;
  copy.Put("a/b", Node(10));
  copy.Put("a/0", Node(11));
  copy.Remove("a/b/c");
  copy.Remove("e");
  copy.FindToChange("a.d")->size = 12;
  EXPECT_THAT(Text(map),
              ElementsAre("=0", "a=1", "a/b=2", "a/b/c=3", "a.d=4", "e=5"));
  EXPECT_THAT(Text(copy),
              ElementsAre("=0", "a=1", "a/0=11", "a/b=10", "a.d=12"));
}

TEST(NodeMap, ChangesOfTheOriginalAreItsOwn) {
  NodeMap map = Some();
  const NodeMap copy = map;
  map.RemoveBelow("");
  EXPECT_THAT(Text(map), ElementsAre("=0"));
  EXPECT_THAT(Text(copy),
              ElementsAre("=0", "a=1", "a/b=2", "a/b/c=3", "a.d=4", "e=5"));
}

TEST(NodeMap, PutsBackWhatWasRemoved) {
  const NodeMap map = Some();
  NodeMap copy = map;
  copy.Remove("a");
  EXPECT_EQ(copy.Find("a/b/c"), nullptr);
  EXPECT_EQ(copy.FindToChange("a/b/c"), nullptr);
  copy.Put("a", Node(9));
  EXPECT_THAT(Text(copy), ElementsAre("=0", "a=9", "a.d=4", "e=5"));
}

TEST(NodeMap, SharesWhatNobodyChanged) {
  const NodeMap map = Some();
  NodeMap copy = map;
  copy.Put("e", Node(9));
  EXPECT_EQ(copy.Find("a/b"), map.Find("a/b"));
  EXPECT_NE(copy.Find("e"), map.Find("e"));
}

TEST(NodeMap, KnowsWhereMapsThatShareMayDiffer) {
  const NodeMap map = Some();
  EXPECT_EQ(NodeMap::PathsThatDiffer(map, Some()), std::nullopt);
  NodeMap a = map;
  a.Put("a/b", Node(2));
  a.Remove("e");
  EXPECT_THAT(NodeMap::PathsThatDiffer(map, a),
              testing::Optional(ElementsAre("a/b", "e")));
  NodeMap b = a;
  b.Put("a.d", Node(9));
  b.Put("a/0", Node(9));
  b.Put("e", Node(9));
  b.Put("f", Node(9));
  const auto all =
      testing::Optional(ElementsAre("a/0", "a/b", "a.d", "e", "f"));
  EXPECT_THAT(NodeMap::PathsThatDiffer(a, b), all);
  EXPECT_THAT(NodeMap::PathsThatDiffer(b, a), all);
}

// The same operations on maps that share, and on plain ones.
class RandomOperations {
 public:
  explicit RandomOperations(unsigned seed) : random_(seed) {}

  void Run() {
    for (int i = 0; i < 400; ++i) {
      Step();
      for (const auto& [map, model] : maps_) Compare(map, model);
    }
  }

 private:
  using Model = std::map<std::string, FileNode, PathLess>;

  unsigned Below(unsigned limit) {
    return static_cast<unsigned>(random_()) % limit;
  }

  std::string RandomPath() {
    std::string path;
    for (unsigned depth = 1 + Below(3); depth > 0; --depth) {
      absl::StrAppend(&path, path.empty() ? "" : "/",
                      std::string(1, "ab.\x01z"[Below(5)]));
    }
    return path;
  }

  void Step() {
    auto& [map, model] = maps_[Below(maps_.size())];
    const std::string path = RandomPath();
    const auto is_below = [&](const auto& node) {
      return absl::StartsWith(node.first, path + "/");
    };
    switch (Below(6)) {
      case 0:
        if (maps_.size() == 5) maps_.erase(maps_.begin() + Below(5));
        maps_.push_back(std::pair(maps_[Below(maps_.size())]));
        break;
      case 1:
        map.Remove(path);
        std::erase_if(model, is_below);
        model.erase(path);
        break;
      case 2:
        map.RemoveBelow(path);
        std::erase_if(model, is_below);
        break;
      case 3:
        if (FileNode* node = map.FindToChange(path)) node->size = ++size_;
        if (model.contains(path)) model[path].size = size_;
        break;
      default:
        map.Put(path, Node(++size_));
        model[path] = Node(size_);
    }
  }

  void Compare(const NodeMap& map, const Model& model) {
    ASSERT_TRUE(std::equal(map.begin(), map.end(), model.begin(), model.end()));
    ASSERT_TRUE(
        std::equal(map.rbegin(), map.rend(), model.rbegin(), model.rend()));
    ASSERT_EQ(map.size(), model.size());
    const std::string path = RandomPath();
    const auto found = model.find(path);
    const FileNode* const node = map.Find(path);
    ASSERT_EQ(node != nullptr, found != model.end());
    if (node != nullptr) {
      ASSERT_EQ(*node, found->second);
    }
    ASSERT_EQ(std::distance(map.begin(), map.lower_bound(path)),
              std::distance(model.begin(), model.lower_bound(path)));
    ASSERT_EQ(std::distance(map.begin(), map.upper_bound(path)),
              std::distance(model.begin(), model.upper_bound(path)));
  }

  std::mt19937 random_;
  int64_t size_ = 0;
  std::vector<std::pair<NodeMap, Model>> maps_ = {
      {NodeMap(), {{"", FileNode()}}}};
};

TEST(NodeMap, IsAsAPlainMap) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    RandomOperations(seed).Run();
    ASSERT_FALSE(testing::Test::HasFailure()) << seed;
  }
}

}  // namespace
}  // namespace rules_dockerfile
