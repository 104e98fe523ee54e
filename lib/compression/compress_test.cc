#include "lib/compression/compress.h"

#include <optional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/decompressor.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// Text that repeats here and there, so that every block refers to the one
// before it.
std::string MakeSample(size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) {
    if (text.size() > 1000 && random() % 2 == 0) {
      text += text.substr(text.size() - 500 - random() % 500, random() % 100);
    } else {
      text.push_back(static_cast<char>('a' + random() % 26));
    }
  }
  return text;
}

std::string Sample(size_t size) {
  static const std::string* const sample = new std::string(MakeSample(6 << 20));
  return sample->substr(0, size);
}

std::string Compressed(absl::string_view data, const CompressOptions& options) {
  StringSink sink;
  EXPECT_THAT(Compress(data, options, &sink), IsOk());
  return sink.contents();
}

struct RoundTripCase {
  const char* name;
  CompressOptions options;
};

class CompressTest : public testing::TestWithParam<RoundTripCase> {};

TEST_P(CompressTest, ReturnsTheData) {
  for (const size_t size :
       {0, 1, 1 << 15, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) + 9}) {
    const std::string data = Sample(size);
    const std::string compressed = Compressed(data, GetParam().options);
    EXPECT_EQ(DetectCodec(compressed), GetParam().options.codec);
    StringSink sink;
    EXPECT_THAT(Decompress(compressed, &sink), IsOk());
    EXPECT_TRUE(sink.contents() == data) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Compress, CompressTest,
    testing::ValuesIn<RoundTripCase>({
        {"GzipByDefault", {}},
        {"GzipFastest", {.codec = Codec::kGzip, .level = 1}},
        {"GzipSmallest", {.codec = Codec::kGzip, .level = 9, .threads = 3}},
        {"Zstd", {.codec = Codec::kZstd}},
        {"ZstdLevel19", {.codec = Codec::kZstd, .level = 19}},
    }),
    [](const auto& info) { return info.param.name; });

TEST(Compress, LeavesDataAloneWithoutACodec) {
  EXPECT_EQ(Compressed("data", {.codec = Codec::kNone}), "data");
}

TEST(Gzip, HasNoNameTimeOrSystem) {
  EXPECT_EQ(absl::BytesToHexString(Compressed("", {})),
            "1f8b08000000000000ff0300"
            "0000000000000000");
  EXPECT_EQ(absl::BytesToHexString(Compressed("", {.level = 9}).substr(0, 10)),
            "1f8b08000000000002ff");
  EXPECT_EQ(absl::BytesToHexString(Compressed("", {.level = 1}).substr(0, 10)),
            "1f8b08000000000004ff");
}

TEST(Gzip, DoesNotShowTheNumberOfThreads) {
  const std::string data = Sample((5 << 20) + 123);
  const std::string one = Compressed(data, {.threads = 1});
  for (const int threads : {2, 16}) {
    EXPECT_TRUE(Compressed(data, {.threads = threads}) == one) << threads;
  }
}

TEST(Gzip, GainsFromTheBlockBefore) {
  // The second block repeats the end of the first: with a dictionary it costs
  // next to nothing at its beginning.
  const std::string tail = Sample(30000);
  const std::string first = std::string((1 << 20) - tail.size(), 'x') + tail;
  const size_t alone = Compressed(first, {}).size();
  EXPECT_LT(Compressed(first + tail, {}).size(), alone + 1000);
}

TEST(Gzip, RefusesOtherLevels) {
  StringSink sink;
  EXPECT_THAT(Compress("", {.level = 10}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "gzip has no level 10: expected 1 to 9"));
  EXPECT_THAT(Compress("", {.level = 0}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "gzip has no level 0: expected 1 to 9"));
  EXPECT_THAT(Compress("", {.codec = Codec::kZstd, .level = 23}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "zstd has no level 23: expected 1 to 22"));
}

TEST(Compress, OnlyReadsXzAndBzip2) {
  StringSink sink;
  EXPECT_THAT(
      Compress("", {.codec = Codec::kXz}, &sink),
      StatusIs(absl::StatusCode::kUnimplemented, "xz can only be read"));
}

}  // namespace
}  // namespace rules_dockerfile
