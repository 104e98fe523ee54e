// Images in layouts and archives: what is found.
#include "lib/oci/image_source.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/digest/digest.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_testing.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using Files = std::map<std::string, std::string>;

Platform Amd64() { return ParsePlatform("linux/amd64").value(); }

// Reads the image from a tar archive of the files.
absl::StatusOr<SourceImage> Read(const Files& files,
                                 const Platform& platform = Amd64()) {
  const std::string archive = TestTar(files);
  absl::StatusOr<std::unique_ptr<FileSet>> set = ArchiveFiles(archive);
  if (!set.ok()) return set.status();
  absl::StatusOr<SourceImage> image = ReadImage(**set, platform);
  if (image.ok()) {
    for (SourceLayer& layer : image->layers) layer.blob = {};  // dies here
  }
  return image;
}

TEST(ReadImage, TakesTheOnlyImageWhateverItsPlatform) {
  const TestImage arm = MakeTestImage("linux/arm64", {"a", "b"});
  const absl::StatusOr<SourceImage> image = Read(TestLayout({arm}));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->manifest_digest, arm.descriptor.digest);
  EXPECT_EQ(image->config_digest, DigestOf(arm.config));
  ASSERT_EQ(image->layers.size(), 2u);
  EXPECT_EQ(image->layers[1].descriptor, arm.layer_descriptors[1]);
  EXPECT_EQ(image->layers[1].diff_id, DigestOf(arm.layers[1]));
}

TEST(ReadImage, TakesTheImageForThePlatform) {
  const TestImage amd = MakeTestImage("linux/amd64", {"a"});
  TestImage arm = MakeTestImage("linux/arm64", {"b"});
  arm.descriptor.platform.reset();  // then the config says it
  const Files files = TestLayout({amd, arm});
  EXPECT_EQ(Read(files)->manifest_digest, amd.descriptor.digest);
  EXPECT_EQ(Read(files, ParsePlatform("linux/arm64").value())->manifest_digest,
            arm.descriptor.digest);
  EXPECT_EQ(Read(files, ParsePlatform("linux/s390x").value()).status(),
            absl::NotFoundError("no image for platform \"linux/s390x\": the "
                                "source has \"linux/amd64\", \"linux/arm64\""));
}

TEST(ReadImage, FollowsNestedIndexesAndSkipsAttestations) {
  const TestImage amd = MakeTestImage("linux/amd64", {"a"});
  TestImage attestation = MakeTestImage("unknown/unknown", {"b"});
  attestation.descriptor.annotations["vnd.docker.reference.type"] =
      "attestation-manifest";
  Files files = TestLayout({amd, attestation});
  const std::string nested = files["index.json"];
  files[TestBlobPath(nested)] = nested;
  files["index.json"] = absl::StrCat(
      R"({"schemaVersion":2,"manifests":[{"mediaType":")",
      "application/vnd.docker.distribution.manifest.list.v2+json",
      R"(","digest":")", DigestOf(nested), R"(","size":)", nested.size(),
      R"(,"annotations":{"org.opencontainers.image.ref.name":"x"}}]})");
  EXPECT_EQ(Read(files)->manifest_digest, amd.descriptor.digest);
}

// `image` with another config or manifest.
TestImage WithManifest(TestImage image, std::string manifest) {
  image.manifest = std::move(manifest);
  image.descriptor.digest = DigestOf(image.manifest);
  image.descriptor.size = static_cast<int64_t>(image.manifest.size());
  return image;
}
TestImage WithConfig(const TestImage& image, const std::string& config) {
  TestImage changed = image;
  changed.config = config;
  return WithManifest(
      std::move(changed),
      absl::StrReplaceAll(image.manifest,
                          {{DigestOf(image.config), DigestOf(config)},
                           {absl::StrCat("\"size\": ", image.config.size()),
                            absl::StrCat("\"size\": ", config.size())}}));
}

