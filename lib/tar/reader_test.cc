#include "lib/tar/reader.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"
#include "lib/tar/reader_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;

// 60 and 120 letters, as in the test archives.
std::string WithLongNames(absl::string_view dump) {
  return absl::StrReplaceAll(
      dump, {{"LLL", std::string(60, 'l')}, {"NNN", std::string(120, 'n')}});
}

struct ArchiveCase {
  const char* name;  // also that of the file, made by GNU tar 1.34
  const char* dump;
};

class TarReaderArchiveTest : public testing::TestWithParam<ArchiveCase> {};

TEST_P(TarReaderArchiveTest, ReadsWhatGnuTarWrites) {
  const absl::StatusOr<std::string> archive =
      ReadFile(absl::StrCat("lib/tar/testdata/", GetParam().name, ".tar"));
  ASSERT_THAT(archive, absl_testing::IsOk());
  EXPECT_TRUE(LooksLikeTar(*archive));
  EXPECT_THAT(DumpTar(*archive), IsOkAndHolds(WithLongNames(GetParam().dump)));
}

INSTANTIATE_TEST_SUITE_P(
    TarReader, TarReaderArchiveTest,
    testing::ValuesIn<ArchiveCase>({
        {.name = "v7", .dump = R"(dir directory 755 0:0 86400
dir/file file 4755 0:0 1000000000 [hello]
dir/hard hardlink 4755 0:0 1000000000 -> dir/file
dir/sub directory 1777 0:0 86400
dir/sub/sym symlink 777 0:0 1 -> ../file
dir/żółw file 644 0:0 86400 [x]
)"},
        {.name = "ustar", .dump = R"(dir directory 755 0:0 86400
dir/fifo fifo 644 0:0 86400
dir/file file 4755 0:0 1000000000 [hello]
dir/hard hardlink 4755 0:0 1000000000 -> dir/file
dir/LLL directory 755 0:0 86400
dir/LLL/LLL directory 755 0:0 86400
dir/LLL/LLL/f file 644 0:0 86400 [ustar]
dir/loop block 644 0:0 86400 7:5
dir/null char 644 0:0 86400 1:3
dir/sub directory 1777 0:0 86400
dir/sub/sym symlink 777 0:0 1 -> ../file
dir/żółw file 644 0:0 86400 [x]
)"},
        {.name = "gnu", .dump = R"(dir directory 755 0:0 86400
dir/fifo fifo 644 0:0 86400
dir/file file 4755 0:0 1000000000 [hello]
dir/hard hardlink 4755 0:0 1000000000 -> dir/file
dir/LLL directory 755 0:0 86400
dir/LLL/LLL directory 755 0:0 86400
dir/LLL/LLL/f file 644 0:0 86400 [ustar]
dir/loop block 644 0:0 86400 7:5
dir/NNN file 644 0:0 7 [long]
dir/null char 644 0:0 86400 1:3
dir/old file 644 3000000:3000001 -315619200 [old]
dir/sub directory 1777 0:0 86400
dir/sub/sym symlink 777 0:0 1 -> ../file
dir/symlong symlink 777 0:0 7 -> NNN
dir/żółw file 644 0:0 86400 [x]
)"},
        {.name = "pax", .dump = R"(dir directory 755 0:0 86400
dir/fifo fifo 644 0:0 86400
dir/file file 4755 0:0 1000000000.500000000 [hello]
dir/hard hardlink 4755 0:0 1000000000.500000000 -> dir/file
dir/LLL directory 755 0:0 86400
dir/LLL/LLL directory 755 0:0 86400
dir/LLL/LLL/f file 644 0:0 86400 [ustar]
dir/loop block 644 0:0 86400 7:5
dir/NNN file 644 0:0 7 [long]
dir/null char 644 0:0 86400 1:3
dir/old file 644 3000000:3000001 -315619200 [old]
dir/sub directory 1777 0:0 86400
dir/sub/sym symlink 777 0:0 1 -> ../file
dir/symlong symlink 777 0:0 7 -> NNN
dir/żółw file 644 0:0 86400 [x]
)"},
    }),
    [](const auto& info) { return info.param.name; });

struct ReadCase {
  const char* name;
  std::string archive;
  std::string dump;
};

class TarReaderReadTest : public testing::TestWithParam<ReadCase> {};

TEST_P(TarReaderReadTest, Reads) {
  EXPECT_THAT(DumpTar(GetParam().archive), IsOkAndHolds(GetParam().dump));
}

