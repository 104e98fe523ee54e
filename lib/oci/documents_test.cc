// The OCI documents: what is written, byte for byte, and what is refused.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/compression/codec.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Descriptor Blob(absl::string_view media_type) {
  return {.media_type = std::string(media_type),
          .digest = kDigest,
          .size = 7,
          .annotations = {},
          .platform = {}};
}

ImageManifest Manifest() {
  return {.media_type = std::string(kOciManifestMediaType),
          .config = Blob(kOciConfigMediaType),
          .layers = {Blob(LayerMediaType(Codec::kGzip))},
          .annotations = {{"b", "2"}, {"a", "1"}}};
}

TEST(Manifest, IsWrittenInTheOrderOfTheSpecification) {
  const std::string text = ManifestToText(Manifest());
  EXPECT_EQ(text, R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.manifest.v1+json",
  "config": {
    "mediaType": "application/vnd.oci.image.config.v1+json",
    "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size": 7
  },
  "layers": [
    {
      "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
      "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "size": 7
    }
  ],
  "annotations": {
    "a": "1",
    "b": "2"
  }
}
)");
  EXPECT_EQ(*ParseManifest(text), Manifest());
}

TEST(Index, IsWrittenInTheOrderOfTheSpecification) {
  ImageIndex index = {.media_type = std::string(kOciIndexMediaType),
                      .manifests = {Blob(kOciManifestMediaType)},
                      .annotations = {}};
  index.manifests[0].platform = ParsePlatform("linux/arm/v7").value();
  const std::string text = IndexToText(index);
  EXPECT_EQ(text, R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.index.v1+json",
  "manifests": [
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "size": 7,
      "platform": {
        "architecture": "arm",
        "os": "linux",
        "variant": "v7"
      }
    }
  ]
}
)");
  EXPECT_EQ(*ParseIndex(text), index);
}

TEST(LayerDescriptor, RoundTrips) {
  const LayerDescriptor descriptor = {
      .blob = Blob(LayerMediaType(Codec::kZstd)), .diff_id = kDigest};
  const std::string text = LayerDescriptorToText(descriptor);
  EXPECT_EQ(text, R"({
  "mediaType": "application/vnd.oci.image.layer.v1.tar+zstd",
  "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "size": 7,
  "diff_id": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}
)");
  EXPECT_EQ(*ParseLayerDescriptor(text), descriptor);
}

TEST(ImageConfig, KeepsUnknownFieldsAndDropsTheBuildContainers) {
  const absl::StatusOr<ImageConfig> config = ParseImageConfig(R"({
    "os": "linux", "architecture": "aarch64", "variant": "v8",
    "created": "2020-01-01T00:00:00Z", "docker_version": "19.03",
    "container": "x", "container_config": {"Hostname": "h"}, "moby.x": {"b": 1},
    "moby.buildkit.cache.v0": "AA==",
    "config": {"Labels": {"b": "1", "a": "2"}, "Hostname": "h", "Tty": false,
               "Image": "sha256:0", "Cmd": null, "Zeta": 1, "Env": ["A=1"],
               "User": ""},
    "rootfs": {"type": "layers", "diff_ids": null}, "history": null})");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string text = ImageConfigToText(*config);
  EXPECT_EQ(text, R"({
  "architecture": "arm64",
  "config": {
    "Env": [
      "A=1"
    ],
    "Labels": {
      "a": "2",
      "b": "1"
    },
    "Zeta": 1
  },
  "created": "2020-01-01T00:00:00Z",
  "history": [],
  "moby.x": {
    "b": 1
  },
  "os": "linux",
  "rootfs": {
    "type": "layers",
    "diff_ids": []
  }
}
)");
  EXPECT_EQ(*ParseImageConfig(text), *config);
  EXPECT_EQ(config->ConfigStrings("Env"), std::vector<std::string>{"A=1"});
  EXPECT_EQ(config->ConfigStrings("Cmd"), std::vector<std::string>{});
}

enum class Document { kConfig, kDescriptor, kIndex, kManifest };

