#include "tools/base_import/import.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "lib/compression/codec.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_testing.h"
#include "lib/platform/platform.h"
#include "tools/base_import/blobs.h"
#include "tools/base_import/import_testing.h"
#include "tools/base_import/source.h"

namespace rules_dockerfile {
namespace {

using Files = std::map<std::string, std::string>;

TEST_F(ImportBaseTest, KeepsTheBytesOfALayout) {
  const TestImage image = MakeTestImage("linux/amd64", {"a", "b"});
  for (const auto& [path, contents] : TestLayout({image})) {
    Put("layout/" + path, contents);
  }
  ImportOptions options = Options();
  options.source.layout = Path("layout");
  const absl::StatusOr<Platform> platform = ImportBase(options);
  ASSERT_TRUE(platform.ok()) << platform.status();
  EXPECT_EQ(PlatformText(*platform), "linux/amd64");
  ASSERT_EQ(WriteBaseBlobs(OptionsOfBlobs(options.source, 0)),
            absl::OkStatus());
  const auto descriptor = [&](int i) {
    return LayerDescriptorToText({.blob = image.layer_descriptors[i],
                                  .diff_id = DigestOf(image.layers[i])});
  };
  Files outputs = Outputs();
  EXPECT_EQ(outputs["indexes/0000"],
            absl::StrCat(
                R"({"version":1,"passwd":null,"group":null})", "\n",
                R"({"path":"a","type":"file","mode":"0644","uid":0,"gid":0,)",
                R"("mtime":0,"size":9,"offset":512,"digest":")",
                DigestOf("data of a"), "\"}\n"));
  outputs.erase("indexes/0000");
  outputs.erase("indexes/0001");
  EXPECT_EQ(outputs, (Files{{"layers/0000", image.layers[0]},
                            {"layers/0001", image.layers[1]},
                            {"blobs/0000", image.layers[0]},
                            {"blobs/0001", image.layers[1]},
                            {"descriptors/0000", descriptor(0)},
                            {"descriptors/0001", descriptor(1)},
                            {"config.json", image.config}}));
}

TEST_F(ImportBaseTest, WritesTheConfigAlone) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  for (const auto& [path, contents] : TestLayout({image})) {
    Put("layout/" + path, contents);
  }
  const ImportOptions options = {.source = {.layout = Path("layout")},
                                 .platform = Options().platform,
                                 .config_out = Path("out/config.json")};
  std::filesystem::create_directories(Path("out"));
  const absl::StatusOr<Platform> platform = ImportBase(options);
  ASSERT_TRUE(platform.ok()) << platform.status();
  EXPECT_EQ(Outputs(), (Files{{"config.json", image.config}}));
}

// A docker-archive of the image whose layers are in the codec.
std::string DockerArchive(const TestImage& image, Codec codec) {
  Files files = {{"config.json", image.config}};
  std::string layers;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const std::string name = absl::StrCat(i, ".tar");
    files[name] = codec == Codec::kNone ? image.layers[i]
                                        : Compressed(image.layers[i], codec);
    absl::StrAppend(&layers, i == 0 ? "\"" : ",\"", name, "\"");
  }
  files["manifest.json"] = absl::StrCat(
      R"([{"Config":"config.json","RepoTags":null,"Layers":[)", layers, "]}]");
  return TestTar(files);
}

TEST_F(ImportBaseTest, KeepsCompressedLayersOfADockerArchive) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  ImportOptions options = Options();
  options.source.archive = Put("image.tar", DockerArchive(image, Codec::kZstd));
  ASSERT_EQ(ImportBase(options).status(), absl::OkStatus());
  ASSERT_EQ(WriteBaseBlobs(OptionsOfBlobs(options.source, 1)),
            absl::OkStatus());
  Files outputs = Outputs();
  const std::string blob = Compressed(image.layers[0], Codec::kZstd);
  EXPECT_EQ(outputs["layers/0000"], image.layers[0]);
  EXPECT_EQ(outputs["blobs/0000"], blob);
  EXPECT_EQ(
      ParseLayerDescriptor(outputs["descriptors/0000"]).value(),
      (LayerDescriptor{
          .blob = {.media_type = "application/vnd.oci.image.layer.v1.tar+zstd",
                   .digest = DigestOf(blob),
                   .size = static_cast<int64_t>(blob.size())},
          .diff_id = DigestOf(image.layers[0])}));
}

TEST_F(ImportBaseTest, AddsAMissingPlatformToAConfig) {
  TestImage image = MakeTestImage("linux/amd64", {"a"});
  const std::string whole = image.config;
  image.config = absl::StrReplaceAll(whole, {{"\"os\": \"linux\",", ""}});
  ASSERT_NE(image.config, whole);
  Put("image.tar", DockerArchive(image, Codec::kNone));
  ImportOptions options = Options();
  options.source.archive = Path("image.tar");
  const absl::StatusOr<Platform> platform = ImportBase(options);
  ASSERT_TRUE(platform.ok()) << platform.status();
  EXPECT_EQ(PlatformText(*platform), "linux/amd64");
  EXPECT_EQ(ParseImageConfig(Outputs()["config.json"]).value(),
            ParseImageConfig(whole).value());
}