INSTANTIATE_TEST_SUITE_P(
    TarReader, TarReaderReadTest,
    testing::ValuesIn<ReadCase>({
        {.name = "NoBytes", .archive = "", .dump = ""},
        {.name = "EndBlocks", .archive = std::string(1024, '\0'), .dump = ""},
        {.name = "StopsAtTheFirstZeroBlock",
         .archive = Raw({.name = "a"}) + std::string(512, '\0') + "garbage",
         .dump = "a file 644 0:0 0 []\n"},
        {.name = "LastMemberWithoutPadding",
         .archive = Raw({.name = "a", .size = "2", .data = "hi"})
                        .substr(0, kTarBlockSize + 2),
         .dump = "a file 644 0:0 0 [hi]\n"},
        {.name = "ContiguousFile",
         .archive = Raw({.name = "a", .typeflag = '7'}),
         .dump = "a file 644 0:0 0 []\n"},
        {.name = "OldDirectory",
         .archive = Raw({.name = "a/", .typeflag = '\0'}),
         .dump = "a directory 644 0:0 0\n"},
        {.name = "SizeOfADirectoryIsNotData",
         .archive = Raw({.name = "a/", .typeflag = '5', .size = "1000"}) +
                    Raw({.name = "b"}),
         .dump = "a directory 644 0:0 0\nb file 644 0:0 0 []\n"},
        {.name = "SpacesAroundNumbers",
         .archive = Raw({.name = "a", .uid = "   12 "}),
         .dump = "a file 644 10:0 0 []\n"},
        {.name = "Base256",
         .archive = Raw({.name = "a",
                         .uid = Base256(8, 4294967294),
                         .mtime = Base256(12, -5)}),
         .dump = "a file 644 4294967294:0 -5 []\n"},
        {.name = "PathIsNotJudged",
         .archive = Raw({.name = "/../a//b"}),
         .dump = "/../a//b file 644 0:0 0 []\n"},
        {.name = "PaxTimeBeforeTheEpoch",
         .archive = Pax(PaxRecord("mtime", "-1.25")) + Raw({.name = "a"}),
         .dump = "a file 644 0:0 -2.750000000 []\n"},
        {.name = "PaxTimeFinerThanNanoseconds",
         .archive = Pax(PaxRecord("mtime", "1.0000000019")) +
                    Raw({.name = "a"}),
         .dump = "a file 644 0:0 1.000000001 []\n"},
        {.name = "XattrWithAnyBytes",
         .archive = Pax(PaxRecord("SCHILY.xattr.security.capability",
                                  absl::string_view("=\0\n", 3))) +
                    Raw({.name = "a"}),
         .dump = "a file 644 0:0 0 security.capability==\\000\\n []\n"},
        {.name = "GlobalRecordsAreIgnored",
         .archive = Pax(PaxRecord("path", "p") + PaxRecord("linkpath", "l") +
                            PaxRecord("uid", "7") + PaxRecord("gid", "7") +
                            PaxRecord("mtime", "7") +
                            PaxRecord("SCHILY.xattr.user.x", "7"),
                        'g') +
                    Raw({.name = "a", .size = "2", .data = "hi"}) +
                    Raw({.name = "b", .typeflag = '2', .link = "a"}),
         .dump = "a file 644 0:0 0 [hi]\nb symlink 644 0:0 0 -> a\n"},
        {.name = "GlobalSizeIsIgnored",
         .archive = Pax(PaxRecord("size", "512"), 'g') + Raw({.name = "a"}) +
                    Raw({.name = "b"}),
         .dump = "a file 644 0:0 0 []\nb file 644 0:0 0 []\n"},
        {.name = "GlobalSparseRecordsAreIgnored",
         .archive = Pax(PaxRecord("GNU.sparse.major", "1") +
                            PaxRecord("GNU.sparse.name", "n"),
                        'g') +
                    Raw({.name = "a"}),
         .dump = "a file 644 0:0 0 []\n"},
        {.name = "LargestOwner",
         .archive = Pax(PaxRecord("uid", "4294967294") +
                        PaxRecord("gid", "4294967294")) +
                    Raw({.name = "a"}),
         .dump = "a file 644 4294967294:4294967294 0 []\n"},
        {.name = "PaxOverGnuName",
         .archive =
             Raw({.name = "L", .typeflag = 'L', .size = "2", .data = "l"}) +
             Pax(PaxRecord("path", "p")) + Raw({.name = "a"}),
         .dump = "p file 644 0:0 0 []\n"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(LooksLikeTar, NeedsAHeaderWithItsChecksum) {
  EXPECT_TRUE(LooksLikeTar(Raw({.name = "a"})));
  EXPECT_FALSE(LooksLikeTar(Raw({.name = "a"}).substr(0, 511)));
  EXPECT_FALSE(LooksLikeTar(std::string(512, '\0')));
  EXPECT_FALSE(LooksLikeTar(std::string(512, 'a')));
}

TEST(LooksLikeTar, SumsTheBytesUnsignedOrSigned) {
  std::string block(kTarBlockSize, '\0');
  for (size_t i = 0; i < block.size(); ++i) {
    block[i] = static_cast<char>(255 - i % 97);
  }
  int64_t sum = 0;
  int64_t signed_sum = 0;
  block.replace(kTarChecksum.offset, kTarChecksum.size, 8, ' ');
  for (const char byte : block) {
    sum += static_cast<unsigned char>(byte);
    signed_sum += static_cast<signed char>(byte);
  }
  ASSERT_LT(signed_sum, 0);
  PutTarNumber(kTarChecksum, sum, absl::MakeSpan(block));
  EXPECT_TRUE(LooksLikeTar(block));
  PutTarNumber(kTarChecksum, sum + 1, absl::MakeSpan(block));
  EXPECT_FALSE(LooksLikeTar(block));
  for (size_t i = 1; i < block.size(); i += 2) block[i] = 'a';
  block.replace(kTarChecksum.offset, kTarChecksum.size, 8, ' ');
  signed_sum = 0;
  for (const char byte : block) signed_sum += static_cast<signed char>(byte);
  ASSERT_GT(signed_sum, 0);
  PutTarNumber(kTarChecksum, signed_sum, absl::MakeSpan(block));
  EXPECT_TRUE(LooksLikeTar(block));
}

}  // namespace
}  // namespace rules_dockerfile
