// Images in layouts and archives: what is found, and how hostile ones fail.
#include "lib/oci/image_source.h"

#include <cstdint>
#include <functional>
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

// The files of a docker-archive of the image.
Files DockerArchive(const TestImage& image) {
  Files files;
  const std::string config =
      absl::StrCat(DigestHex(DigestOf(image.config)), ".json");
  files[config] = image.config;
  std::string layers;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    files[absl::StrCat(i, "/layer.tar")] = image.layers[i];
    absl::StrAppend(&layers, i == 0 ? "" : ",", "\"", i, "/layer.tar\"");
  }
  files["manifest.json"] =
      absl::StrCat(R"([{"Config":")", config,
                   R"(","RepoTags":["app:1"],"Layers":[)", layers, "]}]");
  return files;
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
    for (const Files& files : {TestLayout({lacking}), DockerArchive(lacking)}) {
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
  const absl::StatusOr<SourceImage> image = Read(DockerArchive(test));
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
  ASSERT_TRUE(tar.Finish().ok());
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

// A layout or archive with something wrong, and the error.
struct HostileCase {
  const char* name;
  std::function<Files()> files;
  absl::Status error;
};

class Hostile : public testing::TestWithParam<HostileCase> {};

TEST_P(Hostile, IsRefused) {
  EXPECT_EQ(Read(GetParam().files()).status(), GetParam().error);
}

const TestImage& Image() {
  static const TestImage& image =
      *new TestImage(MakeTestImage("linux/amd64", {"a"}));
  return image;
}

// The layout of Image() with one file other.
Files LayoutWith(const std::string& path, const std::string& contents) {
  Files files = TestLayout({Image()});
  files[path] = contents;
  return files;
}

Files LayoutWithout(const std::string& path) {
  Files files = TestLayout({Image()});
  files.erase(path);
  return files;
}

Files ArchiveWith(const std::string& path, const std::string& contents) {
  Files files = DockerArchive(Image());
  files[path] = contents;
  return files;
}

std::string Corrupt(std::string bytes) {
  bytes[bytes.size() / 2] ^= 1;
  return bytes;
}

// An index that names itself cannot exist; one that is five deep can.
Files DeepLayout() {
  Files files = TestLayout({Image()});
  for (int i = 0; i < 5; ++i) {
    const std::string nested = files["index.json"];
    files[TestBlobPath(nested)] = nested;
    files["index.json"] = absl::StrCat(
        R"({"schemaVersion":2,"manifests":[{"mediaType":")",
        "application/vnd.oci.image.index.v1+json", R"(","digest":")",
        DigestOf(nested), R"(","size":)", nested.size(), "}]}");
  }
  return files;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Hostile,
    testing::ValuesIn(std::vector<HostileCase>{
        {"Nothing",
         [] {
           return Files{{"a", "b"}};
         },
         absl::InvalidArgumentError(
             "neither an OCI layout (no file \"oci-layout\") nor a "
             "docker-archive (no file \"manifest.json\")")},
        {"LayoutVersion",
         [] {
           return LayoutWith("oci-layout", R"({"imageLayoutVersion":"2"})");
         },
         absl::UnimplementedError(
             "oci-layout: version \"2\" is not supported: expected \"1.0.0\"")},
        {"LayoutFileNotJson", [] { return LayoutWith("oci-layout", "{"); },
         absl::InvalidArgumentError(
             "oci-layout: malformed JSON at line 1, column 2: syntax error "
             "while parsing object key - unexpected end of input; expected "
             "string literal")},
        {"IndexTooLarge",
         [] {
           return LayoutWith("index.json", std::string((8 << 20) + 1, ' '));
         },
         absl::InvalidArgumentError(
             "document \"index.json\" is larger than 8388608 bytes")},
        {"NoIndex", [] { return LayoutWithout("index.json"); },
         absl::NotFoundError("no file \"index.json\"")},
        {"IndexWithTwoKeys",
         [] {
           return LayoutWith("index.json",
                             R"({"schemaVersion":2,"schemaVersion":2})");
         },
         absl::InvalidArgumentError("index.json: malformed JSON: duplicate "
                                    "key \"schemaVersion\"")},
        {"IndexWithoutImages",
         [] {
           return LayoutWith("index.json",
                             R"({"schemaVersion":2,"manifests":[]})");
         },
         absl::InvalidArgumentError("the layout has no image")},
        {"IndexTraversal",
         [] {
           return LayoutWith(
               "index.json",
               R"({"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:../../../etc/passwd"}]})");
         },
         absl::InvalidArgumentError(
             "index.json: field \"manifests[0].digest\": digest "
             "\"sha256:../../../etc/passwd\": expected \"sha256:<64 lower-case "
             "hex digits>\"")},
        {"IndexesTooDeep", DeepLayout,
         absl::InvalidArgumentError("indexes nest deeper than 4")},
        {"TwoImagesOfOnePlatform",
         [] {
           return TestLayout({Image(), MakeTestImage("linux/amd64", {"b"})});
         },
         absl::InvalidArgumentError(absl::StrCat(
             "index.json has more than one image for platform \"linux/amd64\": "
             "expected one of \"",
             Image().descriptor.digest, "\", \"",
             MakeTestImage("linux/amd64", {"b"}).descriptor.digest, "\""))},
        {"TwoTaggedImagesOfOnePlatform",
         [] {
           TestImage one = Image();
           TestImage two = MakeTestImage("linux/amd64", {"b"});
           one.descriptor.annotations["org.opencontainers.image.ref.name"] =
               "1";
           two.descriptor.annotations["org.opencontainers.image.ref.name"] =
               "2";
           return TestLayout({one, two});
         },
         absl::InvalidArgumentError(absl::StrCat(
             "index.json has more than one image for platform \"linux/amd64\": "
             "expected one of \"",
             Image().descriptor.digest, "\" (1), \"",
             MakeTestImage("linux/amd64", {"b"}).descriptor.digest, "\" (2)"))},
        {"ManifestMissing",
         [] { return LayoutWithout(TestBlobPath(Image().manifest)); },
         absl::NotFoundError(absl::StrCat("blob \"", Image().descriptor.digest,
                                          "\" is missing from the layout"))},
        {"ConfigCorrupt",
         [] {
           return LayoutWith(TestBlobPath(Image().config),
                             Corrupt(Image().config));
         },
         absl::DataLossError(absl::StrCat(
             "blob \"", DigestOf(Image().config), "\" has digest \"",
             DigestOf(Corrupt(Image().config)), "\""))},
        {"LayerTruncated",
         [] {
           return LayoutWith(TestBlobPath(Image().layers[0]),
                             Image().layers[0].substr(0, 100));
         },
         absl::DataLossError(absl::StrCat(
             "blob \"", DigestOf(Image().layers[0]),
             "\" has 100 bytes: expected ", Image().layers[0].size()))},
        {"ArchiveNotJson", [] { return ArchiveWith("manifest.json", "[1]"); },
         absl::InvalidArgumentError(
             "manifest.json: field \"[0]\": expected an object, got a number")},
        {"ArchiveEmpty", [] { return ArchiveWith("manifest.json", "[]"); },
         absl::InvalidArgumentError("the archive has no image")},
        {"ArchiveTwoImages",
         [] {
           return ArchiveWith(
               "manifest.json",
               R"([{"Config":"a","RepoTags":["a:1","b:2"]},{"Config":"b"}])");
         },
         absl::InvalidArgumentError("the archive has 2 images (\"a:1\", "
                                    "\"b:2\", untagged): expected one")},
        {"ArchiveConfigOutside",
         [] {
           return ArchiveWith("manifest.json",
                              R"([{"Config":"../../etc/passwd"}])");
         },
         absl::NotFoundError("no file \"etc/passwd\"")},
        {"ArchiveConfigCorrupt",
         [] {
           const std::string path =
               absl::StrCat(DigestHex(DigestOf(Image().config)), ".json");
           return ArchiveWith(path, Corrupt(Image().config));
         },
         absl::DataLossError(absl::StrCat(
             "image config \"", DigestHex(DigestOf(Image().config)),
             ".json\" has digest \"", DigestOf(Corrupt(Image().config)),
             "\""))},
        {"ArchiveLayerCount",
         [] {
           return ArchiveWith(
               "manifest.json",
               absl::StrCat(R"([{"Config":")",
                            DigestHex(DigestOf(Image().config)), ".json\"}]"));
         },
         absl::InvalidArgumentError(
             "manifest.json has 0 layers, the config 1 diff_ids")},
    }),
    [](const testing::TestParamInfo<HostileCase>& info) {
      return std::string(info.param.name);
    });

TEST(ArchiveFiles, RefusesWhatIsNotATarArchive) {
  EXPECT_EQ(ArchiveFiles("no tar").status(),
            absl::InvalidArgumentError("not a tar archive"));
}

}  // namespace
}  // namespace rules_dockerfile
