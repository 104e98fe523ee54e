#include "lib/apt/ar.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A member header as `ar` writes it.
std::string Header(const std::string& name, const std::string& size) {
  std::string header = name;
  header.resize(16, ' ');
  header += "0           0     0     100644  ";
  header += size;
  header.resize(58, ' ');
  return header + "`\n";
}

TEST(ReadArArchive, ReturnsMembersInOrderWithoutPadding) {
  const std::string archive =
      absl::StrCat("!<arch>\n", Header("debian-binary", "4"), "2.0\n",
                   Header("odd/", "3"), "abc\n", Header("last", "1"), "z");
  EXPECT_THAT(
      ReadArArchive(archive),
      IsOkAndHolds(ElementsAre(ArMember{"debian-binary", "2.0\n"},
                               ArMember{"odd", "abc"}, ArMember{"last", "z"})));
}

TEST(ReadArArchive, AcceptsAnArchiveWithoutMembers) {
  EXPECT_THAT(ReadArArchive("!<arch>\n"), IsOkAndHolds(IsEmpty()));
}

struct BadArchiveCase {
  const char* name;
  std::string archive;
  const char* error;
};

class BadArchive : public testing::TestWithParam<BadArchiveCase> {};

TEST_P(BadArchive, IsRefused) {
  EXPECT_THAT(ReadArArchive(GetParam().archive),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    ReadArArchive, BadArchive,
    testing::Values(
        BadArchiveCase{"Empty", "", "not an ar archive: expected \"!<arch>\""},
        BadArchiveCase{"OtherMagic", "!<thin>\n",
                       "not an ar archive: expected \"!<arch>\""},
        BadArchiveCase{"ShortHeader", "!<arch>\nabc",
                       "ar member at byte 8: unexpected end of archive"},
        BadArchiveCase{"NoHeaderMagic", "!<arch>\n" + std::string(60, 'x'),
                       "ar member at byte 8: not a member header"},
        BadArchiveCase{"SizeIsNotANumber", "!<arch>\n" + Header("a", "12x"),
                       "ar member at byte 8: size \"12x\": expected a number"},
        BadArchiveCase{"SizeIsNegative", "!<arch>\n" + Header("a", "-1"),
                       "ar member at byte 8: size \"-1\": expected a number"},
        BadArchiveCase{"SizeIsEmpty", "!<arch>\n" + Header("a", ""),
                       "ar member at byte 8: size \"\": expected a number"},
        BadArchiveCase{"DataEndsEarly",
                       "!<arch>\n" + Header("a", "9999999999") + "abc",
                       "ar member at byte 8: unexpected end of archive"},
        BadArchiveCase{"SecondMemberIsCut",
                       "!<arch>\n" + Header("a", "1") + "x\n" + "y",
                       "ar member at byte 70: unexpected end of archive"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
