// Malformed tar archives: what the reader refuses.
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"
#include "lib/tar/reader_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

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

}  // namespace
}  // namespace rules_dockerfile
