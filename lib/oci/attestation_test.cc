#include "lib/oci/attestation.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/layout_writer.h"
#include "lib/oci/media_type.h"
#include "lib/oci/referrer.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

constexpr char kHex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string TempDirectory(const std::string& name) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/", getpid(), ".", name);
  std::filesystem::remove_all(path);
  return path;
}

// The contents of a layout with the images; what holds their layers is in
// `directory`.
LayoutContents ContentsOf(const std::vector<TestImage>& images) {
  const std::string directory = TempDirectory("layers");
  std::filesystem::create_directories(directory);
  LayoutContents contents;
  ImageIndex index = {.media_type = std::string(kOciIndexMediaType)};
  for (const TestImage& image : images) {
    contents.manifests.push_back(image.manifest);
    contents.configs.push_back(image.config);
    index.manifests.push_back(image.descriptor);
    for (const Descriptor& layer : image.layer_descriptors) {
      const std::string path =
          absl::StrCat(directory, "/", DigestHex(layer.digest));
      const size_t i = contents.layers.size();
      contents.layers.push_back({.path = path, .descriptor = layer});
      EXPECT_EQ(WriteFile(path, image.layers[i % image.layers.size()]),
                absl::OkStatus());
    }
  }
  if (images.size() > 1) contents.index = IndexToText(index);
  return contents;
}

std::string ProvenanceOf(const TestImage& image) {
  return MakeAttestation(kProvenancePredicate, {{"a", 1}},
                         image.descriptor.digest, {})
      .statement;
}

TEST(Attestation, IsAStatement) {
  const Attestation attestation = MakeAttestation(
      "a/b", {{"k", 1}}, absl::StrCat("sha256:", kHex), {"pkg:docker/a@1"});
  EXPECT_EQ(attestation.statement, R"({
  "_type": "https://in-toto.io/Statement/v1",
  "subject": [
    {
      "name": "pkg:docker/a@1",
      "digest": {
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      }
    }
  ],
  "predicateType": "a/b",
  "predicate": {
    "k": 1
  }
}
)");
  EXPECT_EQ(
      ParseAttestation(attestation.statement, absl::StrCat("sha256:", kHex))
          ->predicate_type,
      "a/b");
  EXPECT_EQ(ParseAttestation(attestation.statement, DigestOf("other")).status(),
            absl::InvalidArgumentError(
                absl::StrCat("expected a statement about \"", DigestOf("other"),
                             "\", got one about \"sha256:", kHex, "\"")));
  EXPECT_EQ(ParseAttestation(
                R"({"_type":"https://in-toto.io/Statement/v1","subject":[]})",
                absl::StrCat("sha256:", kHex))
                .status(),
            absl::InvalidArgumentError(
                absl::StrCat("expected a statement about \"sha256:", kHex,
                             "\", got one about nothing")));
  EXPECT_EQ(
      ParseAttestation(R"({"_type":"x","subject":[]})", DigestOf("")).status(),
      absl::InvalidArgumentError(
          "expected a statement of type \"https://in-toto.io/Statement/v1\", "
          "got \"x\""));
}

// The shape of BuildKit's docs/attestations/attestation-storage.md.
TEST(AttestationManifest, HasBuildKitsShape) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  const Attestation provenance = {.predicate_type = "https://slsa.dev/x",
                                  .statement = "{}\n"};
  const Artifact artifact = AttestationManifest({provenance}, image.descriptor);
  const std::string statement = DigestOf("{}\n");
  const std::string config = absl::StrCat(R"({
  "architecture": "unknown",
  "os": "unknown",
  "config": {},
  "rootfs": {
    "type": "layers",
    "diff_ids": [
      ")",
                                          statement, R"("
    ]
  }
}
)");
  EXPECT_EQ(artifact.blobs.at(DigestOf(config)), config);
  EXPECT_EQ(artifact.manifest.text, absl::StrCat(R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "config": {
    "mediaType": "application/vnd.oci.image.config.v1+json",
    "digest": ")",
                                                 DigestOf(config), R"(",
    "size": )",
                                                 config.size(), R"(
  },
  "layers": [
    {
      "mediaType": "application/vnd.in-toto+json",
      "digest": ")",
                                                 statement, R"(",
      "size": 3,
      "annotations": {
        "in-toto.io/predicate-type": "https://slsa.dev/x"
      }
    }
  ]
}
)"));
  EXPECT_EQ(DescriptorToText(artifact.manifest.descriptor),
            absl::StrCat(R"({
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "digest": ")",
                         DigestOf(artifact.manifest.text), R"(",
  "size": )",
                         artifact.manifest.text.size(), R"(,
  "annotations": {
    "vnd.docker.reference.digest": ")",
                         image.descriptor.digest, R"(",
    "vnd.docker.reference.type": "attestation-manifest"
  },
  "platform": {
    "architecture": "unknown",
    "os": "unknown"
  }
}
)"));
}

