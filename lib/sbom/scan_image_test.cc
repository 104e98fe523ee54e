#include "lib/sbom/scan_image.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sbom_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

std::string Scanned(const TestLayers& layers, const ScanLimits& limits = {}) {
  const absl::StatusOr<Inventory> inventory =
      ScanImage(layers.layers(), limits);
  if (!inventory.ok()) return std::string(inventory.status().message());
  return DumpInventory(*inventory);
}

// Entries of dpkg's status: "a=1 b=2".
std::string Status(std::initializer_list<const char*> packages) {
  std::string text;
  for (const absl::string_view package : packages) {
    const size_t equals = package.find('=');
    absl::StrAppend(&text, "Package: ", package.substr(0, equals),
                    "\nStatus: install ok installed\nArchitecture: "
                    "amd64\nVersion: ",
                    package.substr(equals + 1), "\n\n");
  }
  return text;
}

TEST(ScanImage, AttributesAPackageToTheLayerThatBroughtItsVersion) {
  TestLayers layers;
  layers.Add({{"var/lib/dpkg/status", Status({"a=1", "b=1", "c=1", "d=1"})}});
  layers.Add({{"etc/x", "no database"}});
  layers.Add({{"var/lib/dpkg/status", Status({"a=1", "b=2", "d=1", "e=1"})}});
  layers.Add({{"var/lib/dpkg/status", Status({"a=1", "b=2", "e=1"})}});
  layers.Add({{"var/lib/dpkg/status", Status({"a=1", "b=2", "d=1", "e=1"})}});
  EXPECT_EQ(
      Scanned(layers),
      "deb a 1 [] layer=0 var/lib/dpkg/status pkg:deb/debian/a@1?arch=amd64\n"
      "deb b 2 [] layer=2 var/lib/dpkg/status pkg:deb/debian/b@2?arch=amd64\n"
      "deb d 1 [] layer=4 var/lib/dpkg/status pkg:deb/debian/d@1?arch=amd64\n"
      "deb e 1 [] layer=2 var/lib/dpkg/status "
      "pkg:deb/debian/e@1?arch=amd64\n");
}

TEST(ScanImage, SeesWhatIsDeletedAndWhatComesBack) {
  TestLayers layers;
  layers.Add({{"lib/apk/db/installed", "P:a\nV:1\n"},
              {"app/node_modules/x/package.json",
               "{\"name\":\"x\",\"version\":\"1\"}"}});
  layers.Add({{"lib/apk/db/.wh.installed", ""}, {"app/.wh.node_modules", ""}});
  EXPECT_EQ(Scanned(layers), "");
  layers.Add({{"lib/apk/db/installed", "P:a\nV:1\n"}});
  EXPECT_EQ(Scanned(layers),
            "apk a 1 [] layer=2 lib/apk/db/installed pkg:apk/alpine/a@1\n");
}

TEST(ScanImage, AddsFilesLicencesAndTheDistribution) {
  TestLayers layers;
  layers.Add({
      {"etc/os-release -> ../usr/lib/os-release", ""},
      {"usr/lib/os-release",
       "# x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"
       "VERSION_ID='12'\n"},
      {"bin -> usr/bin", ""},
      {"usr/bin/a*", "#!/bin/sh\n"},
      {"usr/share/doc/a -> libb1", ""},
      {"usr/share/doc/libb1/copyright",
       "Format: x\n\nLicense: GPL-2+ and BSD-x\n"},
      {"var/lib/dpkg -> /srv/dpkg", ""},
      {"srv/dpkg/status", Status({"a=1:2+b", "libb1=3"})},
      {"srv/dpkg/info/a.list", "/.\n/bin\n/bin/a\n/usr/bin/a\n/gone\n"},
      {"srv/dpkg/info/libb1:amd64.list", "/usr/share/doc/libb1/copyright\n"},
  });
  EXPECT_EQ(Scanned(layers),
            "deb a 1:2+b [GPL-2.0-or-later, LicenseRef-BSD-x] layer=0 "
            "srv/dpkg/status files=1 size=10 "
            "pkg:deb/debian/a@1:2%2Bb?arch=amd64&distro=debian-12\n"
            "deb libb1 3 [GPL-2.0-or-later, LicenseRef-BSD-x] layer=0 "
            "srv/dpkg/status files=1 size=37 "
            "pkg:deb/debian/libb1@3?arch=amd64&distro=debian-12\n"
            "LicenseRef-BSD-x: BSD-x\n");
}

