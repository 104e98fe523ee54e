#include "lib/tar/reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// One line per member: `path type mode uid:gid mtime [-> target] [data]`.
absl::StatusOr<std::string> DumpTar(absl::string_view archive) {
  TarReader reader(archive);
  std::string dump;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) return dump;
    const TarEntry& entry = member->entry;
    absl::StrAppendFormat(&dump, "%s %s %o %d:%d %d", entry.path,
                          TarEntryTypeName(entry.type), entry.mode, entry.uid,
                          entry.gid, entry.mtime);
    if (entry.mtime_nanos != 0) {
      absl::StrAppendFormat(&dump, ".%09d", entry.mtime_nanos);
    }
    if (!entry.link_target.empty()) {
      absl::StrAppend(&dump, " -> ", entry.link_target);
    }
    if (entry.type == TarEntryType::kCharDevice ||
        entry.type == TarEntryType::kBlockDevice) {
      absl::StrAppend(&dump, " ", entry.device_major, ":", entry.device_minor);
    }
    for (const auto& [name, value] : entry.xattrs) {
      absl::StrAppend(&dump, " ", name, "=", absl::CEscape(value));
    }
    if (entry.type == TarEntryType::kFile) {
      absl::StrAppend(&dump, " [", member->data, "]");
      EXPECT_EQ(archive.substr(member->offset, entry.size), member->data);
    }
    dump.push_back('\n');
  }
}

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

// A member by hand: a header block with what matters, and data.
struct RawMember {
  std::string name;
  char typeflag = '0';
  std::string size = "0";  // the field's bytes
  std::string data;
  std::string uid = "0";
  std::string mtime = "0";
  std::string link;
};

std::string Raw(const RawMember& member) {
  std::string block(kTarBlockSize, '\0');
  const auto put = [&](TarField field, const std::string& text) {
    block.replace(field.offset, text.size(), text);
  };
  put(kTarName, member.name);
  put(kTarMode, "0000644");
  put(kTarUid, member.uid);
  put(kTarSize, member.size);
  put(kTarMtime, member.mtime);
  put(kTarTypeflag, std::string(1, member.typeflag));
  put(kTarLinkName, member.link);
  put(kTarMagic, std::string(kUstarMagic));
  PutTarChecksum(absl::MakeSpan(block));
  std::string padded = member.data;
  padded.resize(TarPadded(static_cast<int64_t>(padded.size())));
  return block + padded;
}

// A PAX header of the type with the records as data.
std::string Pax(const std::string& records, char typeflag = 'x') {
  return Raw({.name = "pax",
              .typeflag = typeflag,
              .size = absl::StrFormat("%o", records.size()),
              .data = records});
}

std::string Base256(size_t size, int64_t number) {
  std::string text(size, number < 0 ? '\xff' : '\0');
  for (size_t i = size; i-- > size - 8; number >>= 8) {
    text[i] = static_cast<char>(number & 0xff);
  }
  text[0] = static_cast<char>(text[0] | 0x80);
  return text;
}

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