TEST(AddAttestations, AsReferrersChangeNoImage) {
  const TestImage image = MakeTestImage("linux/arm64", {"a"});
  const std::vector<Predicate> predicates = {
      {.type = std::string(kProvenancePredicate), .text = ProvenanceOf(image)},
      {.type = std::string(kSpdxPredicate),
       .text = R"({"spdxVersion":"SPDX-2.3"})"}};
  LayoutContents contents = ContentsOf({image});
  ASSERT_EQ(
      AddAttestations(predicates, AttestationFormat::kReferrers, contents),
      absl::OkStatus());
  EXPECT_FALSE(contents.index.has_value());
  EXPECT_EQ(contents.manifests, std::vector<std::string>{image.manifest});

  const std::string layout = TempDirectory("layout");
  ASSERT_EQ(WriteLayout(contents, "", layout), absl::OkStatus());
  const std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  // Readers see one image, whatever the platform that they want.
  EXPECT_EQ(
      ReadImage(*files, ParsePlatform("linux/amd64").value())->manifest_digest,
      image.descriptor.digest);
  const std::vector<Referrer> referrers = LayoutReferrers(*files).value();
  ASSERT_EQ(referrers.size(), 2);
  EXPECT_EQ(ReferrersText(referrers),
            absl::StrCat(
                image.descriptor.digest, "\n  ", referrers[0].manifest.digest,
                " ", referrers[0].manifest.size,
                " application/vnd.in-toto+json "
                "https://slsa.dev/provenance/v1\n  ",
                referrers[1].manifest.digest, " ", referrers[1].manifest.size,
                " application/vnd.in-toto+json https://spdx.dev/Document\n"));

  // The same again: the same bytes.
  LayoutContents again = ContentsOf({image});
  ASSERT_EQ(AddAttestations(predicates, AttestationFormat::kReferrers, again),
            absl::OkStatus());
  for (size_t i = 0; i < again.artifacts.size(); ++i) {
    EXPECT_EQ(again.artifacts[i].manifest.text,
              contents.artifacts[i].manifest.text);
  }
}

TEST(AddAttestations, MakeAnIndexOverOneImage) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  LayoutContents contents = ContentsOf({image});
  ASSERT_EQ(
      AddAttestations({{.type = std::string(kCycloneDxPredicate), .text = "{}"},
                       {.type = std::string(kProvenancePredicate),
                        .text = ProvenanceOf(image)}},
                      AttestationFormat::kIndex, contents),
      absl::OkStatus());
  ASSERT_EQ(contents.artifacts.size(), 1);
  const ImageIndex index = ParseIndex(*contents.index).value();
  EXPECT_EQ(index.manifests,
            (std::vector<Descriptor>{
                image.descriptor, contents.artifacts[0].manifest.descriptor}));
  EXPECT_TRUE(IsAttestation(index.manifests[1]));

  const std::string layout = TempDirectory("layout");
  ASSERT_EQ(WriteLayout(contents, "v1", layout), absl::OkStatus());
  const std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  EXPECT_EQ(
      ReadImage(*files, ParsePlatform("linux/amd64").value())->manifest_digest,
      image.descriptor.digest);
  EXPECT_EQ(
      ReferrersText(LayoutReferrers(*files).value()),
      absl::StrCat(image.descriptor.digest, "\n  ", index.manifests[1].digest,
                   " ", index.manifests[1].size,
                   " attestation-manifest https://cyclonedx.org/bom "
                   "https://slsa.dev/provenance/v1\n"));
}

TEST(AddAttestations, AttestEachImageOfAnIndex) {
  const TestImage amd = MakeTestImage("linux/amd64", {"a"});
  const TestImage arm = MakeTestImage("linux/arm64", {"a"});
  LayoutContents contents = ContentsOf({amd, arm});
  ASSERT_EQ(AddAttestations({{.image = 1,
                              .type = std::string(kProvenancePredicate),
                              .text = ProvenanceOf(arm)},
                             {.image = 0,
                              .type = std::string(kProvenancePredicate),
                              .text = ProvenanceOf(amd)}},
                            AttestationFormat::kIndex, contents),
            absl::OkStatus());
  const ImageIndex index = ParseIndex(*contents.index).value();
  ASSERT_EQ(index.manifests.size(), 4);
  EXPECT_EQ(index.manifests[0], amd.descriptor);
  EXPECT_EQ(index.manifests[1], arm.descriptor);
  EXPECT_EQ(index.manifests[3].annotations.at("vnd.docker.reference.digest"),
            arm.descriptor.digest);
}

TEST(AddAttestations, RefuseWhatIsNotOfTheImages) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  const TestImage other = MakeTestImage("linux/amd64", {"b"});
  LayoutContents contents = ContentsOf({image});
  EXPECT_EQ(AddAttestations({{.image = 1, .type = "a/b", .text = "{}"}},
                            AttestationFormat::kReferrers, contents),
            absl::InvalidArgumentError("attestation of image 1: there are 1"));
  EXPECT_EQ(AddAttestations({{.type = std::string(kProvenancePredicate),
                              .text = ProvenanceOf(other)}},
                            AttestationFormat::kReferrers, contents),
            absl::InvalidArgumentError(absl::StrCat(
                "expected a statement about \"", image.descriptor.digest,
                "\", got one about \"", other.descriptor.digest, "\"")));
  EXPECT_EQ(ParseAttestationFormat("x").status(),
            absl::InvalidArgumentError(
                "attestation format \"x\": expected \"referrers\" or "
                "\"index\""));
}

TEST(LayoutReferrers, RefusesEndlessIndexes) {
  const std::string layout = TempDirectory("layout");
  std::filesystem::create_directories(layout + "/blobs/sha256");
  const auto put = [&](const std::string& path, const std::string& text) {
    ASSERT_EQ(WriteFile(absl::StrCat(layout, "/", path), text),
              absl::OkStatus());
  };
  std::string inner = R"({"schemaVersion":2,"manifests":[]})";
  for (int depth = 0; depth < 6; ++depth) {
    put(TestBlobPath(inner), inner);
    inner = absl::StrCat(R"({"schemaVersion":2,"manifests":[{"mediaType":")",
                         kOciIndexMediaType, R"(","digest":")", DigestOf(inner),
                         R"(","size":)", inner.size(), "}]}");
  }
  put("index.json", inner);
  EXPECT_EQ(LayoutReferrers(*DirectoryFiles(layout)).status(),
            absl::InvalidArgumentError("indexes nest deeper than 4"));
}

}  // namespace
}  // namespace rules_dockerfile
