#include "lib/sbom/package_readers.h"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sbom_testing.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "deb bash 5.2 amd64 [GPL-3] from bash-src by A: /bin/bash /bin/sh".
std::string Text(const Package& package) {
  std::string text =
      absl::StrCat(package.ecosystem, " ", package.name, " ", package.version);
  if (!package.architecture.empty()) {
    absl::StrAppend(&text, " ", package.architecture);
  }
  if (!package.licenses.empty()) {
    absl::StrAppend(&text, " [", absl::StrJoin(package.licenses, "|"), "]");
  }
  if (!package.source.empty()) absl::StrAppend(&text, " from ", package.source);
  if (!package.supplier.empty()) {
    absl::StrAppend(&text, " by ", package.supplier);
  }
  if (!package.files.empty()) {
    absl::StrAppend(&text, ": ", absl::StrJoin(package.files, " "));
  }
  return text;
}

struct ReaderCase {
  const char* name;
  ReadPackages read;
  std::string data;
  std::string packages;  // a line each, or "error: …"
  std::string path = "usr/x";
};

void PrintTo(const ReaderCase& c, std::ostream* out) { *out << c.name; }

class ReaderTest : public testing::TestWithParam<ReaderCase> {};

TEST_P(ReaderTest, ReadsPackages) {
  const ReaderCase& c = GetParam();
  const auto packages = c.read(c.data, c.path);
  if (!packages.ok()) {
    EXPECT_EQ(absl::StrCat("error: ", packages.status().message()), c.packages);
    return;
  }
  std::vector<std::string> lines;
  for (const Package& package : *packages) lines.push_back(Text(package));
  EXPECT_EQ(absl::StrJoin(lines, "\n"), c.packages);
}

