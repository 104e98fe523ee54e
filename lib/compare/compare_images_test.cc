#include "lib/compare/compare_images.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;

// An image in memory, whose n-th layer an instruction "RUN n" made.
class Image {
 public:
  explicit Image(const std::vector<std::map<std::string, std::string>>& layers,
                 const std::string& command = "") {
    for (const auto& files : layers) {
      tars_.push_back(TestTar(files));
      source_.config.history.push_back(
          {.created_by = absl::StrCat("RUN ", tars_.size())});
    }
    for (const std::string& tar : tars_) {
      source_.layers.push_back(
          {.blob = tar, .descriptor = {}, .diff_id = DigestOf(tar)});
      source_.config.diff_ids.push_back(source_.layers.back().diff_id);
    }
    source_.config_text = absl::StrCat("{\"Cmd\": \"", command, "\"}");
  }
  Image(const Image&) = delete;
  const SourceImage& source() const { return source_; }

 private:
  std::vector<std::string> tars_;
  SourceImage source_;
};

TEST(CompareImages, EqualOnesHaveNoDifference) {
  const Image a({{{"f", "x"}}});
  const Image b({{{"f", "x"}}});
  EXPECT_THAT(CompareImages(a.source(), b.source()),
              IsOkAndHolds("the manifests differ\n"));
}

TEST(CompareImages, NamesInstructionByteAndCause) {
  const Image a({{{"same", "x"}}, {{"built", "built at 10:11:12 here"}}});
  const Image b({{{"same", "x"}}, {{"built", "built at 10:11:13 here"}}});
  EXPECT_THAT(CompareImages(a.source(), b.source()),
              IsOkAndHolds("RUN 2\n"
                           "C built data\n"
                           "  byte 16 of 22: \"built at 10:11:12 here\" and "
                           "\"built at 10:11:13 here\"\n"
                           "  likely cause: a time\n"));
}

TEST(CompareImages, ReportsADifferenceOnce) {
  const Image a({{{"a", "x"}}, {{"b", "x"}}});
  const Image b({{{"a", "y"}}, {{"b", "x"}, {"c", ""}}});
  EXPECT_THAT(CompareImages(a.source(), b.source()),
              IsOkAndHolds("RUN 1\n"
                           "C a data\n"
                           "  byte 0 of 1: \"x\" and \"y\"\n"
                           "RUN 2\n"
                           "A c file 0644 0:0 0 bytes\n"));
}

TEST(CompareImages, ComparesConfigs) {
  const Image a({{{"f", "x"}}}, "a");
  const Image b({{{"f", "x"}}}, "b");
  EXPECT_THAT(CompareImages(a.source(), b.source()),
              IsOkAndHolds("config: \"Cmd\": \"a\" and \"Cmd\": \"b\"\n"));
}

}  // namespace
}  // namespace rules_dockerfile
