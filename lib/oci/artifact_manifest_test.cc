#include "lib/oci/artifact_manifest.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

constexpr char kHex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(ArtifactManifest, IsWrittenInTheOrderOfTheSpecification) {
  const Descriptor subject = {
      .media_type = std::string(kOciManifestMediaType),
      .digest = absl::StrCat("sha256:", kHex),
      .size = 7,
      .annotations = {{"not", "kept"}},
      .platform = Platform{.os = "linux", .architecture = "amd64"}};
  const Artifact artifact =
      MakeArtifact({.artifact_type = "a/b",
                    .blobs = {{.media_type = "text/plain",
                               .bytes = "",
                               .annotations = {{"x", "y"}}}},
                    .subject = subject,
                    .annotations = {{"k", "v"}}});
  EXPECT_EQ(artifact.manifest.text, R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "artifactType": "a/b",
  "config": {
    "mediaType": "application/vnd.oci.empty.v1+json",
    "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "size": 2
  },
  "layers": [
    {
      "mediaType": "text/plain",
      "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "size": 0,
      "annotations": {
        "x": "y"
      }
    }
  ],
  "subject": {
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size": 7
  },
  "annotations": {
    "k": "v"
  }
}
)");
  EXPECT_EQ(DescriptorToText(artifact.manifest.descriptor),
            absl::StrCat(R"({
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "digest": ")",
                         DigestOf(artifact.manifest.text), R"(",
  "size": )",
                         artifact.manifest.text.size(), R"(,
  "annotations": {
    "k": "v"
  },
  "artifactType": "a/b"
}
)"));
  EXPECT_EQ(*ParseDescriptor(DescriptorToText(artifact.manifest.descriptor)),
            artifact.manifest.descriptor);
  const ArtifactManifest parsed =
      ParseArtifactManifest(artifact.manifest.text).value();
  EXPECT_EQ(parsed.artifact_type, "a/b");
  EXPECT_EQ(parsed.subject, artifact.subject);
  EXPECT_EQ(parsed.layers[0].annotations.at("x"), "y");
  // It is no image.
  EXPECT_EQ(ParseManifest(artifact.manifest.text).status(),
            absl::InvalidArgumentError(
                "config media type \"application/vnd.oci.empty.v1+json\": not "
                "an image"));
}

TEST(ArtifactManifest, HasTheTypeOfItsConfigWithoutAnother) {
  const Artifact artifact = MakeArtifact(
      {.config = ArtifactBlob{.media_type = "a/config", .bytes = "c"},
       .blobs = {{.media_type = "text/plain", .bytes = "x"}}});
  EXPECT_EQ(artifact.manifest.descriptor.artifact_type, "a/config");
  EXPECT_EQ(ParseArtifactManifest(artifact.manifest.text)->artifact_type,
            "a/config");
  EXPECT_EQ(artifact.blobs.size(), 2);
}

TEST(ArtifactManifest, RefusesWhatIsNone) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"[",
       "malformed JSON at line 1, column 2: syntax error while parsing "
       "value - unexpected end of input; expected '[', '{', or a literal"},
      {R"({"schemaVersion":1})", "manifest has schema version 1: expected 2"},
      {R"({"schemaVersion":2,"manifests":[]})",
       "expected a manifest, got one that is also an index: it has the field "
       "\"manifests\""},
      {R"({"schemaVersion":2,"mediaType":"text/plain"})",
       "media type \"text/plain\": expected a manifest"},
      {R"({"schemaVersion":2,"config":{"mediaType":"a","digest":"md5:0"}})",
       "field \"config.digest\": digest \"md5:0\": expected \"sha256:<64 "
       "lower-case hex digits>\""},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ParseArtifactManifest(test.text).status(),
              absl::InvalidArgumentError(test.message))
        << test.text;
  }
}

TEST(ReferrersIndex, GetsALineAndKeepsAllElse) {
  const Descriptor referrer = {.media_type = "m",
                               .digest = absl::StrCat("sha256:", kHex),
                               .size = 7,
                               .artifact_type = "a/b"};
  EXPECT_EQ(ReferrersTag(referrer.digest), absl::StrCat("sha256-", kHex));
  const std::string first = WithReferrer("", referrer).value().value();
  EXPECT_EQ(ParseIndex(first)->manifests, std::vector<Descriptor>{referrer});
  EXPECT_EQ(WithReferrer(first, referrer).value(), std::nullopt);

  Descriptor second = referrer;
  second.digest = DigestOf("2");
  EXPECT_EQ(
      WithReferrer(R"({"schemaVersion":2,"x":1,"manifests":[],"y":{"z":[]}})",
                   second)
          .value()
          .value(),
      absl::StrCat(R"({
  "schemaVersion": 2,
  "x": 1,
  "manifests": [
    {
      "mediaType": "m",
      "digest": ")",
                   second.digest, R"(",
      "size": 7,
      "artifactType": "a/b"
    }
  ],
  "y": {
    "z": []
  }
}
)"));
  EXPECT_EQ(WithReferrer(R"({"schemaVersion":2,"config":{}})", second).status(),
            absl::InvalidArgumentError(
                "expected an index, got one that is also a manifest: it has "
                "the field \"config\""));
}

}  // namespace
}  // namespace rules_dockerfile
