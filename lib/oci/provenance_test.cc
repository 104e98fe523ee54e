#include "lib/oci/provenance.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr char kHex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Provenance, HasParametersAndMaterialsInOrder) {
  const Material context = {.name = "context", .digest = {{"dirHash1", "00"}}};
  const Material url = {.uri = "https://a/b", .digest = {{"sha256", "11"}}};
  const BuildRecord record = {
      .dockerfile = "app/Dockerfile",
      .dockerfile_digest = absl::StrCat("sha256:", kHex),
      .target = "final",
      .platform = "linux/arm64",
      .network = "locked",
      .build_args = {{"B", "2"}, {"A", "1"}},
      .materials = {url, context, url},
      .version = "1.2.3"};
  EXPECT_EQ(JsonText(ProvenancePredicate(record)), R"({
  "buildDefinition": {
    "buildType": "pkg:bazel/rules_dockerfile#docs/supply_chain.md",
    "externalParameters": {
      "dockerfile": {
        "path": "app/Dockerfile",
        "digest": {
          "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        }
      },
      "target": "final",
      "platform": "linux/arm64",
      "network": "locked",
      "buildArgs": {
        "A": "1",
        "B": "2"
      }
    },
    "resolvedDependencies": [
      {
        "name": "context",
        "digest": {
          "dirHash1": "00"
        }
      },
      {
        "uri": "https://a/b",
        "digest": {
          "sha256": "11"
        }
      }
    ]
  },
  "runDetails": {
    "builder": {
      "id": "pkg:bazel/rules_dockerfile",
      "version": {
        "rules_dockerfile": "1.2.3"
      }
    }
  }
}
)");
}

TEST(Provenance, NamesImagesAsBuildKit) {
  const struct {
    const char* reference;
    const char* platform;
    const char* want;
  } kCases[] = {
      {"debian:12", "linux/amd64",
       "pkg:docker/debian@12?platform=linux%2Famd64"},
      {"docker/dockerfile:1", "", "pkg:docker/docker/dockerfile@1"},
      {"h.x:5000/a/b:v1", "linux/arm/v7",
       "pkg:docker/h.x:5000/a/b@v1?platform=linux%2Farm%2Fv7"},
      {"a@sha256:"
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "linux/amd64",
       "pkg:docker/a?digest=sha256:"
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
       "&platform=linux%2Famd64"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(
        ImagePurl(ParseImageReference(test.reference).value(), test.platform),
        test.want);
  }
}

// `cd DIRECTORY && sha256sum a 'b\' | sha256sum`
TEST(Provenance, HashesADirectoryAsSha256sum) {
  EXPECT_EQ(DirectoryHash({}), kHex);
  EXPECT_EQ(DirectoryHash({{"a", kHex}, {"b/c", kHex}}),
            DigestHex(DigestOf(absl::StrCat(kHex, "  a\n", kHex, "  b/c\n"))));
  EXPECT_EQ(DirectoryHash({{"b\\\n", kHex}}),
            DigestHex(DigestOf(absl::StrCat("\\", kHex, "  b\\\\\\n\n"))));
}

}  // namespace
}  // namespace rules_dockerfile
