#include "lib/run/stack_part.h"

#include <random>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

std::vector<std::string> Ends(const std::vector<StackPart>& parts) {
  std::vector<std::string> ends;
  for (const StackPart& part : parts) {
    ends.push_back(
        absl::StrCat(part.end, part.key.empty() ? " without key" : ""));
  }
  return ends;
}

std::vector<std::string> Names(const char* kind, int number) {
  std::vector<std::string> names;
  for (int i = 0; i < number; ++i) names.push_back(absl::StrCat(kind, i));
  return names;
}

FileDigests DigestsOf(int number) {
  FileDigests digests;
  for (int i = 0; i < number; ++i) {
    digests[absl::StrCat("tar", i)] = absl::StrCat("digest of tar ", i);
    digests[absl::StrCat("index", i)] = absl::StrCat("digest of index ", i);
  }
  return digests;
}

std::vector<StackPart> Plan(int number, const FileDigests& digests) {
  return PlanStack(Names("tar", number), Names("index", number), digests);
}

TEST(PlanStack, HasAPartForEachLayer) {
  EXPECT_THAT(Ends(Plan(3, DigestsOf(3))), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Plan(0, {}), testing::IsEmpty());
}

TEST(PlanStack, HasAtMostAHundredParts) {
  EXPECT_EQ(Plan(100, DigestsOf(100)).size(), 100);
  const std::vector<StackPart> parts = Plan(101, DigestsOf(101));
  EXPECT_EQ(parts.size(), 52);
  EXPECT_EQ(parts[0].end, 50);
  EXPECT_EQ(Plan(149, DigestsOf(149)).size(), 100);
  // The lowest part of many layers is not what the last of them changes.
  EXPECT_NE(parts[0].key, Plan(60, DigestsOf(60))[49].key);
}

TEST(PlanStack, NamesAPartByAllLayersUpToIt) {
  const std::vector<StackPart> parts = Plan(3, DigestsOf(3));
  FileDigests other = DigestsOf(3);
  other["index1"] = "another";
  const std::vector<StackPart> others = Plan(3, other);
  EXPECT_EQ(parts[0].key, others[0].key);
  EXPECT_NE(parts[1].key, others[1].key);
  EXPECT_NE(parts[2].key, others[2].key);
  EXPECT_EQ(parts[1].key, Plan(2, DigestsOf(3))[1].key);
}

TEST(PlanStack, NamesNothingAboveAnUnknownLayer) {
  FileDigests digests = DigestsOf(3);
  digests.erase("tar1");
  EXPECT_THAT(Ends(Plan(3, digests)),
              ElementsAre("1", "2 without key", "3 without key"));
}

// What an overlay shows of a part above a tree.
void Show(const FileTree& part, FileTree& tree) {
  for (const auto& [path, node] : part.nodes()) {
    if (node.type == LayerEntryType::kWhiteout) {
      // Without a file below, an overlay would show it in a directory listing.
      EXPECT_NE(tree.Find(path), nullptr) << path;
      tree.Remove(path);
    } else {
      ASSERT_THAT(tree.Put(path, node), IsOk());
    }
  }
}

LayerEntry RandomEntry(std::mt19937& random) {
  const auto pick = [&random](const std::vector<std::string>& of) {
    return of[random() % of.size()];
  };
  const std::vector<std::string> names = {"a", "b", "c", "l"};
  LayerEntry entry = {.path = pick(names), .mode = 0644};
  for (int depth = static_cast<int>(random() % 3); depth > 0; --depth) {
    absl::StrAppend(&entry.path, "/", pick(names));
  }
  switch (random() % 8) {
    case 0:
    case 1:
      entry.type = LayerEntryType::kDirectory;
      entry.mode = 0700 + random() % 8;
      break;
    case 2:
      entry.type = LayerEntryType::kSymlink;
      entry.link_target = pick({"a", "/b", "../c", "a/b"});
      break;
    case 3:
      entry.type = LayerEntryType::kHardLink;
      entry.link_target = pick(names);
      break;
    case 4:
      entry.type = LayerEntryType::kWhiteout;
      break;
    case 5:
      entry.type = LayerEntryType::kOpaque;
      break;
    default:
      entry.size = random() % 3;
      entry.digest = DigestOf(absl::StrCat(entry.size));
  }
  return entry;
}

// An index of entries of which each can be applied.
LayerIndex RandomLayer(FileTree tree, std::mt19937& random) {
  LayerIndex layer;
  for (int i = static_cast<int>(random() % 8); i >= 0; --i) {
    LayerIndex more = layer;
    more.entries.push_back(RandomEntry(random));
    FileTree trial = tree;
    if (trial.AddLayer(more, 0).ok()) layer = more;
  }
  return layer;
}

TEST(ChangedPart, TurnsEachTreeIntoTheNext) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    FileTree tree;
    FileTree shown;
    for (int i = 0; i < 4; ++i) {
      const LayerIndex layer = RandomLayer(tree, random);
      FileTree::Changes changes;
      ASSERT_THAT(tree.AddLayer(layer, i, &changes), IsOk());
      const FileTree part = ChangedPart(tree, changes);
      Show(part, shown);
      ASSERT_EQ(DumpFileTree(shown), DumpFileTree(tree)) << "round " << round;
      // A file has its names in one directory of the overlay.
      for (const auto& [path, node] : part.nodes()) {
        if (node.inode < 0) continue;
        for (const auto& [other, linked] : tree.nodes()) {
          if (linked.inode != node.inode) continue;
          ASSERT_NE(part.Find(other), nullptr) << "round " << round;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rules_dockerfile