INSTANTIATE_TEST_SUITE_P(
    Dpkg, ReaderTest,
    testing::Values(
        ReaderCase{"Installed", ReadDpkgStatus,
                   "Package: libssl3\nStatus: install ok installed\n"
                   "Maintainer: A <a@b>\nArchitecture: amd64\n"
                   "Source: openssl (3.0-1)\nVersion: 3.0-1+b1\n"
                   "Description: x\n more\n .\n\n"
                   "Package: bash\nStatus: hold ok unpacked\nVersion: 5\n",
                   "deb libssl3 3.0-1+b1 amd64 from openssl@3.0-1 by A <a@b>\n"
                   "deb bash 5"},
        ReaderCase{"NotInstalled", ReadDpkgStatus,
                   "Package: a\nStatus: deinstall ok config-files\nVersion: 1"
                   "\n\nPackage: b\nStatus: purge ok not-installed\n\n"
                   "Package: c\nVersion: 1\n",
                   ""},
        ReaderCase{"OneBadLine", ReadDpkgStatus,
                   "garbage\n: x\n\n\n \nPackage: a\nno colon\nStatus: install "
                   "ok installed\nVersion: 1\nPackage: second\n",
                   "deb a 1"},
        ReaderCase{"NotUtf8AndNul", ReadDpkgStatus,
                   std::string("Package: \xff\0x\nStatus: install ok "
                               "installed\n",
                               44),
                   std::string("deb \xff\0x ", 8)},
        ReaderCase{"Distroless", ReadDpkgStatusFile,
                   "Package: base-files\nVersion: 12\nSource: base-files\n",
                   "deb base-files 12"},
        ReaderCase{"Empty", ReadDpkgStatusFile, "", ""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Apk, ReaderTest,
    testing::Values(
        ReaderCase{"Installed", ReadApkInstalled,
                   "C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n"
                   "m:T <t@x>\nF:lib\nR:libc.musl.so.1\nF:\nR:x\n\n"
                   "P:busybox-binsh\nV:1\no:busybox\n",
                   "apk musl 1.2.5-r0 x86_64 [MIT] by T <t@x>: "
                   "lib/libc.musl.so.1 /x\n"
                   "apk busybox-binsh 1 from busybox"},
        ReaderCase{"Malformed", ReadApkInstalled, "P\n:\nP:\n\nV:1\n\n\n", ""},
        ReaderCase{"PathsThatNoFileHas", ReadApkInstalled,
                   "P:a\nF:" + std::string(5000, 'x') + "\nR:b\n", "apk a "}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Python, ReaderTest,
    testing::Values(
        ReaderCase{"Expression", ReadPythonMetadata,
                   "Metadata-Version: 2.4\nName: A_b\nVersion: 1.0\n"
                   "License-Expression: MIT OR Apache-2.0\nLicense: x\n"
                   "Author: Me\n\nName: in the description\n",
                   "pypi A_b 1.0 [MIT OR Apache-2.0] by Me"},
        ReaderCase{"Classifiers", ReadPythonMetadata,
                   "Name: a\nVersion: 1\nLicense: The whole\n text\n"
                   "Classifier: License :: OSI Approved\n"
                   "Classifier: License :: OSI Approved :: MIT License\n"
                   "Classifier: Programming Language :: Python\n",
                   "pypi a 1 [MIT License]"},
        ReaderCase{"NoName", ReadPythonMetadata, "Version: 1\n", ""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Node, ReaderTest,
    testing::Values(
        ReaderCase{"License", ReadNodePackage,
                   R"({"name":"@a/b","version":"1.0.0","license":"MIT",
                       "author":{"name":"Me","email":"m@x"}})",
                   "npm @a/b 1.0.0 [MIT] by Me <m@x>"},
        ReaderCase{"OldLicenses", ReadNodePackage,
                   R"({"name":"b","version":"1","author":"You",
                       "licenses":[{"type":"MIT"},{"type":1},"ISC"]})",
                   "npm b 1 [MIT|ISC] by You"},
        ReaderCase{"NoVersion", ReadNodePackage, R"({"name":"b"})", ""},
        ReaderCase{"WrongTypes", ReadNodePackage,
                   R"({"name":["b"],"version":{},"license":7,"author":[]})",
                   ""},
        ReaderCase{"NoObject", ReadNodePackage, "[1]", ""},
        ReaderCase{"Malformed", ReadNodePackage, "{\"a\":1,\"a\":2}",
                   "error: malformed JSON: duplicate key \"a\""},
        ReaderCase{"Deep", ReadNodePackage, std::string(100000, '['),
                   "error: malformed JSON: nested deeper than 64"}),
    [](const auto& info) { return info.param.name; });

constexpr char kGoModules[] =
    "golang example.com/server v1.2.3: usr/x\n"
    "golang github.com/Masterminds/semver/v3 v3.2.1\n"
    "golang github.com/fork/net v0.9.0\n"
    "golang example.com/local v1.0.0\n";

// The test file with `change` made to it.
std::string Changed(absl::string_view file, absl::string_view from,
                    absl::string_view to) {
  return absl::StrReplaceAll(TestFile(file), {{from, to}});
}

INSTANTIATE_TEST_SUITE_P(
    Program, ReaderTest,
    testing::Values(
        ReaderCase{"GoInline", ReadProgram, TestFile("go_inline.elf"),
                   absl::StrCat(kGoModules, "golang stdlib 1.22.1")},
        ReaderCase{"GoPointer", ReadProgram, TestFile("go_pointer.elf"),
                   absl::StrCat(kGoModules, "golang stdlib 1.17.2")},
        ReaderCase{"GoPointerBigEndian", ReadProgram,
                   TestFile("go_pointer_big_endian.elf"),
                   absl::StrCat(kGoModules, "golang stdlib 1.17.2")},
        ReaderCase{"GoPointerToNowhere", ReadProgram,
                   Changed("go_pointer.elf",
                           absl::string_view("\xa0\0\x40\0\0\0\0\0", 8),
                           "\xff\xff\xff\xff\xff\xff\xff\xff"),
                   ""},
        ReaderCase{"GoLengthPastTheEnd", ReadProgram,
                   Changed("go_inline.elf", "\x08go1.22.1",
                           "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
                   ""},
        ReaderCase{"Rust", ReadProgram, TestFile("rust_audit.elf"),
                   "cargo tool 0.3.0: usr/x\ncargo serde 1.0.188"},
        ReaderCase{"NoElf", ReadProgram, "#!/bin/sh\n", ""},
        ReaderCase{"OnlyMagic", ReadProgram,
                   std::string("\177ELF\2\1\1", 7) + std::string(100, '\xff'),
                   ""}),
    [](const auto& info) { return info.param.name; });

// The end of an archive with a central directory of `size` bytes at `offset`.
std::string ZipEnd(uint64_t size, uint64_t offset) {
  return absl::StrCat("PK\5\6", LittleEndianBytes(0, 8),
                      LittleEndianBytes(size, 4), LittleEndianBytes(offset, 4),
                      LittleEndianBytes(0, 2));
}

// An archive with these members, which all have the one stored data.
std::string ZipOf(const std::vector<std::string>& names,
                  absl::string_view data) {
  std::string archive = absl::StrCat("PK\3\4", LittleEndianBytes(0, 26), data);
  const size_t offset = archive.size();
  for (const std::string& name : names) {
    absl::StrAppend(
        &archive, "PK\1\2", LittleEndianBytes(0, 16),
        LittleEndianBytes(data.size(), 4), LittleEndianBytes(data.size(), 4),
        LittleEndianBytes(name.size(), 2), LittleEndianBytes(0, 16));
    archive += name;
  }
  return archive + ZipEnd(archive.size() - offset, offset);
}

// An archive that unfolds to 128 MiB: as jars, 512 times the same 256 KiB.
std::string SmallJarWithMuch() {
  const std::string end = ZipEnd(0, 0);
  return ZipOf(std::vector<std::string>(512, "a.jar"),
               std::string((size_t{256} << 10) - end.size(), 'x') + end);
}

INSTANTIATE_TEST_SUITE_P(
    Jar, ReaderTest,
    testing::Values(
        ReaderCase{"Nested", ReadJar, TestFile("app.jar"),
                   "maven com.example:server 1.0\n"
                   "maven org.slf4j:slf4j-api 2.0.9 [Apache-2.0] by A very "
                   "long name of a vendor that is folded\n"
                   "maven plain 3.1",
                   "opt/server.jar"},
        ReaderCase{"NoZip", ReadJar, "PK",
                   "error: zip archive: expected an end of the central "
                   "directory"},
        ReaderCase{"CutsLongNames", ReadJar,
                   ZipOf({"META-INF/maven/a/b/pom.properties"},
                         "groupId=" + std::string(5000, 'g') +
                             "\nartifactId=a\nversion=1\n"),
                   "maven " + std::string(4097, 'g') + ":a 1"},
        ReaderCase{"UnfoldsToMuch", ReadJar, SmallJarWithMuch(),
                   "error: more than 101632 bytes of data"},
        ReaderCase{
            "CentralDirectoryOutside", ReadJar,
            std::string("PK\5\6\0\0\0\0\1\0\1\0\xff\xff\0\0\0\0\0\0\0\0", 22),
            "error: zip archive: the central directory is not in it"},
        ReaderCase{"NoMembers", ReadJar,
                   std::string("PK\5\6", 4) + std::string(18, '\0'), ""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rpm, ReaderTest,
    testing::Values(
        ReaderCase{"Sqlite", ReadRpmSqlite, TestFile("rpmdb.sqlite"),
                   "rpm tree 1:2.1-3 noarch [GPLv2+ and MIT] from forest by "
                   "Example: /usr/share/tree/leaf /usr/share/tree/root"},
        ReaderCase{"Ndb", ReadRpmNdb, TestFile("Packages.db"),
                   "rpm tree 1:2.1-3 noarch [GPLv2+ and MIT] from forest by "
                   "Example: /usr/share/tree/leaf /usr/share/tree/root"},
        ReaderCase{"NoSqlite", ReadRpmSqlite, "x",
                   "error: rpm database: expected SQLite format 3"},
        ReaderCase{"SqliteHeaderAlone", ReadRpmSqlite,
                   TestFile("rpmdb.sqlite").substr(0, 100),
                   "error: rpm database: database disk image is malformed"},
        ReaderCase{"OtherTables", ReadRpmSqlite,
                   Changed("rpmdb.sqlite", "Packages", "packageZ"),
                   "error: rpm database: no such table: Packages"},
        ReaderCase{"NoNdb", ReadRpmNdb, "x",
                   "error: rpm database: expected format ndb"},
        ReaderCase{"NdbPagesPastTheEnd", ReadRpmNdb,
                   std::string("RpmP\0\0\0\0\0\0\0\0\xff\xff\xff\xff", 16),
                   "error: rpm database: it is truncated"},
        ReaderCase{"NdbWithoutSlots", ReadRpmNdb,
                   std::string("RpmP\0\0\0\0\0\0\0\0\1\0\0\0", 16) +
                       std::string(4096, '\0'),
                   "error: rpm database: expected a slot"}),
    [](const auto& info) { return info.param.name; });

TEST(CopyrightLicenses, AreTheShortNamesOfTheMachineReadableFormat) {
  EXPECT_THAT(
      CopyrightLicenses(
          "Format: https://www.debian.org/doc/packaging-manuals/"
          "copyright-format/1.0/\nUpstream-Name: x\n\nFiles: *\n"
          "Copyright: A\nLicense: GPL-2+ with OpenSSL exception\n The text\n"
          " of it\n\nFiles: debian/*\nLicense: Expat\n\nLicense: Expat\n Text "
          "/usr/share/common-licenses/GPL-3\n"),
      ElementsAre("GPL-2+ with OpenSSL exception", "Expat"));
}

TEST(CopyrightLicenses, AreAThousandAtMost) {
  std::string copyright = "Format: x\n\n";
  for (int i = 0; i < 1001; ++i) {
    absl::StrAppend(&copyright, "License: a", i, "\nLicense: a0\n");
  }
  const std::vector<std::string> licenses = CopyrightLicenses(copyright);
  ASSERT_EQ(licenses.size(), 1000u);
  EXPECT_EQ(licenses.front(), "a0");
  EXPECT_EQ(licenses.back(), "a999");
}

TEST(CopyrightLicenses, AreTheCommonOnesThatATextRefersTo) {
  EXPECT_THAT(CopyrightLicenses("See /usr/share/common-licenses/GPL-2, or\n"
                                "'/usr/share/common-licenses/Artistic'.\n"
                                "/usr/share/common-licenses/GPL-2."),
              ElementsAre("common-licenses/GPL-2", "common-licenses/Artistic"));
  EXPECT_THAT(CopyrightLicenses("All rights reserved"), IsEmpty());
}

}  // namespace
}  // namespace rules_dockerfile
