#include "lib/sbom/sbom_document.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/json/json.h"
#include "lib/sbom/describe_image.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/sbom_testing.h"
#include "lib/testing/golden.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

TestLayers ExampleLayers() {
  TestLayers layers;
  layers.Add({{"etc/os-release", "ID=debian\nVERSION_ID=12\nNAME=Debian\n"},
              {"var/lib/dpkg/status",
               "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n"
               "Architecture: amd64\nMaintainer: A <a@example.com>\n\n"},
              {"var/lib/dpkg/info/bash.list", "/usr/bin/bash\n"},
              {"usr/bin/bash*", "#!"},
              {"usr/share/doc/bash/copyright",
               "Format: x\n\nLicense: GPL-3+\n\nLicense: BSD-x\n"}});
  layers.Add({{"app/node_modules/@s/p/package.json",
               "{\"name\":\"@s/p\",\"version\":\"1.0.0\",\"license\":\"MIT OR "
               "ISC\"}"},
              {"app/node_modules/bad/package.json", "x"}});
  return layers;
}

Inventory ExampleInventory() {
  const absl::StatusOr<Inventory> inventory =
      DescribeImage(ExampleLayers().Image({"app/Dockerfile:7"}));
  EXPECT_THAT(inventory.status(), IsOk());
  return *inventory;
}

TEST(DescribeImage, HasTimeLayersAndPackages) {
  const Inventory inventory = ExampleInventory();
  EXPECT_EQ(inventory.created, "2026-01-02T02:04:05Z");
  EXPECT_EQ(inventory.platform, "linux/amd64");
  EXPECT_EQ(inventory.os_id, "debian");
  EXPECT_EQ(inventory.packages.size(), 2u);
  std::vector<std::string> origins;
  for (const InventoryLayer& layer : inventory.layers) {
    origins.push_back(LayerOrigin(layer));
  }
  EXPECT_THAT(origins, ElementsAre("base: RUN 0", "app/Dockerfile:7: RUN 1"));
}

TEST(DescribeImage, RefusesPartsOfDifferentImages) {
  DescribedImage image = ExampleLayers().Image({});
  image.descriptors.pop_back();
  EXPECT_THAT(DescribeImage(image).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "expected 2 layers, as the config, got 2 with 1 "
                       "descriptors and 0 origins"));
  for (const char* origin : {"x", ":1", "x:", "x:0", "x:y"}) {
    EXPECT_THAT(
        DescribeImage(ExampleLayers().Image({origin})).status(),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("origin \"", origin,
                              "\": expected the path of a Dockerfile, \":\" "
                              "and a line")));
  }
}

TEST(SpdxDocument, IsThatOfTheExample) {
  const TestLayers layers = ExampleLayers();
  const auto files = DigestFiles(layers.layers());
  ASSERT_THAT(files.status(), IsOk());
  EXPECT_TRUE(MatchesGolden("lib/sbom/testdata/example.spdx.json",
                            SpdxDocument(ExampleInventory(), *files)));
}

TEST(CycloneDxDocument, IsThatOfTheExample) {
  const TestLayers layers = ExampleLayers();
  const auto files = DigestFiles(layers.layers());
  ASSERT_THAT(files.status(), IsOk());
  EXPECT_TRUE(MatchesGolden("lib/sbom/testdata/example.cdx.json",
                            CycloneDxDocument(ExampleInventory(), *files)));
}

// The value of the field that identifies the document.
std::string Identity(const std::string& document, const char* field) {
  const absl::StatusOr<Json> json = ParseJson(document);
  EXPECT_THAT(json.status(), IsOk());
  return (*json)[field].get<std::string>();
}

TEST(Documents, AreIdentifiedByTheirContent) {
  Inventory inventory = ExampleInventory();
  const std::string spdx = SpdxDocument(inventory);
  const std::string cyclonedx = CycloneDxDocument(inventory);
  EXPECT_EQ(SpdxDocument(inventory), spdx);
  EXPECT_EQ(CycloneDxDocument(inventory), cyclonedx);
  inventory.packages[0].version += "x";
  EXPECT_NE(Identity(SpdxDocument(inventory), "documentNamespace"),
            Identity(spdx, "documentNamespace"));
  EXPECT_NE(Identity(CycloneDxDocument(inventory), "serialNumber"),
            Identity(cyclonedx, "serialNumber"));
  EXPECT_THAT(Identity(cyclonedx, "serialNumber"),
              testing::MatchesRegex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]"
                                    "{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

// Everything that an image decides, as hostile as it can be.
TEST(Documents, StayJsonWhateverTheImageHas) {
  std::string hostile("\"\\\xff\xc0\x80\xed\xa0\x80\n\x1b</script>", 18);
  hostile.push_back('\0');
  const Inventory inventory = {
      .image = "sha256:00",
      .name = "x",
      .created = "1970-01-01T00:00:00Z",
      .platform = "linux/amd64",
      .os_id = hostile,
      .os_version = hostile,
      .layers = {{.created_by = hostile}},
      .packages = {{.ecosystem = "deb",
                    .name = hostile,
                    .version = hostile,
                    .supplier = hostile + "<" + hostile + ">",
                    .licenses = {"LicenseRef-x"},
                    .location = hostile,
                    .files = {hostile}}},
      .license_refs = {{"LicenseRef-x", hostile}},
      .notes = {hostile}};
  const std::vector<SbomFile> files = {{.path = hostile}};
  for (const std::string& document :
       {SpdxDocument(inventory, files), CycloneDxDocument(inventory, files),
        InventoryToText(inventory)}) {
    EXPECT_THAT(ParseJson(document).status(), IsOk()) << document;
    EXPECT_FALSE(absl::StrContains(document, '\xff'));
  }
}

}  // namespace
}  // namespace rules_dockerfile