absl::Status Parse(Document document, absl::string_view text) {
  switch (document) {
    case Document::kConfig:
      return ParseImageConfig(text).status();
    case Document::kDescriptor:
      return ParseLayerDescriptor(text).status();
    case Document::kIndex:
      return ParseIndex(text).status();
    case Document::kManifest:
      return ParseManifest(text).status();
  }
  return absl::OkStatus();
}

// A hostile config of 8 MiB has that many.
TEST(ImageConfig, TakesTimeInProportionToItsFields) {
  std::string members;
  for (int i = 0; i < 200000; ++i) absl::StrAppend(&members, ",\"", i, "\":1");
  const std::string text = absl::StrCat(
      R"({"os":"l","architecture":"a","rootfs":{"type":"layers"},"config":{"a":1)",
      members, "}", members, "}");
  const absl::StatusOr<ImageConfig> config = ParseImageConfig(text);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->config.size(), 200001u);
  EXPECT_EQ(config->other.size(), 200000u);
}

struct RefusalCase {
  const char* name;
  Document document;
  std::string text;
  std::string error;
};

class Refusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, SaysWhy) {
  EXPECT_EQ(Parse(GetParam().document, GetParam().text),
            absl::InvalidArgumentError(GetParam().error));
}

std::string DescriptorText(absl::string_view fields) {
  return absl::StrCat(R"({"mediaType":"m","digest":")", kDigest, "\"", fields,
                      "}");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refusal,
    testing::ValuesIn(std::vector<RefusalCase>{
        {"ConfigList", Document::kConfig, "[]",
         "expected an object, got an array"},
        {"ConfigWithoutOs", Document::kConfig, R"({"architecture":"amd64"})",
         "field \"os\" is missing"},
        {"ConfigWithoutRootfs", Document::kConfig,
         R"({"os":"linux","architecture":"amd64"})",
         "field \"rootfs\" is missing"},
        {"ConfigRootfsType", Document::kConfig,
         R"({"os":"l","architecture":"a","rootfs":{"type":"x"}})",
         "field \"rootfs\": type \"x\" is not supported: expected \"layers\""},
        {"ConfigDiffId", Document::kConfig,
         R"({"os":"l","architecture":"a","rootfs":{"type":"layers","diff_ids":["x"]}})",
         "field \"rootfs.diff_ids[0]\": digest \"x\": expected \"sha256:<64 "
         "lower-case hex digits>\""},
        {"ConfigEnv", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"Env":[1]}})",
         "field \"config.Env[0]\": expected a string, got a number"},
        {"ConfigPorts", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"ExposedPorts":[]}})",
         "field \"config.ExposedPorts\": expected an object, got an array"},
        {"DescriptorSize", Document::kDescriptor,
         DescriptorText(R"(,"size":-1)"),
         "field \"size\": the size is negative"},
        {"DescriptorNoSize", Document::kDescriptor, DescriptorText(""),
         "field \"size\" is missing"},
        {"DescriptorTraversal", Document::kDescriptor,
         R"({"mediaType":"m","digest":"sha256:../../etc/passwd","size":1})",
         "field \"digest\": digest \"sha256:../../etc/passwd\": expected "
         "\"sha256:<64 lower-case hex digits>\""},
        {"DescriptorNoDiffId", Document::kDescriptor,
         DescriptorText(R"(,"size":1)"), "field \"diff_id\" is missing"},
        {"ManifestSchema1", Document::kManifest, R"({"schemaVersion":1})",
         "manifest has schema version 1: expected 2"},
        {"ManifestIsIndex", Document::kManifest,
         R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"})",
         "media type \"application/vnd.oci.image.index.v1+json\": expected an "
         "image manifest"},
        {"ManifestArtifact", Document::kManifest,
         absl::StrCat(R"({"schemaVersion":2,"config":)",
                      DescriptorText(R"(,"size":1)"), "}"),
         "config media type \"m\": not an image"},
        {"ManifestIsIndexToo", Document::kManifest,
         R"({"schemaVersion":2,"config":{},"layers":[],"manifests":[]})",
         "expected a manifest, got one that is also an index: it has the field "
         "\"manifests\""},
        {"IndexIsManifestToo", Document::kIndex,
         R"({"schemaVersion":2,"manifests":[],"layers":null})",
         "expected an index, got one that is also a manifest: it has the field "
         "\"layers\""},
        {"IndexHasAConfig", Document::kIndex,
         R"({"schemaVersion":2,"manifests":[],"config":{}})",
         "expected an index, got one that is also a manifest: it has the field "
         "\"config\""},
        {"NulInEnv", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"Env":["A=1","B=\u0000"]}})",
         "field \"config.Env[1]\": it holds a NUL"},
        {"NulInALabel", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"Labels":{"a":"\u0000"}}})",
         "field \"config.Labels.a\": it holds a NUL"},
        {"NulInAVolume", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"Volumes":{"/a\u0000b":{}}}})",
         "field \"config.Volumes\": the name of a field holds a NUL"},
        {"NulInAHealthcheck", Document::kConfig,
         R"({"os":"l","architecture":"a","config":{"Healthcheck":{"Test":["\u0000"]}}})",
         "field \"config.Healthcheck.Test[0]\": it holds a NUL"},
        {"NulInAManifest", Document::kManifest,
         R"({"schemaVersion":2,"annotations":{"a":"\u0000"}})",
         "field \"annotations.a\": it holds a NUL"},
        {"NulInAnIndex", Document::kIndex,
         R"({"schemaVersion":2,"annotations":{"a":"\u0000"}})",
         "field \"annotations.a\": it holds a NUL"},
        {"ConfigWithAByteOrderMark", Document::kConfig, "\xef\xbb\xbf{}",
         "malformed JSON: it begins with a byte order mark"},
        {"IndexIsManifest", Document::kIndex,
         R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"})",
         "media type \"application/vnd.oci.image.manifest.v1+json\": expected "
         "an image index"},
        {"IndexManifest", Document::kIndex,
         R"({"schemaVersion":2,"manifests":[{}]})",
         "field \"manifests[0].mediaType\" is missing"},
    }),
    [](const testing::TestParamInfo<RefusalCase>& info) {
      return std::string(info.param.name);
    });

