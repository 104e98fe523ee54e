#include "lib/compression/decompressor.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// "hello", by the program of each codec.
struct CodecCase {
  Codec codec;
  const char* name;
  const char* hello;
  const char* damaged_error;  // for a change near the end
};

constexpr CodecCase kCodecs[] = {
    {Codec::kGzip, "gzip", "1f8b0800000000000003cb48cdc9c9070086a6103605000000",
     "gzip data is damaged: incorrect data check"},
    {Codec::kBzip2, "bzip2",
     "425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480"
     "c98b29e80",
     "bzip2 data is damaged: corrupt data"},
    {Codec::kXz, "xz",
     "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b"
     "137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a",
     "xz data is damaged: corrupt data"},
    {Codec::kZstd, "zstd", "28b52ffd045829000068656c6c6fa36d9f88",
     "zstd data is damaged: Restored data doesn't match checksum"},
};

class DecompressorTest : public testing::TestWithParam<CodecCase> {
 protected:
  std::string hello() const {
    std::string bytes;
    EXPECT_TRUE(absl::HexStringToBytes(GetParam().hello, &bytes));
    return bytes;
  }
};

TEST_P(DecompressorTest, IsFoundByItsMagicNumber) {
  EXPECT_EQ(DetectCodec(hello()), GetParam().codec);
  EXPECT_EQ(CodecName(GetParam().codec), GetParam().name);
  EXPECT_THAT(ParseCodec(GetParam().name), IsOkAndHolds(GetParam().codec));
}

TEST_P(DecompressorTest, Decompresses) {
  StringSink sink;
  EXPECT_THAT(Decompress(hello(), &sink), IsOk());
  EXPECT_EQ(sink.contents(), "hello");
}

TEST_P(DecompressorTest, TakesBytesOneByOne) {
  StringSink sink;
  Decompressor decompressor(GetParam().codec, &sink);
  for (const char byte : hello()) {
    ASSERT_THAT(decompressor.Append({&byte, 1}), IsOk());
  }
  EXPECT_THAT(decompressor.Finish(), IsOk());
  EXPECT_EQ(sink.contents(), "hello");
}

TEST_P(DecompressorTest, JoinsStreams) {
  StringSink sink;
  EXPECT_THAT(Decompress(hello() + hello(), &sink), IsOk());
  EXPECT_EQ(sink.contents(), "hellohello");
}

TEST_P(DecompressorTest, ReportsWhenTheEndIsMissing) {
  const std::string whole = hello();
  for (size_t size = 6; size < whole.size(); ++size) {
    StringSink sink;
    EXPECT_THAT(Decompress(whole.substr(0, size), &sink),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat(GetParam().name, " data is truncated")))
        << size;
  }
  StringSink sink;
  Decompressor decompressor(GetParam().codec, &sink);
  EXPECT_THAT(decompressor.Finish(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(GetParam().name, " data is truncated")));
}

TEST_P(DecompressorTest, ReportsWhenDataIsDamaged) {
  std::string damaged = hello();
  char& byte = damaged[damaged.size() - 6];
  byte = static_cast<char>(byte ^ 0x40);
  StringSink sink;
  EXPECT_THAT(
      Decompress(damaged, &sink),
      StatusIs(absl::StatusCode::kInvalidArgument, GetParam().damaged_error));
}

TEST_P(DecompressorTest, RefusesGarbageAfterTheEnd) {
  StringSink sink;
  EXPECT_THAT(Decompress(hello() + "garbage garbage", &sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("data is damaged")));
}

TEST_P(DecompressorTest, StopsAtTheSizeLimit) {
  StringSink exact;
  EXPECT_THAT(Decompress(hello(), &exact, {.max_size = 5}), IsOk());
  StringSink sink;
  EXPECT_THAT(Decompress(hello(), &sink, {.max_size = 4}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "more than 4 bytes of decompressed data"));
}

INSTANTIATE_TEST_SUITE_P(Codecs, DecompressorTest, testing::ValuesIn(kCodecs),
                         [](const auto& info) { return info.param.name; });

// The format before xz has no checksum and nothing after its end.
TEST(Decompress, ReadsLzma) {
  std::string lzma;
  ASSERT_TRUE(absl::HexStringToBytes(
      "5d00008000ffffffffffffffff00341949ee8ddd3d3adfffffdd120000", &lzma));
  EXPECT_THAT(DecompressToString(lzma), IsOkAndHolds("hello\n"));
  EXPECT_THAT(
      DecompressToString(lzma.substr(0, 20)),
      StatusIs(absl::StatusCode::kInvalidArgument, "lzma data is truncated"));
  EXPECT_THAT(DecompressToString(lzma + "x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "lzma data is damaged: more bytes after the end"));
}

TEST(Decompress, PassesPlainDataOn) {
  StringSink sink;
  EXPECT_THAT(Decompress("plain", &sink), IsOk());
  EXPECT_EQ(sink.contents(), "plain");
}

TEST(Decompress, StopsABombEarly) {
  StringSink bomb;
  ASSERT_THAT(
      Compress(std::string(100 << 20, '\0'),
               {.codec = Codec::kGzip, .level = 1, .threads = 2}, &bomb),
      IsOk());
  StringSink sink;
  EXPECT_THAT(Decompress(bomb.contents(), &sink, {.max_size = 1 << 20}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "more than 1048576 bytes of decompressed data"));
  EXPECT_LE(sink.contents().size(), 1 << 20);
}

TEST(ParseCodec, NamesWhatThereIs) {
  EXPECT_THAT(ParseCodec("lz4"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown codec \"lz4\": expected none, gzip, bzip2, xz, "
                       "lzma or zstd"));
}

}  // namespace
}  // namespace rules_dockerfile
