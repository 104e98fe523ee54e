#include "lib/apt/dpkg_database.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/apt/control.h"
#include "lib/apt/deb_package.h"
#include "lib/testing/golden.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

DebPackage Package(const std::string& name) {
  DebPackage package;
  package.control.fields = {
      {"Package", name}, {"Version", "1.0"}, {"Architecture", "amd64"}};
  return package;
}

std::string Dump(const std::vector<DatabaseFile>& files) {
  std::string dump;
  for (const DatabaseFile& file : files) {
    absl::StrAppendFormat(&dump, "== %s %04o\n%s", file.path, file.mode,
                          file.contents);
  }
  return dump;
}

TEST(DpkgDatabase, IsThatOfUnpackedPackages) {
  DebPackage hello = Package("hello");
  hello.control.fields.push_back(
      {"Description", "greets\n In many ways.\n .\n Politely."});
  hello.control_files = {
      {"conffiles", {0644, "/etc/hello\n"}},
      {"postinst", {0755, "#!/bin/sh\n"}},
      {"triggers",
       {0644,
        "# Paths and names\n"
        "interest-noawait /usr/share/greetings\n"
        "interest-await greeting  # comment\n"
        "activate-noawait ldconfig\n"}},
  };
  DebPackage library = Package("libhello1");
  library.control.fields.push_back({"Multi-Arch", "same"});
  library.control_files = {{"triggers", {0644, "interest greeting\n"}}};

  const auto files = DpkgDatabase({
      {.package = &library, .paths = {"/.", "/usr", "/usr/lib"}},
      {.package = &hello,
       .paths = {"/.", "/etc", "/etc/hello"},
       .conffile_md5 = {{"/etc/hello", "0123456789abcdef0123456789abcdef"}}},
  });
  ASSERT_THAT(files.status(), IsOk());
  EXPECT_TRUE(
      MatchesGolden("lib/apt/testdata/dpkg_database.golden", Dump(*files)));
}

TEST(DpkgDatabase, RefusesAPackageTwice) {
  const DebPackage hello = Package("hello");
  EXPECT_THAT(DpkgDatabase({{.package = &hello}, {.package = &hello}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "package \"hello\" is given twice"));
}

struct BadTriggerCase {
  const char* name;
  const char* triggers;
  const char* error;
};

class BadTrigger : public testing::TestWithParam<BadTriggerCase> {};

TEST_P(BadTrigger, IsRefused) {
  DebPackage hello = Package("hello");
  hello.control_files = {{"triggers", {0644, GetParam().triggers}}};
  EXPECT_THAT(DpkgDatabase({{.package = &hello}}),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    DpkgDatabase, BadTrigger,
    testing::Values(
        BadTriggerCase{"NoName", "interest\n",
                       "package \"hello\": trigger \"interest\": expected "
                       "\"interest NAME\" or \"activate NAME\""},
        BadTriggerCase{"UnknownDirective", "watch x\n",
                       "package \"hello\": trigger \"watch x\": expected "
                       "\"interest NAME\" or \"activate NAME\""},
        BadTriggerCase{
            "NameIsAPath", "interest ../../etc/passwd\n",
            "package \"hello\": trigger \"interest ../../etc/passwd\": "
            "expected \"interest NAME\" or \"activate NAME\""},
        BadTriggerCase{"NameOfAnotherDatabaseFile", "interest File\n",
                       "package \"hello\": trigger \"interest File\": expected "
                       "\"interest NAME\" or \"activate NAME\""}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
