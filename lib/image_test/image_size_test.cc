#include "lib/image_test/image_size.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/image_test/test_report.h"
#include "lib/image_test/text_check.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(ParseSizeLimit, TakesDecimalAndBinaryUnits) {
  for (const auto& [text, size] : std::vector<std::pair<std::string, int64_t>>{
           {"0", 0},
           {"1024", 1024},
           {"7B", 7},
           {"12MB", 12'000'000},
           {"12 MB", 12'000'000},
           {"3kB", 3000},
           {"3KB", 3000},
           {"1.5GiB", 1'610'612'736},
           {"0.1KiB", 102},
           {"2TB", 2'000'000'000'000},
       }) {
    EXPECT_THAT(ParseSizeLimit(text), IsOkAndHolds(size)) << text;
  }
  for (const char* text :
       {"", "MB", "1x", "-1", "1.MB", "1e3", "12 mb", "1\n"}) {
    EXPECT_THAT(
        ParseSizeLimit(text),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("size \"", text,
                              "\": expected a number and optionally kB, MB, "
                              "GB, TB, KiB, MiB, GiB or TiB")));
  }
  EXPECT_THAT(ParseSizeLimit("100000000TB"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "size \"100000000TB\" is too large"));
}

LayerEntry File(const std::string& path, int64_t size, int64_t offset) {
  return {.path = path,
          .mode = 0644,
          .size = size,
          .offset = offset,
          .digest = absl::StrCat("sha256:", std::string(64, '1'))};
}

class ImageSizeTest : public testing::Test {
 protected:
  // What a test with these limits prints.
  std::string Tested(const SizeLimits& limits) const {
    const std::vector<SizedLayer> layers = {
        {.made_by = "", .index = base_, .compressed_size = 2000},
        {.made_by = "app/Dockerfile:2: COPY a b",
         .index = copy_,
         .compressed_size = 900},
        {.made_by = "app/Dockerfile:3: RUN rm a",
         .index = run_,
         .compressed_size = 100}};
    const absl::StatusOr<std::vector<TestResult>> results =
        CheckImageSize("//app:image", layers, limits);
    return results.ok() ? ResultsText(*results) : results.status().ToString();
  }

  const std::string base_ =
      LayerIndexToText({.entries = {File("bin/sh", 2'500'000, 512)}});
  const std::string copy_ = LayerIndexToText(
      {.entries = {File("a", 1000, 512), File("b", 20, 2048)}});
  const std::string run_ = LayerIndexToText(
      {.entries = {{.path = "a", .type = LayerEntryType::kWhiteout},
                   File("b", 30, 512)}});
};

TEST_F(ImageSizeTest, PassesAtItsLimits) {
  EXPECT_EQ(Tested({.max = 2'501'050, .max_wasted = 1020, .max_layers = 3}),
            "PASS //app:image: size\n"
            "PASS //app:image: wasted bytes\n"
            "PASS //app:image: layers\n"
            "3 passed, 0 failed\n");
  EXPECT_EQ(Tested({.max = 3000, .compressed = true}),
            "PASS //app:image: compressed size\n"
            "1 passed, 0 failed\n");
}

TEST_F(ImageSizeTest, ListsWhatContributesMost) {
  EXPECT_EQ(
      Tested({.max = 2'501'049, .max_wasted = 1019, .max_layers = 2}),
      "FAIL //app:image: size\n"
      "  2501050 bytes (2.50 MB) of files, expected at most 2501049 bytes "
      "(2.50 MB)\n"
      "  largest files:\n"
      "         2500000  bin/sh, layer 0\n"
      "            1000  a, app/Dockerfile:2: COPY a b\n"
      "              30  b, app/Dockerfile:3: RUN rm a\n"
      "              20  b, app/Dockerfile:2: COPY a b\n"
      "  hint: remove what the image does not need in the RUN that creates it, "
      "or copy what it needs from another stage\n"
      "FAIL //app:image: wasted bytes\n"
      "  1020 bytes (1.02 kB) of files that later layers replace or remove, "
      "expected at most 1019 bytes (1.02 kB)\n"
      "  largest of them:\n"
      "            1000  a, app/Dockerfile:2: COPY a b, removed by "
      "app/Dockerfile:3: RUN rm a\n"
      "              20  b, app/Dockerfile:2: COPY a b, replaced by "
      "app/Dockerfile:3: RUN rm a\n"
      "  hint: remove a file in the RUN that creates it, or copy the result "
      "from another stage\n"
      "FAIL //app:image: layers\n"
      "  3 layers, expected at most 2\n"
      "  smallest layers, compressed:\n"
      "             100  app/Dockerfile:3: RUN rm a\n"
      "             900  app/Dockerfile:2: COPY a b\n"
      "            2000  layer 0\n"
      "  hint: join RUNs with && or a here-document, and copy several sources "
      "with one COPY\n"
      "0 passed, 3 failed\n");
  EXPECT_EQ(
      Tested({.max = 999, .compressed = true}),
      "FAIL //app:image: compressed size\n"
      "  3000 bytes (3.00 kB) of compressed layers, expected at most 999 "
      "bytes\n"
      "  largest layers:\n"
      "            2000  layer 0\n"
      "             900  app/Dockerfile:2: COPY a b\n"
      "             100  app/Dockerfile:3: RUN rm a\n"
      "  hint: remove what the image does not need in the RUN that creates it, "
      "or copy what it needs from another stage\n"
      "0 passed, 1 failed\n");
}

TEST(ImageSize, ListsTenFiles) {
  std::vector<LayerEntry> entries;
  for (int i = 0; i < 12; ++i) {
    entries.push_back(File(absl::StrCat("f", i), 1 + i, 1024 * i));
  }
  const std::string index = LayerIndexToText({.entries = entries});
  const absl::StatusOr<std::vector<TestResult>> results =
      CheckImageSize("//:i", {{.made_by = "m", .index = index}}, {.max = 1});
  ASSERT_THAT(results, absl_testing::IsOk());
  const Problems& problems = results->front().problems;
  ASSERT_EQ(problems.size(), 13U);
  EXPECT_EQ(problems[2], "            12  f11, m");
  EXPECT_EQ(problems[11], "             3  f2, m");
}

}  // namespace
}  // namespace rules_dockerfile
