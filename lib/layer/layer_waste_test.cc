#include "lib/layer/layer_waste.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

LayerEntry File(const std::string& path, int64_t size, int64_t offset) {
  return {.path = path,
          .mode = 0644,
          .size = size,
          .offset = offset,
          .digest = absl::StrCat("sha256:", std::string(64, '1'))};
}

absl::StatusOr<LayerWaste> WasteOf(
    const std::vector<std::vector<LayerEntry>>& layers) {
  std::vector<std::string> texts;
  for (const std::vector<LayerEntry>& entries : layers) {
    texts.push_back(LayerIndexToText({.entries = entries}));
  }
  return FindLayerWaste(
      std::vector<absl::string_view>(texts.begin(), texts.end()));
}

TEST(LayerWaste, IsNoneIfEachFileIsShown) {
  EXPECT_THAT(
      WasteOf({{File("a", 5, 512), File("b", 7, 1536)}, {File("c", 1, 512)}}),
      IsOkAndHolds(LayerWaste()));
}

TEST(LayerWaste, HasFilesThatLaterLayersReplaceOrRemove) {
  EXPECT_THAT(
      WasteOf({{File("d/replaced", 5, 512), File("d/removed", 7, 1536),
                File("e/below", 2, 2560), File("kept", 100, 3072)},
               {File("d/replaced", 6, 512)},
               {File("d/replaced", 9, 512),
                {.path = "d/removed", .type = LayerEntryType::kWhiteout},
                {.path = "e", .type = LayerEntryType::kOpaque}}}),
      IsOkAndHolds(LayerWaste{
          .files =
              {{.path = "d/removed",
                .size = 7,
                .layer = 0,
                .by_layer = 2,
                .removed = true},
               {.path = "d/replaced", .size = 6, .layer = 1, .by_layer = 2},
               {.path = "d/replaced", .size = 5, .layer = 0, .by_layer = 1},
               {.path = "e/below",
                .size = 2,
                .layer = 0,
                .by_layer = 2,
                .removed = true}},
          .size = 20}));
}

TEST(LayerWaste, CountsAFileAsLongAsOneOfItsNamesIsLeft) {
  const std::vector<LayerEntry> base = {
      File("a", 5, 512),
      {.path = "b", .type = LayerEntryType::kHardLink, .link_target = "a"}};
  const LayerEntry without_a = {.path = "a", .type = LayerEntryType::kWhiteout};
  const LayerEntry without_b = {.path = "b", .type = LayerEntryType::kWhiteout};
  EXPECT_THAT(WasteOf({base, {without_a}}), IsOkAndHolds(LayerWaste()));
  EXPECT_THAT(
      WasteOf({base, {without_a}, {without_b}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "b", .size = 5, .by_layer = 2, .removed = true}},
          .size = 5}));
  EXPECT_THAT(
      WasteOf({base, {without_b, without_a}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "a", .size = 5, .by_layer = 1, .removed = true}},
          .size = 5}));
  // A later name counts, and so does one whose first name its own tar replaces.
  EXPECT_THAT(WasteOf({base,
                       {without_a,
                        {.path = "c",
                         .type = LayerEntryType::kHardLink,
                         .link_target = "b"}},
                       {without_b}}),
              IsOkAndHolds(LayerWaste()));
  EXPECT_THAT(
      WasteOf({{base[0], base[1], File("a", 6, 1536)}, {without_b}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "b", .size = 5, .by_layer = 1, .removed = true}},
          .size = 5}));
}

TEST(LayerWaste, HasFilesBelowADirectoryThatIsReplaced) {
  const std::vector<LayerEntry> base = {
      {.path = "d", .type = LayerEntryType::kDirectory}, File("d/f", 5, 512)};
  EXPECT_THAT(
      WasteOf({base,
               {{.path = "d",
                 .type = LayerEntryType::kSymlink,
                 .link_target = "e"}}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "d/f", .size = 5, .by_layer = 1, .removed = true}},
          .size = 5}));
  EXPECT_THAT(
      WasteOf({base,
               {{.path = "d", .type = LayerEntryType::kOpaque},
                File("d/f", 6, 512)}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "d/f", .size = 5, .by_layer = 1}}, .size = 5}));
}

TEST(LayerWaste, FollowsSymlinksAmongTheParents) {
  EXPECT_THAT(WasteOf({{{.path = "usr/lib", .type = LayerEntryType::kDirectory},
                        {.path = "lib",
                         .type = LayerEntryType::kSymlink,
                         .link_target = "usr/lib"},
                        File("lib/x", 5, 512)},
                       {File("usr/lib/x", 6, 512)}}),
              IsOkAndHolds(LayerWaste{
                  .files = {{.path = "usr/lib/x", .size = 5, .by_layer = 1}},
                  .size = 5}));
}

TEST(LayerWaste, HasAPathThatATarHasTwice) {
  EXPECT_THAT(
      WasteOf({{File("a", 5, 512), File("a", 6, 1536)}}),
      IsOkAndHolds(LayerWaste{.files = {{.path = "a", .size = 5}}, .size = 5}));
  EXPECT_THAT(
      WasteOf({{{.path = "d", .type = LayerEntryType::kDirectory},
                File("d/f", 5, 512),
                {.path = "d",
                 .type = LayerEntryType::kSymlink,
                 .link_target = "d"}}}),
      IsOkAndHolds(LayerWaste{
          .files = {{.path = "d/f", .size = 5, .removed = true}}, .size = 5}));
}

TEST(LayerWaste, HasFilesOfOneSizeByPathThenByLayer) {
  EXPECT_THAT(
      WasteOf({{File("b", 5, 512)},
               {File("a", 5, 512), File("b", 5, 1536)},
               {{.path = "a", .type = LayerEntryType::kWhiteout},
                {.path = "b", .type = LayerEntryType::kWhiteout}}}),
      IsOkAndHolds(LayerWaste{.files = {{.path = "a",
                                         .size = 5,
                                         .layer = 1,
                                         .by_layer = 2,
                                         .removed = true},
                                        {.path = "b", .size = 5, .by_layer = 1},
                                        {.path = "b",
                                         .size = 5,
                                         .layer = 1,
                                         .by_layer = 2,
                                         .removed = true}},
                              .size = 15}));
}

TEST(LayerWaste, NamesALayerThatCannotBeRead) {
  EXPECT_THAT(
      FindLayerWaste({"{\"version\":1,\"passwd\":null,\"group\":null}\n", "x"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               testing::StartsWith("layer 2: layer index line 1: ")));
}

}  // namespace
}  // namespace rules_dockerfile