TEST(ReadImage, TakesAnIncludedForeignLayer) {
  const TestImage plain = MakeTestImage("linux/amd64", {"a"});
  const std::string media_type =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  const TestImage foreign = WithManifest(
      plain, absl::StrReplaceAll(
                 plain.manifest,
                 {{"application/vnd.oci.image.layer.v1.tar", media_type}}));
  Files files = TestLayout({foreign});
  const absl::StatusOr<SourceImage> image = Read(files);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->layers[0].descriptor->media_type, media_type);

  files.erase(TestBlobPath(plain.layers[0]));
  EXPECT_EQ(Read(files).status(),
            absl::NotFoundError(absl::StrCat(
                "blob \"", DigestOf(plain.layers[0]),
                "\" is missing from the layout: it is a foreign layer (\"",
                media_type, "\")")));
}

TEST(ReadImage, AddsAMissingPlatformToAConfig) {
  const TestImage whole = MakeTestImage("linux/arm64", {"a"});
  const Platform wanted = ParsePlatform("linux/arm/v7").value();
  for (const auto& [from, to, platform] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"\"os\": \"linux\",", "", "linux/arm64"},
           {"\"os\": \"linux\"", "\"os\": \"\"", "linux/arm64"},
           {"\"architecture\": \"arm64\",", "", "linux/arm/v7"}}) {
    const TestImage lacking =
        WithConfig(whole, absl::StrReplaceAll(whole.config, {{from, to}}));
    ASSERT_NE(lacking.config, whole.config);
    for (const Files& files :
         {TestLayout({lacking}), TestDockerArchive(lacking)}) {
      const absl::StatusOr<SourceImage> image = Read(files, wanted);
      ASSERT_TRUE(image.ok()) << image.status();
      EXPECT_EQ(PlatformText(image->config.platform), platform);
      EXPECT_EQ(image->config_text, lacking.config);
      EXPECT_EQ(image->config_digest, DigestOf(lacking.config));
    }
  }
  EXPECT_EQ(Read(TestLayout({whole}), wanted)->config_text, whole.config);
}

TEST(ReadImage, ReadsADockerArchive) {
  const TestImage test = MakeTestImage("linux/amd64", {"a", "b"});
  const absl::StatusOr<SourceImage> image = Read(TestDockerArchive(test));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_FALSE(image->manifest.has_value());
  EXPECT_EQ(image->tags, std::vector<std::string>{"app:1"});
  EXPECT_EQ(image->config_digest, DigestOf(test.config));
  ASSERT_EQ(image->layers.size(), 2u);
  EXPECT_EQ(image->layers[1].diff_id, DigestOf(test.layers[1]));
}

TEST(ArchiveFiles, FollowsLinksInsideTheArchiveOnly) {
  StringSink sink;
  TarWriter tar(&sink);
  const auto link = [&](const std::string& path, const std::string& target,
                        TarEntryType type = TarEntryType::kSymlink) {
    ASSERT_TRUE(
        tar.Add({.path = path, .type = type, .link_target = target}, "").ok());
  };
  ASSERT_TRUE(tar.Add({.path = "./a/layer.tar", .size = 1}, "x").ok());
  link("b/layer.tar", "../a/layer.tar");
  link("c/layer.tar", "a/layer.tar", TarEntryType::kHardLink);
  link("climbs", "../../a/layer.tar");
  link("absolute", "/a/layer.tar");
  link("outside", "../../../../etc/passwd");
  link("loop", "loop");
  ASSERT_EQ(tar.Finish(), absl::OkStatus());
  std::unique_ptr<FileSet> files = ArchiveFiles(sink.contents()).value();
  for (const char* path :
       {"a/layer.tar", "b/layer.tar", "c/layer.tar", "climbs", "absolute"}) {
    EXPECT_EQ(*files->Read(path), "x") << path;
  }
  EXPECT_EQ(files->Read("outside").status(),
            absl::NotFoundError("no file \"outside\""));
  EXPECT_EQ(files->Read("loop").status(),
            absl::InvalidArgumentError("too many links from \"loop\""));
}

}  // namespace
}  // namespace rules_dockerfile
