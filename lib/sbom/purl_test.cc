#include "lib/sbom/purl.h"

#include <ostream>

#include "gtest/gtest.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {
namespace {

struct PurlCase {
  const char* name;
  Package package;
  const char* purl;
  const char* os_id = "";
  const char* os_version = "";
};

void PrintTo(const PurlCase& c, std::ostream* out) { *out << c.name; }

class PurlTest : public testing::TestWithParam<PurlCase> {};

TEST_P(PurlTest, IsThatOfTheSpecification) {
  const PurlCase& c = GetParam();
  EXPECT_EQ(PackagePurl(c.package, c.os_id, c.os_version), c.purl);
}

INSTANTIATE_TEST_SUITE_P(
    All, PurlTest,
    testing::Values(
        PurlCase{"Debian",
                 {.ecosystem = "deb",
                  .name = "libstdc++6",
                  .version = "1:12.2.0-14~x",
                  .architecture = "amd64",
                  .source = "gcc-12@12.2.0-14"},
                 "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14~x?arch=amd64&"
                 "distro=debian-12&upstream=gcc-12%4012.2.0-14",
                 "debian",
                 "12"},
        PurlCase{"Alpine",
                 {.ecosystem = "apk", .name = "musl", .version = "1.2.5-r0"},
                 "pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.3",
                 "alpine",
                 "3.20.3"},
        PurlCase{"RpmWithEpoch",
                 {.ecosystem = "rpm", .name = "Dbus", .version = "1:1.12-1"},
                 "pkg:rpm/opensuse/Dbus@1.12-1?distro=opensuse-leap-15.5&"
                 "epoch=1",
                 "opensuse-leap",
                 "15.5"},
        PurlCase{"RpmWithEpochZero",
                 {.ecosystem = "rpm", .name = "a", .version = "0:1-1"},
                 "pkg:rpm/fedora/a@1-1?distro=fedora",
                 "fedora"},
        PurlCase{"Python",
                 {.ecosystem = "pypi", .name = "Jinja_X.y", .version = "1"},
                 "pkg:pypi/jinja-x.y@1"},
        PurlCase{"NodeScope",
                 {.ecosystem = "npm", .name = "@Babel/core", .version = "7"},
                 "pkg:npm/%40babel/core@7"},
        PurlCase{"Go",
                 {.ecosystem = "golang",
                  .name = "github.com/A/b/v2",
                  .version = "v2.0.0+incompatible"},
                 "pkg:golang/github.com/a/b/v2@v2.0.0%2Bincompatible"},
        PurlCase{"Maven",
                 {.ecosystem = "maven", .name = "org.A:b", .version = "1"},
                 "pkg:maven/org.A/b@1"},
        PurlCase{"JarWithoutGroup",
                 {.ecosystem = "maven", .name = "b", .version = "1"},
                 ""},
        PurlCase{
            "NoVersion", {.ecosystem = "cargo", .name = "b"}, "pkg:cargo/b"},
        PurlCase{"Hostile",
                 {.ecosystem = "cargo",
                  .name = "a/../b?c#d\xff\n",
                  .version = "@&="},
                 "pkg:cargo/a%2F..%2Fb%3Fc%23d%FF%0A@%40%26%3D"}),
    [](const auto& info) { return info.param.name; });

TEST(ImagePurl, HasTheLastPartOfTheName) {
  EXPECT_EQ(ImagePurl("app/Image", "sha256:00", "arm64"),
            "pkg:oci/image@sha256:00?arch=arm64");
}

}  // namespace
}  // namespace rules_dockerfile
