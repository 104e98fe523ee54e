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
#include "zlib.h"

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

// A disk that is full after so many bytes.
class FullSink : public ByteSink {
 public:
  explicit FullSink(size_t capacity) : capacity_(capacity) {}
  absl::Status Append(absl::string_view bytes) override {
    if (bytes.size() > capacity_) {
      return absl::ResourceExhaustedError("no space left on device");
    }
    capacity_ -= bytes.size();
    return absl::OkStatus();
  }

 private:
  size_t capacity_;
};

std::string Noise(size_t size) {
  std::mt19937 random(11);
  std::string noise(size, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return noise;
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

TEST_P(CompressTest, DoesNotGrowNoise) {
  const std::string noise = Noise((1 << 20) + 12345);
  const std::string compressed = Compressed(noise, GetParam().options);
  EXPECT_LT(compressed.size(), noise.size() + 500);
  StringSink sink;
  EXPECT_THAT(Decompress(compressed, &sink), IsOk());
  EXPECT_TRUE(sink.contents() == noise);
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
            "1f8b08000000000000ff"
            "010000ffff"
            "0000000000000000");
  EXPECT_EQ(absl::BytesToHexString(Compressed("", {.level = 9}).substr(0, 10)),
            "1f8b08000000000002ff");
  EXPECT_EQ(absl::BytesToHexString(Compressed("", {.level = 1}).substr(0, 10)),
            "1f8b08000000000004ff");
}

// What has several blocks, and the last of another size.
struct ManyBlocksCase {
  const char* name;
  Codec codec;
  size_t size;
};

class ManyBlocksTest : public testing::TestWithParam<ManyBlocksCase> {
 protected:
  static std::string Data() {
    const std::string sample = Sample(6 << 20);
    std::string data;
    while (data.size() < GetParam().size) data += sample;
    data.resize(GetParam().size);
    return data;
  }
};

TEST_P(ManyBlocksTest, DoNotShowTheNumberOfThreads) {
  const std::string data = Data();
  const std::string one = Compressed(data, {.codec = GetParam().codec});
  for (const int threads : {2, 8}) {
    EXPECT_TRUE(Compressed(data, {.codec = GetParam().codec,
                                  .threads = threads}) == one)
        << threads;
  }
}

TEST_P(ManyBlocksTest, AreWholeAtTheEdges) {
  const std::string data = Data();
  for (const int more : {-1, 0, 1}) {
    const absl::string_view part =
        absl::string_view(data).substr(0, (data.size() >> 20 << 20) + more);
    const std::string compressed =
        Compressed(part, {.codec = GetParam().codec, .threads = 2});
    StringSink sink;
    EXPECT_THAT(Decompress(compressed, &sink), IsOk());
    EXPECT_TRUE(sink.contents() == part) << more;
  }
}

TEST_P(ManyBlocksTest, AreTeedInOrder) {
  const std::string data = Data();
  for (const int threads : {1, 2}) {
    StringSink tee;
    Compressed(data,
               {.codec = GetParam().codec, .threads = threads, .tee = &tee});
    EXPECT_TRUE(tee.contents() == data) << threads;
  }
}

TEST_P(ManyBlocksTest, EndWhenTheOutputFails) {
  const std::string data = Data();
  for (const int threads : {1, 8}) {
    for (const size_t capacity : {0, 5, 100000}) {
      const CompressOptions options = {.codec = GetParam().codec,
                                       .threads = threads};
      FullSink sink(capacity);
      EXPECT_THAT(Compress(data, options, &sink),
                  StatusIs(absl::StatusCode::kResourceExhausted,
                           "no space left on device"))
          << threads << " " << capacity;
    }
    FullSink tee(0);
    StringSink sink;
    EXPECT_THAT(
        Compress(data,
                 {.codec = GetParam().codec, .threads = threads, .tee = &tee},
                 &sink),
        StatusIs(absl::StatusCode::kResourceExhausted,
                 "no space left on device"));
  }
}

INSTANTIATE_TEST_SUITE_P(Compress, ManyBlocksTest,
                         testing::ValuesIn<ManyBlocksCase>({
                             {"None", Codec::kNone, (8 << 20) + 123},
                             {"Gzip", Codec::kGzip, (5 << 20) + 123},
                             {"Zstd", Codec::kZstd, (48 << 20) + 123},
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(Gzip, IsOneMember) {
  // A reader that stops after the first member gets all of it.
  const std::string data = Sample((3 << 20) + 1);
  const std::string gzip = Compressed(data, {});
  std::string first(data.size() + 1, '\0');
  z_stream stream = {};
  ASSERT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(first.data());
  stream.avail_out = static_cast<uInt>(first.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  first.resize(stream.total_out);
  EXPECT_TRUE(first == data);
  inflateEnd(&stream);
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