TEST(ScanImage, FindsPackagesOfLanguages) {
  TestLayers layers;
  layers.Add({
      {"usr/bin/server*", TestFile("go_inline.elf")},
      {"usr/lib/data", TestFile("rust_audit.elf")},
      {"usr/bin/tool*", TestFile("rust_audit.elf")},
      {"opt/app.JAR", TestFile("app.jar")},
      {"py/Foo_bar-1.dist-info/METADATA",
       "Name: Foo_bar\nVersion: 1\nLicense: MIT\n"},
      {"py/Foo_bar-1.dist-info/RECORD",
       "foo.py,sha256=x,1\n\"a,b\"\"c.py\",,\n../usr/bin/tool,,\n"
       "../../../../etc/passwd,,\n"},
      {"py/foo.py", "pass\n"},
      {"py/a,b\"c.py", "x"},
      {"py/old.egg-info", "Name: old\nVersion: 2\n"},
      {"py/installed-files.txt", "foo.py\n"},
      {"py/egg.egg-info/PKG-INFO", "Name: egg\nVersion: 3\n"},
      {"py/egg.egg-info/installed-files.txt", "../foo.py\nPKG-INFO\n"},
      {"js/node_modules/@s/p/package.json",
       "{\"name\":\"@s/p\",\"version\":\"1\"}"},
      {"js/node_modules/@s/p/lib/x.js", "x"},
      {"js/node_modules/@s/p/node_modules/q/package.json",
       "{\"name\":\"q\",\"version\":\"2\"}"},
      {"js/node_modules/@s/p/z.js", "zz"},
      {"js/package.json", "{\"name\":\"not\",\"version\":\"1\"}"},
      {"js/node_modules/bad/package.json", "{"},
  });
  EXPECT_EQ(
      Scanned(layers),
      "cargo serde 1.0.188 [] layer=0 usr/bin/tool pkg:cargo/serde@1.0.188\n"
      "cargo tool 0.3.0 [] layer=0 usr/bin/tool files=1 size=480 "
      "pkg:cargo/tool@0.3.0\n"
      "golang example.com/local v1.0.0 [] layer=0 usr/bin/server "
      "pkg:golang/example.com/local@v1.0.0\n"
      "golang example.com/server v1.2.3 [] layer=0 usr/bin/server files=1 "
      "size=752 pkg:golang/example.com/server@v1.2.3\n"
      "golang github.com/Masterminds/semver/v3 v3.2.1 [] layer=0 "
      "usr/bin/server pkg:golang/github.com/masterminds/semver/v3@v3.2.1\n"
      "golang github.com/fork/net v0.9.0 [] layer=0 usr/bin/server "
      "pkg:golang/github.com/fork/net@v0.9.0\n"
      "golang stdlib 1.22.1 [] layer=0 usr/bin/server "
      "pkg:golang/stdlib@1.22.1\n"
      "maven com.example:app 1.0 [] layer=0 opt/app.JAR "
      "pkg:maven/com.example/app@1.0\n"
      "maven org.slf4j:slf4j-api 2.0.9 [Apache-2.0] layer=0 opt/app.JAR "
      "pkg:maven/org.slf4j/slf4j-api@2.0.9\n"
      "maven plain 3.1 [] layer=0 opt/app.JAR \n"
      "npm @s/p 1 [] layer=0 js/node_modules/@s/p/package.json files=3 "
      "size=32 pkg:npm/%40s/p@1\n"
      "npm q 2 [] layer=0 js/node_modules/@s/p/node_modules/q/package.json "
      "files=1 size=26 pkg:npm/q@2\n"
      "pypi Foo_bar 1 [MIT] layer=0 py/Foo_bar-1.dist-info/METADATA files=3 "
      "size=486 pkg:pypi/foo-bar@1\n"
      "pypi egg 3 [] layer=0 py/egg.egg-info/PKG-INFO files=2 size=26 "
      "pkg:pypi/egg@3\n"
      "pypi old 2 [] layer=0 py/old.egg-info pkg:pypi/old@2\n"
      "note: \"js/node_modules/bad/package.json\": malformed JSON at line 1, "
      "column 2: syntax error while parsing object key - unexpected end of "
      "input; expected string literal\n");
}

