#include "lib/apt/deb_package.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/apt/control.h"
#include "lib/apt/package_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kControl[] =
    "Package: hello\n"
    "Version: 1:2.0-1\n"
    "Architecture: amd64\n";

TEST(ReadDebPackage, ReturnsControlFilesAndData) {
  TestMember script = TestFile("./postinst", "#!/bin/sh\n");
  script.entry.mode = 0755;
  const auto package = ReadDebPackage(
      TestDeb(kControl, {TestDirectory("."), script},
              {TestDirectory("."), TestFile("./etc/hello", "hi")}));
  ASSERT_THAT(package.status(), IsOk());
  EXPECT_EQ(package->name(), "hello");
  EXPECT_EQ(package->database_name(), "hello");
  EXPECT_EQ(package->control, (ControlParagraph{{{"Package", "hello"},
                                                 {"Version", "1:2.0-1"},
                                                 {"Architecture", "amd64"}}}));
  EXPECT_THAT(
      package->control_files,
      ElementsAre(Pair("postinst", DebControlFile{0755, "#!/bin/sh\n"})));
  EXPECT_EQ(package->data_tar,
            TestTar({TestDirectory("."), TestFile("./etc/hello", "hi")}));
}

TEST(ReadDebPackage, NamesTheArchitectureOfMultiArchSamePackages) {
  const auto package = ReadDebPackage(
      TestDeb(std::string(kControl) + "Multi-Arch: same\n", {}, {}));
  ASSERT_THAT(package.status(), IsOk());
  EXPECT_EQ(package->database_name(), "hello:amd64");
}

struct BadDebCase {
  const char* name;
  std::string deb;
  absl::StatusCode code;
  const char* error;
};

std::string DebWithControl(const char* control) {
  return TestDeb(control, {}, {});
}

class BadDeb : public testing::TestWithParam<BadDebCase> {};

TEST_P(BadDeb, IsRefused) {
  EXPECT_THAT(ReadDebPackage(GetParam().deb),
              StatusIs(GetParam().code, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    ReadDebPackage, BadDeb,
    testing::Values(
        BadDebCase{"NoArchive", "PK", absl::StatusCode::kInvalidArgument,
                   "not an ar archive: expected \"!<arch>\""},
        BadDebCase{"NoVersionMember", TestAr({{"control.tar", ""}}),
                   absl::StatusCode::kInvalidArgument,
                   "package has no member \"debian-binary\""},
        BadDebCase{"FutureFormat", TestAr({{"debian-binary", "3.0\n"}}),
                   absl::StatusCode::kUnimplemented,
                   "package format \"3.0\": expected 2.0"},
        BadDebCase{"NoControl", TestAr({{"debian-binary", "2.0\n"}}),
                   absl::StatusCode::kInvalidArgument,
                   "package has no member \"control.tar\""},
        BadDebCase{
            "NoData",
            TestAr({{"debian-binary", "2.0\n"},
                    {"control.tar", TestTar({TestFile("control", kControl)})}}),
            absl::StatusCode::kInvalidArgument,
            "package has no member \"data.tar\""},
        BadDebCase{"ControlFileLeavesItsDirectory",
                   TestDeb(kControl, {TestFile("./../evil", "")}, {}),
                   absl::StatusCode::kInvalidArgument,
                   "control.tar: member \"./../evil\": expected a file with a "
                   "plain name"},
        BadDebCase{
            "ControlFileIsALink",
            TestDeb(kControl, {TestSymlink("./list", "/etc/passwd")}, {}),
            absl::StatusCode::kInvalidArgument,
            "control.tar: member \"./list\": expected a file with a plain "
            "name"},
        BadDebCase{
            "EmptyControl", DebWithControl("\n"),
            absl::StatusCode::kInvalidArgument,
            "control.tar: file \"control\": got 0 paragraphs, expected one"},
        BadDebCase{"NameIsAPath",
                   DebWithControl("Package: ../x\nVersion: 1\n"
                                  "Architecture: all\n"),
                   absl::StatusCode::kInvalidArgument,
                   "field Package \"../x\": expected [a-z0-9][a-z0-9+.-]+"},
        BadDebCase{"NoVersion",
                   DebWithControl("Package: hello\nArchitecture: all\n"),
                   absl::StatusCode::kInvalidArgument,
                   "field Version \"\": expected [A-Za-z0-9.+~:-]+"},
        BadDebCase{"ArchitectureIsAPath",
                   DebWithControl("Package: hello\nVersion: 1\n"
                                  "Architecture: a/b\n"),
                   absl::StatusCode::kInvalidArgument,
                   "field Architecture \"a/b\": expected [a-z0-9][a-z0-9-]*"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
