#include "lib/sandbox/supervisor/posix_acl.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct Entry {
  unsigned char tag;
  unsigned char permissions;
  unsigned id;
};

constexpr unsigned kNoId = ~0u;

std::string Acl(const std::vector<Entry>& entries) {
  std::string acl("\x02\0\0\0", 4);
  for (const Entry& entry : entries) {
    for (const unsigned byte :
         {unsigned{entry.tag}, 0u, unsigned{entry.permissions}, 0u,
          entry.id & 0xff, entry.id >> 8 & 0xff, entry.id >> 16 & 0xff,
          entry.id >> 24}) {
      acl.push_back(static_cast<char>(byte));
    }
  }
  return acl;
}

TEST(PosixAcl, LosesTheEntriesOfOtherIdsAndKeepsTheMask) {
  EXPECT_EQ(WithoutOtherIds(Acl({{1, 6, kNoId},
                                 {2, 7, 0},
                                 {2, 7, 1000},
                                 {4, 4, kNoId},
                                 {8, 5, 4},
                                 {0x10, 7, kNoId},
                                 {0x20, 4, kNoId}})),
            Acl({{1, 6, kNoId},
                 {2, 7, 0},
                 {4, 4, kNoId},
                 {0x10, 7, kNoId},
                 {0x20, 4, kNoId}}));
}

TEST(PosixAcl, IsTheKernelsIfThereAreNone) {
  EXPECT_EQ(WithoutOtherIds(Acl({{1, 6, kNoId}, {4, 4, kNoId}})), std::nullopt);
  EXPECT_EQ(WithoutOtherIds(Acl({})), std::nullopt);
}

TEST(PosixAcl, IsTheKernelsIfItIsNotValid) {
  const std::string acl = Acl({{2, 7, 1000}, {0x10, 7, kNoId}});
  EXPECT_TRUE(WithoutOtherIds(acl).has_value());
  EXPECT_EQ(WithoutOtherIds(absl::StrCat(acl, "x")), std::nullopt);
  EXPECT_EQ(WithoutOtherIds(absl::StrCat("\x03", acl.substr(1))), std::nullopt);
  EXPECT_EQ(WithoutOtherIds(Acl({{2, 7, 1000}})), std::nullopt);
  EXPECT_EQ(WithoutOtherIds(""), std::nullopt);
}

TEST(PosixAcl, HasTwoNames) {
  EXPECT_TRUE(IsPosixAcl("system.posix_acl_access"));
  EXPECT_TRUE(IsPosixAcl("system.posix_acl_default"));
  EXPECT_FALSE(IsPosixAcl("security.capability"));
}

}  // namespace
}  // namespace rules_dockerfile