TEST(ScanImage, ReadsDistroless) {
  TestLayers layers;
  layers.Add({{"var/lib/dpkg/status.d/tzdata",
               "Package: tzdata\nVersion: 1\nArchitecture: all\n"},
              {"var/lib/dpkg/status.d/tzdata.md5sums",
               "0123  usr/share/zoneinfo/UTC\nbad\n"},
              {"usr/share/zoneinfo/UTC", "UTC0"}});
  layers.Add({{"var/lib/dpkg/status.d/base", "Package: base\nVersion: 2\n"}});
  EXPECT_EQ(Scanned(layers),
            "deb base 2 [] layer=1 var/lib/dpkg/status.d/base "
            "pkg:deb/debian/base@2\n"
            "deb tzdata 1 [] layer=0 var/lib/dpkg/status.d/tzdata files=1 "
            "size=4 pkg:deb/debian/tzdata@1?arch=all\n");
}

TEST(ScanImage, ReadsRpmDatabases) {
  TestLayers layers;
  layers.Add({{"etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"9.4\"\n"},
              {"var/lib/rpm -> ../../usr/lib/sysimage/rpm", ""},
              {"usr/lib/sysimage/rpm/rpmdb.sqlite", TestFile("rpmdb.sqlite")},
              {"usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "x"},
              {"usr/lib/sysimage/rpm/Packages", "x"},
              {"usr/share/tree/leaf", "leaf"}});
  EXPECT_EQ(
      Scanned(layers),
      "rpm tree 1:2.1-3 [GPL-2.0-or-later, MIT] layer=0 "
      "usr/lib/sysimage/rpm/rpmdb.sqlite files=1 size=4 "
      "pkg:rpm/redhat/tree@2.1-3?arch=noarch&distro=rhel-9.4&epoch=1&"
      "upstream=forest\n"
      "note: \"usr/lib/sysimage/rpm/Packages\": rpm's database in Berkeley DB "
      "is not supported\n"
      "note: \"usr/lib/sysimage/rpm/rpmdb.sqlite-wal\": changes that are not "
      "in the database yet are not read\n");
}

TEST(ScanImage, FollowsNoLinkOutOfTheImage) {
  TestLayers layers;
  layers.Add({{"var/lib/dpkg/status -> ../../../../../../etc/passwd", ""},
              {"lib/apk/db/installed -> installed", ""},
              {"usr/lib/apk/db -> /proc/self/root", ""},
              {"etc/passwd", Status({"inside=1"})}});
  EXPECT_EQ(Scanned(layers),
            "deb inside 1 [] layer=0 etc/passwd "
            "pkg:deb/debian/inside@1?arch=amd64\n");
}

TEST(ScanImage, ReadsFewOfTheNamesOfAFile) {
  TestLayers layers;
  layers.Add({{"a/1.egg-info", "Name: a\nVersion: 1\n"},
              {"a/2.egg-info => a/1.egg-info", ""},
              {"a/3.egg-info => a/1.egg-info", ""},
              {"a/4.egg-info => a/1.egg-info", ""},
              {"b/1.egg-info", "Name: b\nVersion: 1\n"},
              {"b/2.egg-info", "Name: b\nVersion: 1\n"},
              {"b/3.egg-info", "Name: b\nVersion: 1\n"}});
  EXPECT_EQ(Scanned(layers, {.names = 2}),
            "pypi a 1 [] layer=0 a/1.egg-info pkg:pypi/a@1\n"
            "pypi a 1 [] layer=0 a/2.egg-info pkg:pypi/a@1\n"
            "pypi b 1 [] layer=0 b/1.egg-info pkg:pypi/b@1\n"
            "pypi b 1 [] layer=0 b/2.egg-info pkg:pypi/b@1\n"
            "pypi b 1 [] layer=0 b/3.egg-info pkg:pypi/b@1\n"
            "note: \"a/3.egg-info\": more than 2 names of a file, further ones "
            "are not read\n");
}

TEST(ScanImage, ReadsFewOfTheNamesThatAFileHadOnce) {
  TestLayers layers;
  layers.Add({{"a/1.egg-info", "Name: a\nVersion: 1\n"},
              {"a/2.egg-info => a/1.egg-info", ""}});
  layers.Add({{"a/1.egg-info", "Name: a\nVersion: 1\nX: 1\n"},
              {"a/2.egg-info", "Name: a\nVersion: 1\nX: 2\n"}});
  EXPECT_EQ(Scanned(layers, {.names = 1}),
            "pypi a 1 [] layer=0 a/1.egg-info pkg:pypi/a@1\n"
            "pypi a 1 [] layer=1 a/2.egg-info pkg:pypi/a@1\n"
            "note: \"a/2.egg-info\": more than 1 names of a file, further ones "
            "are not read\n");
}

TEST(ScanImage, ReadsAFileUnder64Names) {
  std::vector<std::pair<std::string, std::string>> files = {
      {"0.egg-info", "Name: a\nVersion: 1\n"}};
  for (int i = 1; i < 65; ++i) {
    files.emplace_back(absl::StrCat(i, ".egg-info => 0.egg-info"), "");
  }
  TestLayers layers;
  layers.Add(files);
  const auto inventory = ScanImage(layers.layers());
  ASSERT_THAT(inventory, IsOk());
  EXPECT_EQ(inventory->packages.size(), 64u);
  EXPECT_THAT(inventory->notes,
              ElementsAre("\"9.egg-info\": more than 64 names of a file, "
                          "further ones are not read"));
}

// Two packages of dpkg that share a copyright file of 26 bytes.
TestLayers TwoPackages() {
  TestLayers layers;
  layers.Add({{"usr/share/doc/b -> a", ""},
              {"usr/share/doc/a/copyright", "Format: x\n\nLicense: GPL-2\n"},
              {"var/lib/dpkg/status", Status({"a=1", "b=1"})},
              {"var/lib/dpkg/info/a.list", "/usr/bin/a\n"},
              {"var/lib/dpkg/info/b.list", "/usr/bin/b\n"},
              {"usr/bin/a*", std::string(100, 'x')},
              {"usr/bin/b*", std::string(100, 'x')}});
  return layers;
}

constexpr char kFirstOfTwo[] =
    "deb a 1 [GPL-2.0-only] layer=0 var/lib/dpkg/status files=1 size=100 "
    "pkg:deb/debian/a@1?arch=amd64\n";

TEST(ScanImage, ReadsDetailsWithinABound) {
  // What is no package's detail does not count.
  EXPECT_EQ(Scanned(TwoPackages(), {.details = 74}),
            absl::StrCat(kFirstOfTwo,
                         "deb b 1 [GPL-2.0-only] layer=0 var/lib/dpkg/status "
                         "files=1 size=100 pkg:deb/debian/b@1?arch=amd64\n"));
  EXPECT_EQ(Scanned(TwoPackages(), {.details = 50}),
            absl::StrCat(kFirstOfTwo,
                         "deb b 1 [] layer=0 var/lib/dpkg/status files=1 "
                         "size=100 pkg:deb/debian/b@1?arch=amd64\n"
                         "note: more than 50 bytes of lists and copyright "
                         "files of packages, further ones are not read\n"));
}

TEST(ScanImage, KeepsPathsWithinABound) {
  EXPECT_EQ(Scanned(TwoPackages(),
                    {.paths = static_cast<int64_t>(sizeof(std::string)) + 9}),
            absl::StrCat(kFirstOfTwo,
                         "deb b 1 [GPL-2.0-only] layer=0 var/lib/dpkg/status "
                         "pkg:deb/debian/b@1?arch=amd64\n"
                         "note: more than ",
                         sizeof(std::string) + 9,
                         " bytes of paths of packages, further ones are left "
                         "out\n"));
}

TEST(ScanImage, KeepsPackagesWithinABound) {
  EXPECT_EQ(Scanned(TwoPackages(), {.texts = 1}),
            absl::StrCat(kFirstOfTwo,
                         "note: more than 1 bytes of packages, further ones "
                         "are left out\n"));
}

TEST(ScanImage, LeavesOutPackagesWithLongNames) {
  const std::string name(4090, 'n');
  TestLayers layers;
  layers.Add({{"lib/apk/db/installed",
               absl::StrCat("P:", name, "\nV:12345\nA:a\n\nP:", name,
                            "\nV:1234\nA:aa\nm:", std::string(2000, 'm'),
                            "\n\nP:", name, "\nV:12345\nA:aa\n")}});
  const auto inventory = ScanImage(layers.layers());
  ASSERT_THAT(inventory, IsOk());
  ASSERT_EQ(inventory->packages.size(), 2u);
  EXPECT_EQ(inventory->packages[0].version, "1234");
  EXPECT_EQ(inventory->packages[0].supplier, std::string(1000, 'm'));
  EXPECT_EQ(inventory->packages[1].version, "12345");
  EXPECT_THAT(inventory->notes,
              ElementsAre("\"lib/apk/db/installed\": more than 4096 bytes of "
                          "name and version, packages left out: 1"));
}

}  // namespace
}  // namespace rules_dockerfile