struct HostileCase {
  const char* name;
  std::string archive;
  std::string error;
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

class TarReaderHostileTest : public testing::TestWithParam<HostileCase> {};

TEST_P(TarReaderHostileTest, Refuses) {
  EXPECT_THAT(DumpTar(GetParam().archive),
              StatusIs(GetParam().code, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    TarReader, TarReaderHostileTest,
    testing::ValuesIn<HostileCase>({
        {.name = "ShortHeader",
         .archive = Raw({.name = "a"}).substr(0, 511),
         .error = "tar member at byte 0: unexpected end of archive"},
        {.name = "NotATar",
         .archive = std::string(512, 'x'),
         .error = "tar member at byte 0: header checksum does not match"},
        {.name = "DataBeyondTheEnd",
         .archive = Raw({.name = "a"}) +
                    Raw({.name = "b", .size = "1001", .data = "x"}),
         .error = "tar member \"b\" at byte 512: unexpected end of archive"},
        {.name = "NegativeSize",
         .archive = Raw({.name = "a", .size = Base256(12, -512)}),
         .error = "tar member \"a\" at byte 0: size -512 is negative"},
        {.name = "SizeNearTheTopOfInt64",
         .archive = Raw({.name = "a", .size = Base256(12, INT64_MAX)}),
         .error = "tar member \"a\" at byte 0: unexpected end of archive"},
        {.name = "SizeOver64Bits",
         .archive = Raw({.name = "a",
                         .size = std::string("\x80\0\0\x01\0\0\0\0\0\0\0\0",
                                             12)}),
         .error = "tar member \"a\" at byte 0: number out of range"},
        {.name = "SizeOverInt64ByOneBit",
         .archive = Raw({.name = "a",
                         .size = std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0",
                                             12)}),
         .error = "tar member \"a\" at byte 0: number out of range"},
        {.name = "SizeNotANumber",
         .archive = Raw({.name = "a", .size = "9"}),
         .error = "tar member \"a\" at byte 0: number \"9\": expected octal or "
                  "base-256"},
        {.name = "NegativeUid",
         .archive = Raw({.name = "a", .uid = Base256(8, -1)}),
         .error = "tar member \"a\" at byte 0: uids and gids must be in range "
                  "0-4294967294"},
        {.name = "UidThatLeavesTheOwner",
         .archive = Raw({.name = "a", .uid = Base256(8, 4294967295)}),
         .error = "tar member \"a\" at byte 0: uids and gids must be in range "
                  "0-4294967294"},
        {.name = "UidThatIsZeroIn32Bits",
         .archive = Raw({.name = "a", .uid = Base256(8, 4294967296)}),
         .error = "tar member \"a\" at byte 0: uids and gids must be in range "
                  "0-4294967294"},
        {.name = "NegativePaxUid",
         .archive = Pax(PaxRecord("uid", "-1")) + Raw({.name = "a"}),
         .error =
             "tar member \"a\" at byte 1024: uids and gids must be in range "
             "0-4294967294"},
        {.name = "PaxGidThatIsZeroIn32Bits",
         .archive = Pax(PaxRecord("gid", "4294967296")) + Raw({.name = "a"}),
         .error =
             "tar member \"a\" at byte 1024: uids and gids must be in range "
             "0-4294967294"},
        {.name = "PaxGidBeyond64Bits",
         .archive = Pax(PaxRecord("gid", "18446744073709551616")) +
                    Raw({.name = "a"}),
         .error =
             "tar member \"a\" at byte 1024: uids and gids must be in range "
             "0-4294967294"},
        {.name = "PaxUidNotANumber",
         .archive = Pax(PaxRecord("uid", "root")) + Raw({.name = "a"}),
         .error = "tar member \"a\" at byte 1024: number \"root\": expected "
                  "decimal digits"},
        {.name = "MalformedGlobalRecord",
         .archive = Pax("5 =a\n", 'g') + Raw({.name = "a"}),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"5 "
                  "=a\\n\""},
        {.name = "HugeGlobalHeader",
         .archive = Raw({.name = "g", .typeflag = 'g', .size = "4000001"}),
         .error = "tar member \"g\" at byte 0: extended header is too large"},
        {.name = "NoLinkTarget",
         .archive = Raw({.name = "a", .typeflag = '2'}),
         .error = "tar member \"a\" at byte 0: link without a target"},
        {.name = "UnknownType",
         .archive = Raw({.name = "a", .typeflag = 'V'}),
         .error = "tar member \"a\" at byte 0: unknown type \"V\""},
        {.name = "ExtendedHeaderAtTheEnd",
         .archive = Pax(PaxRecord("uid", "1")) + std::string(1024, '\0'),
         .error = "tar member at byte 1024: unexpected end of archive"},
        {.name = "HugeExtendedHeader",
         .archive = Raw({.name = "x", .typeflag = 'x', .size = "77777777"}),
         .error = "tar member \"x\" at byte 0: extended header is too large"},
        {.name = "PaxLengthBeyondTheHeader",
         .archive = Pax("99 path=a\n"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"99 "
                  "path=a\\n\""},
        {.name = "PaxLengthOverflows",
         .archive = Pax("99999999999999999999 path=a\n"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record "
                  "\"99999999999999999999 path=a\\n\""},
        {.name = "PaxLengthTooSmall",
         .archive = Pax("2 path=a\n"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"2 "
                  "path=a\\n\""},
        {.name = "PaxLengthWithASign",
         .archive = Pax("+9 path=a\n"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"+9 "
                  "path=a\\n\""},
        {.name = "PaxWithoutKeyword",
         .archive = Pax("5 =a\n"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"5 "
                  "=a\\n\""},
        {.name = "PaxWithoutNewline",
         .archive = Pax("9 path=ab"),
         .error = "tar member \"pax\" at byte 0: malformed PAX record \"9 "
                  "path=ab\""},
        {.name = "NulInPaxPath",
         .archive = Pax(PaxRecord("path", absl::string_view("a\0b", 3))),
         .error = "tar member \"pax\" at byte 0: NUL in PAX record \"path\""},
        {.name = "NegativePaxSize",
         .archive = Pax(PaxRecord("size", "-1")) + Raw({.name = "a"}),
         .error = "tar member \"a\" at byte 1024: number \"-1\": expected "
                  "decimal digits"},
        {.name = "PaxSizeBeyondTheEnd",
         .archive = Pax(PaxRecord("size", "9223372036854775807")) +
                    Raw({.name = "a"}),
         .error = "tar member \"a\" at byte 1024: unexpected end of archive"},
        {.name = "PaxTimeNotANumber",
         .archive = Pax(PaxRecord("mtime", "1e9")) + Raw({.name = "a"}),
         .error = "tar member \"a\" at byte 1024: time \"1e9\": expected "
                  "seconds with an optional fraction"},
        {.name = "GnuSparse",
         .archive = Raw({.name = "a", .typeflag = 'S'}),
         .error = "tar member \"a\" at byte 0: sparse files are not supported",
         .code = absl::StatusCode::kUnimplemented},
    }),
    [](const auto& info) { return info.param.name; });

TEST(TarReader, RefusesSparseArchivesOfGnuTar) {
  for (const char* name : {"gnu_sparse", "pax_sparse"}) {
    const absl::StatusOr<std::string> archive =
        ReadFile(absl::StrCat("lib/tar/testdata/", name, ".tar"));
    ASSERT_THAT(archive, absl_testing::IsOk());
    EXPECT_THAT(DumpTar(*archive),
                StatusIs(absl::StatusCode::kUnimplemented,
                         testing::HasSubstr("sparse files are not supported")));
  }
}

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
