#include "lib/sbom/inventory.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sbom/denied.h"
#include "lib/sbom/sbom_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Inventory Example() {
  return {
      .image = "sha256:aa",
      .name = "app/image",
      .created = "2026-01-01T00:00:00Z",
      .platform = "linux/amd64",
      .os_id = "debian",
      .os_version = "12",
      .os_name = "Debian GNU/Linux 12",
      .layers = {{.diff_id = "sha256:00", .digest = "sha256:01"},
                 {.diff_id = "sha256:10",
                  .digest = "sha256:11",
                  .created_by = "RUN install",
                  .dockerfile = "app/Dockerfile",
                  .line = 7}},
      .packages = {{.ecosystem = "deb",
                    .name = "bash",
                    .version = "5.2-1",
                    .architecture = "amd64",
                    .source = "bash-src",
                    .supplier = "A <a@example.com>",
                    .purl = "pkg:deb/debian/bash@5.2-1?arch=amd64",
                    .licenses = {"GPL-3.0-or-later"},
                    .location = "var/lib/dpkg/status",
                    .files = {"usr/bin/bash"},
                    .size = 1000},
                   {.ecosystem = "npm",
                    .name = "@scope/pad",
                    .version = "1.0.0",
                    .purl = "pkg:npm/%40scope/pad@1.0.0",
                    .licenses = {"LicenseRef-custom", "MIT OR GPL-2.0-only"},
                    .layer = 1,
                    .location = "app/node_modules/@scope/pad/package.json"},
                   {.ecosystem = "golang",
                    .name = "stdlib",
                    .version = "1.22.1",
                    .purl = "pkg:golang/stdlib@1.22.1",
                    .layer = 1,
                    .location = "bin/server"}},
      .license_refs = {{"LicenseRef-custom", "custom"}},
      .notes = {"\"x.jar\": zip archive: it is truncated"},
  };
}

TEST(Inventory, IsReadAsItWasWritten) {
  EXPECT_THAT(ParseInventory(InventoryToText(Example())),
              IsOkAndHolds(Example()));
  EXPECT_THAT(ParseInventory(InventoryToText({})), IsOkAndHolds(Inventory()));
}

TEST(Inventory, IsDumpedOnePackageALine) {
  EXPECT_EQ(
      DumpInventory(Example()),
      "deb bash 5.2-1 [GPL-3.0-or-later] layer=0 var/lib/dpkg/status files=1 "
      "size=1000 pkg:deb/debian/bash@5.2-1?arch=amd64\n"
      "npm @scope/pad 1.0.0 [LicenseRef-custom, MIT OR GPL-2.0-only] layer=1 "
      "app/node_modules/@scope/pad/package.json pkg:npm/%40scope/pad@1.0.0\n"
      "golang stdlib 1.22.1 [] layer=1 bin/server pkg:golang/stdlib@1.22.1\n"
      "LicenseRef-custom: custom\n"
      "note: \"x.jar\": zip archive: it is truncated\n");
}

TEST(Inventory, RefusesAnotherVersionAndALayerThatIsNotThere) {
  EXPECT_THAT(ParseInventory("{\"version\": 2}"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "inventory: expected version 1, got 2"));
  EXPECT_THAT(
      ParseInventory("{\"version\": 1, \"layers\": [{}], \"packages\": "
                     "[{\"ecosystem\": \"deb\", \"name\": \"a\", \"layer\": "
                     "1}]}"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "field \"packages[0]\": expected a layer below 1, got 1"));
}

TEST(DeniedPackages, SayWhatWhyAndWhere) {
  EXPECT_THAT(
      DeniedPackages(Example(), {.licenses = {"gpl-3.0*", "NOASSERTION"},
                                 .packages = {"pkg:npm/%40scope/pad"}}),
      ElementsAre(
          "bash 5.2-1: licence GPL-3.0-or-later: denied by \"gpl-3.0*\"; layer "
          "0 (sha256:00), base",
          "@scope/pad 1.0.0: package is denied by \"pkg:npm/%40scope/pad\"; "
          "layer 1 (sha256:10), app/Dockerfile:7: RUN install",
          "stdlib 1.22.1: licence NOASSERTION: denied by \"NOASSERTION\"; "
          "layer 1 (sha256:10), app/Dockerfile:7: RUN install"));
}

TEST(DeniedPackages, AreNotThoseWithAChoiceOrAllowed) {
  EXPECT_THAT(DeniedPackages(Example(), {.licenses = {"GPL-*"},
                                         .allowed_packages = {"BASH@5.*"}}),
              IsEmpty());
  EXPECT_THAT(
      DeniedPackages(Example(), {.licenses = {"GPL-2.0-only", "MIT"}}),
      ElementsAre("@scope/pad 1.0.0: licence MIT OR GPL-2.0-only: MIT is "
                  "denied by \"MIT\"; layer 1 (sha256:10), app/Dockerfile:7: "
                  "RUN install"));
}

TEST(DeniedPackages, MatchNamesWholly) {
  const auto count = [](const char* pattern) {
    return DeniedPackages(Example(), {.packages = {pattern}}).size();
  };
  EXPECT_EQ(count("bash"), 1u);
  EXPECT_EQ(count("bas"), 0u);
  EXPECT_EQ(count("b.sh"), 0u);
  EXPECT_EQ(count("bash@5.2-1"), 1u);
  EXPECT_EQ(count("bash@5.2-2"), 0u);
  EXPECT_EQ(count("pkg:deb/*"), 1u);
  EXPECT_EQ(count("*"), 3u);
}

}  // namespace
}  // namespace rules_dockerfile
