#include "lib/apt/apt_lock.h"

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

constexpr char kHash[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(ParseLockedPackages, SortsByNameAndNamesTheArchives) {
  EXPECT_THAT(ParseLockedPackages("Package: zlib1g\n"
                                  "Version: 1:1.2.13.dfsg-1\n"
                                  "Architecture: amd64\n"
                                  "Filename: pool/main/z/zlib/zlib1g.deb\n"
                                  "Size: 86676\n"
                                  "SHA256: 01\n"
                                  "Description: compression\n"
                                  " In a library.\n"
                                  "\n"
                                  "Package: apt\n"
                                  "Version: 2.6.2\n"
                                  "Architecture: amd64\n"
                                  "Filename: pool/updates/main/a/apt/apt.deb\n"
                                  "Size: 10\n"
                                  "SHA256: 02\n"
                                  "\n"
                                  "Package: apt\n"
                                  "Version: 2.6.1\n"
                                  "Architecture: amd64\n"
                                  "Filename: pool/main/a/apt/apt.deb\n"
                                  "Size: 11\n"
                                  "SHA256: 03\n"),
              IsOkAndHolds(ElementsAre(
                  LockedPackage{"apt", "2.6.2", "amd64", "debian-security",
                                "pool/updates/main/a/apt/apt.deb", "02", 10},
                  LockedPackage{"zlib1g", "1:1.2.13.dfsg-1", "amd64", "debian",
                                "pool/main/z/zlib/zlib1g.deb", "01", 86676})));
}

TEST(ParseLockedPackages, NamesThePackageAndTheFieldInErrors) {
  EXPECT_THAT(ParseLockedPackages("Package: apt\nVersion: 2\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "package \"apt\": no field Architecture"));
  EXPECT_THAT(ParseLockedPackages("Package: a\nVersion: 2\nArchitecture: all\n"
                                  "Filename: a\nSHA256: 0\nSize: big\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "package \"a\": size \"big\": expected a number"));
  EXPECT_THAT(ParseLockedPackages("Package: a\nVersion: 2\nArchitecture: all\n"
                                  "Filename: a\nSHA256: 0\nSize: -1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "package \"a\": size \"-1\": expected a number"));
}

TEST(AptLockToJson, WritesOneFactALine) {
  EXPECT_EQ(AptLockToJson({.suite = "bookworm",
                           .architecture = "amd64",
                           .date = 1783764997,
                           .packages = {{"apt", "2.6.2", "amd64", "debian",
                                         "pool/apt.deb", kHash, 10}}}),
            R"({
  "version": 1,
  "suite": "bookworm",
  "architecture": "amd64",
  "date": 1783764997,
  "packages": [
    {
      "name": "apt",
      "version": "2.6.2",
      "architecture": "amd64",
      "archive": "debian",
      "path": "pool/apt.deb",
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "size": 10
    }
  ]
}
)");
}

TEST(AptLockToJson, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(AptLockToJson({.suite = "a\xff"}),
            R"({
  "version": 1,
  "suite": "a�",
  "architecture": "",
  "date": 0,
  "packages": []
}
)");
}

}  // namespace
}  // namespace rules_dockerfile