struct LayerTypeCase {
  const char* name;
  std::string media_type;
  std::string want;  // the OCI media type, or the error
};

class LayerTypeTable : public testing::TestWithParam<LayerTypeCase> {};

TEST_P(LayerTypeTable, ReturnsTheCodec) {
  const absl::StatusOr<Codec> codec = LayerCodecOf(GetParam().media_type);
  EXPECT_EQ(codec.ok() ? LayerMediaType(*codec) : codec.status().message(),
            GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LayerTypeTable,
    testing::ValuesIn(std::vector<LayerTypeCase>{
        {"Docker", "application/vnd.docker.image.rootfs.diff.tar.gzip",
         "application/vnd.oci.image.layer.v1.tar+gzip"},
        {"DockerPlain", "application/vnd.docker.image.rootfs.diff.tar",
         "application/vnd.oci.image.layer.v1.tar"},
        {"OciZstd", "application/vnd.oci.image.layer.v1.tar+zstd",
         "application/vnd.oci.image.layer.v1.tar+zstd"},
        {"Foreign", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
         "application/vnd.oci.image.layer.v1.tar+gzip"},
        {"NonDistributable",
         "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
         "application/vnd.oci.image.layer.v1.tar+gzip"},
        {"NonDistributablePlain",
         "application/vnd.oci.image.layer.nondistributable.v1.tar",
         "application/vnd.oci.image.layer.v1.tar"},
        {"Encrypted", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
         "layer media type "
         "\"application/vnd.oci.image.layer.v1.tar+gzip+encrypted\": the layer "
         "is encrypted"},
        {"Unknown", "text/plain",
         "layer media type \"text/plain\": expected a tar, tar+gzip or "
         "tar+zstd layer"},
    }),
    [](const testing::TestParamInfo<LayerTypeCase>& info) {
      return std::string(info.param.name);
    });

}  // namespace
}  // namespace rules_dockerfile