TEST_F(ImportBaseTest, CompressesWhatCameUncompressed) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  ImportOptions options = Options();
  options.source.archive =
      Put("image.tar.gz",
          Compressed(DockerArchive(image, Codec::kNone), Codec::kGzip));
  ASSERT_EQ(ImportBase(options).status(), absl::OkStatus());
  ASSERT_EQ(WriteBaseBlobs(OptionsOfBlobs(options.source, 1)),
            absl::OkStatus());
  Files outputs = Outputs();
  EXPECT_EQ(outputs["layers/0000"], image.layers[0]);
  EXPECT_EQ(outputs["blobs/0000"], Compressed(image.layers[0], Codec::kGzip));
  EXPECT_EQ(outputs["config.json"], image.config);
  EXPECT_EQ(outputs.count("config.json.archive"), 0u);
  EXPECT_EQ(outputs.count("blobs.archive"), 0u);
}

TEST_F(ImportBaseTest, WritesNoBlobsOfAnotherImport) {
  const std::string rootfs = TestTar({{"a", "b"}});
  ImportOptions options = Options();
  options.source.rootfs = Put("rootfs.tar", rootfs);
  ASSERT_EQ(ImportBase(options).status(), absl::OkStatus());
  EXPECT_EQ(WriteBaseBlobs(OptionsOfBlobs(options.source, 0)),
            absl::InvalidArgumentError(absl::StrCat(
                "\"", options.source.rootfs,
                "\": layer 1 of 1: no uncompressed layer is given")));
  const ImportSource two = {
      .archive = Put("image.tar",
                     DockerArchive(MakeTestImage("linux/amd64", {"a", "b"}),
                                   Codec::kNone))};
  EXPECT_EQ(WriteBaseBlobs(OptionsOfBlobs(two, 2)),
            absl::InvalidArgumentError(absl::StrCat(
                "\"", two.archive, "\": layers: expected 1, got 2")));
  Files outputs = Outputs();
  EXPECT_EQ(outputs.count("blobs/0000") + outputs.count("descriptors/0000"),
            0u);
}

TEST_F(ImportBaseTest, NamesTheTargetThatRequiresAnotherArchitecture) {
  ImportOptions options = Options();
  options.source.archive =
      Put("image.tar",
          DockerArchive(MakeTestImage("linux/arm64", {"a"}), Codec::kNone));
  options.wanted_by = "app/Dockerfile:1: FROM base";
  EXPECT_EQ(ImportBase(options).status(),
            absl::InvalidArgumentError(absl::StrCat(
                "app/Dockerfile:1: FROM base: expected an image for "
                "linux/amd64, got linux/arm64 of \"",
                options.source.archive, "\"")));
  EXPECT_EQ(Outputs(), Files{});
}

TEST_F(ImportBaseTest, TakesAnotherVariant) {
  ImportOptions options = Options();
  options.platform = ParsePlatform("linux/arm/v7").value();
  options.source.archive =
      Put("image.tar",
          DockerArchive(MakeTestImage("linux/arm/v6", {"a"}), Codec::kNone));
  options.wanted_by = "app/Dockerfile:1: FROM base";
  EXPECT_EQ(PlatformText(ImportBase(options).value()), "linux/arm/v6");
}

TEST_F(ImportBaseTest, LeavesNothingOfALayerThatIsNotTheConfigs) {
  TestImage image = MakeTestImage("linux/amd64", {"a", "b"});
  std::swap(image.layers[0], image.layers[1]);
  ImportOptions options = Options();
  options.source.archive = Put("image.tar", DockerArchive(image, Codec::kGzip));
  EXPECT_EQ(ImportBase(options).status(),
            absl::DataLossError(absl::StrCat(
                "\"", options.source.archive, "\": layer 1 of 2 has diff_id \"",
                DigestOf(image.layers[0]), "\": the config has \"",
                DigestOf(image.layers[1]), "\"")));
  EXPECT_EQ(Outputs(), Files{});
}

TEST_F(ImportBaseTest, WaitsForNoFifo) {
  const TestImage image = MakeTestImage("linux/amd64", {"a"});
  const std::map<std::string, std::string> layout = TestLayout({image});
  for (const auto& [fifo, ignored] : layout) {
    for (const auto& [path, contents] : layout) {
      Put("layout/" + path, contents);
    }
    const std::string path = Path("layout/" + fifo);
    std::filesystem::remove(path);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    ImportOptions options = Options();
    options.source.layout = Path("layout");
    EXPECT_EQ(ImportBase(options).status(),
              absl::InvalidArgumentError(absl::StrCat(
                  "\"", options.source.layout, "\": cannot read \"", path,
                  "\": expected a regular file, got a FIFO")));
    std::filesystem::remove(path);
  }
  EXPECT_EQ(Outputs(), Files{});
}

TEST_F(ImportBaseTest, SaysWhichPlatformsThereAre) {
  const std::vector<TestImage> images = {MakeTestImage("linux/arm64", {"a"}),
                                         MakeTestImage("linux/s390x", {"b"})};
  for (const auto& [path, contents] : TestLayout(images)) {
    Put("layout/" + path, contents);
  }
  ImportOptions options = Options();
  options.source.layout = Path("layout");
  EXPECT_EQ(ImportBase(options).status(),
            absl::NotFoundError(absl::StrCat(
                "\"", options.source.layout,
                "\": no image for platform \"linux/amd64\": the source has "
                "\"linux/arm64\", \"linux/s390x\"")));
}

}  // namespace
}  // namespace rules_dockerfile
