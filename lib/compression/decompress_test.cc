#include "lib/compression/decompress.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

std::string FromHex(absl::string_view hex) {
  std::string bytes;
  EXPECT_TRUE(absl::HexStringToBytes(hex, &bytes));
  return bytes;
}

// "hello\n", compressed by the programs of the same names.
struct FormatCase {
  const char* name;
  Compression compression;
  const char* hex;
};

class Format : public testing::TestWithParam<FormatCase> {
 protected:
  std::string bytes() const { return FromHex(GetParam().hex); }
};

TEST_P(Format, IsDetected) {
  EXPECT_EQ(DetectCompression(bytes()), GetParam().compression);
  EXPECT_EQ(CompressionName(GetParam().compression), GetParam().name);
}

TEST_P(Format, IsDecompressed) {
  EXPECT_THAT(Decompress(bytes()), IsOkAndHolds("hello\n"));
}

TEST_P(Format, FailsAtEveryEarlyEnd) {
  const std::string whole = bytes();
  for (size_t size = 13; size < whole.size(); ++size) {
    EXPECT_THAT(
        Decompress(whole.substr(0, size)),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat(GetParam().name, " data: unexpected end")))
        << size << " bytes";
  }
}

TEST_P(Format, FailsForOtherBytesAfterTheHeader) {
  std::string changed = bytes();
  for (size_t i = 13; i < changed.size(); ++i) changed[i] = '\x7e';
  EXPECT_THAT(Decompress(changed),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(absl::StrCat(GetParam().name, " data: "))));
}

INSTANTIATE_TEST_SUITE_P(
    Decompress, Format,
    testing::Values(
        FormatCase{"gzip", Compression::kGzip,
                   "1f8b0800000000000003cb48cdc9c9e7020020303a3606000000"},
        FormatCase{"bzip2", Compression::kBzip2,
                   "425a6839314159265359c1c080e2000001410000100244a00030cd00"
                   "c3462997177245385090c1c080e2"},
        FormatCase{"xz", Compression::kXz,
                   "fd377a585a000004e6d6b4460200210116000000742fe5a301000568"
                   "656c6c6f0a000000a56097f194f6fde000011e06c12fa41d1fb6f37d"
                   "010000000004595a"},
        FormatCase{"lzma", Compression::kLzma,
                   "5d00008000ffffffffffffffff00341949ee8ddd3d3adfffffdd1200"
                   "00"},
        FormatCase{"zstd", Compression::kZstd,
                   "28b52ffd045831000068656c6c6f0a5388bd91"}),
    [](const auto& info) { return std::string(info.param.name); });

class ConcatenatedFormat : public Format {};

TEST_P(ConcatenatedFormat, GivesAllStreams) {
  EXPECT_THAT(Decompress(bytes() + bytes()), IsOkAndHolds("hello\nhello\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Decompress, ConcatenatedFormat,
    testing::Values(
        FormatCase{"gzip", Compression::kGzip,
                   "1f8b0800000000000003cb48cdc9c9e7020020303a3606000000"},
        FormatCase{"bzip2", Compression::kBzip2,
                   "425a6839314159265359c1c080e2000001410000100244a00030cd00"
                   "c3462997177245385090c1c080e2"},
        FormatCase{"xz", Compression::kXz,
                   "fd377a585a000004e6d6b4460200210116000000742fe5a301000568"
                   "656c6c6f0a000000a56097f194f6fde000011e06c12fa41d1fb6f37d"
                   "010000000004595a"},
        FormatCase{"zstd", Compression::kZstd,
                   "28b52ffd045831000068656c6c6f0a5388bd91"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Decompress, PassesOnWhatIsNotCompressed) {
  EXPECT_THAT(Decompress("hello\n"), IsOkAndHolds("hello\n"));
  EXPECT_THAT(Decompress(""), IsOkAndHolds(""));
  EXPECT_EQ(CompressionName(DetectCompression("hello\n")), "none");
}

TEST(Decompress, GivesMoreThanOneBufferHolds) {
  // 3 MB of zeros, by `head -c 3000000 /dev/zero | zstd`.
  const std::string zstd = FromHex(
      "28b52ffd04585400001000000100fbff39c0020200100002001000020010"
      "000200100002001000020010000200100002001000020010000200100002"
      "001000020010000200100002001000020010000200100002001000020010"
      "0002001000020010000200100003360e0003c9afd6");
  EXPECT_THAT(Decompress(zstd), IsOkAndHolds(std::string(3000000, '\0')));
}

}  // namespace
}  // namespace rules_dockerfile
