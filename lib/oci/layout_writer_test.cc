#include "lib/oci/layout_writer.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"
#include "lib/base/copy_bytes.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"
#include "lib/oci/layout_plan.h"
#include "lib/reference/reference.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

class LayoutWriter : public testing::Test {
 protected:
  LayoutWriter()
      : directory_(absl::StrCat(
            testing::TempDir(), "/",
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(directory_);
  }

  // The image with its layers in files.
  LayoutContents ContentsOf(const TestImage& image) {
    LayoutContents contents = {.manifests = {image.manifest},
                               .configs = {image.config}};
    for (size_t i = 0; i < image.layers.size(); ++i) {
      const std::string path = Path(
          absl::StrCat(DigestHex(image.layer_descriptors[i].digest), ".blob"));
      EXPECT_TRUE(WriteFile(path, image.layers[i]).ok());
      contents.layers.push_back(
          {.path = path, .descriptor = image.layer_descriptors[i]});
    }
    return contents;
  }

  std::string Path(const std::string& name) {
    return absl::StrCat(directory_, "/", name);
  }

  // All files below `directory` with their contents.
  static std::map<std::string, std::string> FilesBelow(
      const std::string& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      files[entry.path().lexically_relative(directory)] =
          ReadFile(entry.path()).value();
    }
    return files;
  }

  const TestImage image_ = MakeTestImage("linux/amd64", {"a", "b"});
  std::string directory_;
};

TEST_F(LayoutWriter, WritesALayoutWithOneManifest) {
  const absl::Status status =
      WriteLayout(ContentsOf(image_), "", Path("layout"));
  ASSERT_TRUE(status.ok()) << status;
  const std::map<std::string, std::string> files = FilesBelow(Path("layout"));
  std::map<std::string, std::string> want = TestLayout({image_});
  want["oci-layout"] = "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n";
  EXPECT_EQ(files, want);
  EXPECT_EQ(files.at("index.json"), R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.index.v1+json",
  "manifests": [
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "sha256:530fcebdcd3872ec5febef57b73b00324cc62d6981004200a415a9fc640be985",
      "size": 657,
      "platform": {
        "architecture": "amd64",
        "os": "linux"
      }
    }
  ]
}
)");
}

TEST_F(LayoutWriter, WritesTheNameByWhichReadersAskForTheImage) {
  ASSERT_TRUE(WriteLayout(ContentsOf(image_), "", Path("bare")).ok());
  const absl::Status status =
      WriteLayout(ContentsOf(image_), "1.2", Path("layout"));
  ASSERT_TRUE(status.ok()) << status;
  std::map<std::string, std::string> want = FilesBelow(Path("bare"));
  want["index.json"] = R"({
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.index.v1+json",
  "manifests": [
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "sha256:530fcebdcd3872ec5febef57b73b00324cc62d6981004200a415a9fc640be985",
      "size": 657,
      "annotations": {
        "org.opencontainers.image.ref.name": "1.2"
      },
      "platform": {
        "architecture": "amd64",
        "os": "linux"
      }
    }
  ]
}
)";
  EXPECT_EQ(FilesBelow(Path("layout")), want);
}

TEST_F(LayoutWriter, WritesAnIndexOfSeveralPlatforms) {
  const TestImage arm = MakeTestImage("linux/arm64", {"a"});
  LayoutContents contents = ContentsOf(image_);
  contents.manifests.push_back(arm.manifest);
  contents.configs.push_back(arm.config);
  contents.index = TestLayout({image_, arm})["index.json"];
  const absl::Status status = WriteLayout(contents, "", Path("layout"));
  ASSERT_TRUE(status.ok()) << status;
  std::unique_ptr<FileSet> files = DirectoryFiles(Path("layout"));
  for (const TestImage& image : {image_, arm}) {
    const absl::StatusOr<SourceImage> read =
        ReadImage(*files, *image.descriptor.platform);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->manifest_digest, image.descriptor.digest);
  }
}

TEST_F(LayoutWriter, WritesAnArchiveOfAnIndex) {
  const TestImage arm = MakeTestImage("linux/arm64", {"a"});
  LayoutContents contents = ContentsOf(image_);
  contents.manifests.push_back(arm.manifest);
  contents.configs.push_back(arm.config);
  contents.index = TestLayout({image_, arm})["index.json"];
  const absl::Status status = WriteImageArchive(
      {.contents = contents, .tags = {ParseImageReference("app:1").value()}},
      Path("image.tar"));
  ASSERT_TRUE(status.ok()) << status;
  const std::string archive = ReadFile(Path("image.tar")).value();
  std::unique_ptr<FileSet> files = ArchiveFiles(archive).value();
  EXPECT_EQ(ReadImage(*files, *arm.descriptor.platform)->manifest_digest,
            arm.descriptor.digest);
  EXPECT_TRUE(absl::StrContains(*files->Read("manifest.json"),
                                TestBlobPath(image_.config)));
  EXPECT_FALSE(absl::StrContains(*files->Read("manifest.json"),
                                 TestBlobPath(arm.config)));
}

TEST_F(LayoutWriter, WritesAnArchiveForDockerLoad) {
  const std::vector<ImageReference> tags = {
      ParseImageReference("app:1").value(),
      ParseImageReference("h.x/a:latest").value()};
  const absl::Status status = WriteImageArchive(
      {.contents = ContentsOf(image_), .tags = tags}, Path("image.tar"));
  ASSERT_TRUE(status.ok()) << status;
  const std::string archive = ReadFile(Path("image.tar")).value();
  EXPECT_EQ(DigestOf(archive),
            "sha256:"
            "41ccc9cd6a565ee61ca4365e0f27fcf951f82dd8d3e5a388579dfc7a6cd0e5c9");
  std::vector<std::string> members;
  TarReader reader(archive);
  while (true) {
    const std::optional<TarMember> member = reader.Next().value();
    if (!member.has_value()) break;
    members.push_back(member->entry.path);
  }
  EXPECT_EQ(members.front(), "blobs");
  EXPECT_EQ(members.back(), "oci-layout");
  EXPECT_EQ(members.size(), 9u);

  std::unique_ptr<FileSet> files = ArchiveFiles(archive).value();
  EXPECT_EQ(*files->Read("manifest.json"),
            absl::StrCat(R"([
  {
    "Config": ")",
                         TestBlobPath(image_.config), R"(",
    "RepoTags": [
      "app:1",
      "h.x/a:latest"
    ],
    "Layers": [
      ")",
                         TestBlobPath(image_.layers[0]), R"(",
      ")",
                         TestBlobPath(image_.layers[1]), R"("
    ]
  }
]
)"));
  const absl::StatusOr<SourceImage> read =
      ReadImage(*files, *image_.descriptor.platform);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->manifest_digest, image_.descriptor.digest);
  EXPECT_EQ(read->tags, (std::vector<std::string>{"1", "latest"}));
}

TEST_F(LayoutWriter, RefusesWhatIsIncomplete) {
  LayoutContents contents = ContentsOf(image_);
  contents.layers.pop_back();
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")),
            absl::InvalidArgumentError(absl::StrCat(
                "layer of the manifest \"", image_.layer_descriptors[1].digest,
                "\" is not given")));

  contents = ContentsOf(image_);
  contents.configs.clear();
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")),
            absl::InvalidArgumentError(absl::StrCat("config of the manifest \"",
                                                    DigestOf(image_.config),
                                                    "\" is not given")));

  contents = ContentsOf(image_);
  contents.manifests.push_back(contents.manifests[0]);
  EXPECT_EQ(
      WriteLayout(contents, "", Path("layout")),
      absl::InvalidArgumentError("2 manifests without an index: expected one"));

  contents.index = TestLayout({MakeTestImage("linux/arm64", {})})["index.json"];
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")),
            absl::InvalidArgumentError(
                absl::StrCat("manifest of the index \"",
                             MakeTestImage("linux/arm64", {}).descriptor.digest,
                             "\" is not given")));
}

TEST_F(LayoutWriter, LeavesNothingIfALayerHasAnotherSize) {
  const LayoutContents contents = ContentsOf(image_);
  const std::string layer = image_.layers[1] + "x";
  ASSERT_TRUE(WriteFile(contents.layers[1].path, layer).ok());
  const absl::Status want = absl::DataLossError(absl::StrCat(
      "blob \"", image_.layer_descriptors[1].digest, "\": expected ",
      image_.layers[1].size(), " bytes, got ", layer.size()));
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")), want);
  EXPECT_EQ(FilesBelow(Path("layout")), (std::map<std::string, std::string>{}));
  EXPECT_EQ(WriteImageArchive({.contents = contents}, Path("image.tar")), want);
  EXPECT_FALSE(std::filesystem::exists(Path("image.tar")));
  // Linked, too.
  ASSERT_EQ(chmod(contents.layers[1].path.c_str(), 0555), 0);
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")), want);
  EXPECT_EQ(FilesBelow(Path("layout")), (std::map<std::string, std::string>{}));
}

// A layer of 1 GB is linked in no time, but its digest takes a second.
TEST_F(LayoutWriter, DoesNotComputeDigestsOfLayersAgain) {
  const LayoutContents contents = ContentsOf(image_);
  std::string layer = image_.layers[1];
  layer[0] ^= 1;
  ASSERT_TRUE(WriteFile(contents.layers[1].path, layer).ok());
  EXPECT_EQ(WriteLayout(contents, "", Path("layout")), absl::OkStatus());
  EXPECT_EQ(WriteImageArchive({.contents = contents}, Path("image.tar")),
            absl::OkStatus());
}

TEST_F(LayoutWriter, ComparesLayersThatAreSentWithTheirDigests) {
  const LayoutContents contents = ContentsOf(image_);
  std::string layer = image_.layers[1];
  layer[0] ^= 1;
  ASSERT_TRUE(WriteFile(contents.layers[1].path, layer).ok());
  const std::vector<ArchivedImage> images = {{.contents = contents}};
  const std::unique_ptr<ByteSource> source = ImageArchive(images).value();
  StringSink sink;
  EXPECT_EQ(CopyBytes(*source, sink),
            absl::DataLossError(
                absl::StrCat("blob \"", image_.layer_descriptors[1].digest,
                             "\" has digest \"", DigestOf(layer), "\"")));
}

TEST_F(LayoutWriter, LinksLayersThatNobodyMayWriteTo) {
  const LayoutContents contents = ContentsOf(image_);
  ASSERT_TRUE(WriteLayout(contents, "", Path("copied")).ok());
  for (const LayerFile& layer : contents.layers) {
    ASSERT_EQ(chmod(layer.path.c_str(), 0555), 0);
  }
  ASSERT_TRUE(WriteLayout(contents, "", Path("linked")).ok());
  EXPECT_EQ(FilesBelow(Path("linked")), FilesBelow(Path("copied")));
  for (const LayerFile& layer : contents.layers) {
    struct stat from = {};
    struct stat to = {};
    ASSERT_EQ(stat(layer.path.c_str(), &from), 0);
    ASSERT_EQ(
        stat(Path(absl::StrCat("linked/", BlobPath(layer.descriptor.digest)))
                 .c_str(),
             &to),
        0);
    EXPECT_EQ(to.st_ino, from.st_ino);
  }
}

// The names of an archive's members, in order.
std::vector<std::string> MembersOf(const std::string& archive) {
  std::vector<std::string> members;
  TarReader reader(archive);
  while (true) {
    const std::optional<TarMember> member = reader.Next().value();
    if (!member.has_value()) return members;
    members.push_back(member->entry.path);
  }
}

std::string ReadAll(ByteSource& source) {
  StringSink sink;
  EXPECT_EQ(CopyBytes(source, sink), absl::OkStatus());
  EXPECT_EQ(static_cast<int64_t>(sink.contents().size()), source.size());
  return std::move(sink).contents();
}

TEST_F(LayoutWriter, ArchivesSeveralImagesWithEachBlobOnce) {
  const TestImage other = MakeTestImage("linux/amd64", {"a", "c"});
  const std::vector<ArchivedImage> images = {
      {.contents = ContentsOf(image_),
       .tags = {ParseImageReference("one:1").value()}},
      {.contents = ContentsOf(other),
       .tags = {ParseImageReference("two:2").value()}}};
  const std::unique_ptr<ByteSource> source = ImageArchive(images).value();
  const std::string archive = ReadAll(*source);
  // Two directories, five blobs each except for a common one, and three files.
  EXPECT_EQ(MembersOf(archive).size(), 2u + 2 * 4 - 1 + 3);
  std::unique_ptr<FileSet> files = ArchiveFiles(archive).value();
  const std::string manifest(*files->Read("manifest.json"));
  for (const std::string& text :
       {std::string("one:1"), std::string("two:2"), TestBlobPath(image_.config),
        TestBlobPath(other.config)}) {
    EXPECT_TRUE(absl::StrContains(manifest, text)) << text;
  }
  // It can be read again.
  ASSERT_EQ(source->Seek(0), absl::OkStatus());
  EXPECT_EQ(ReadAll(*source), archive);
}

TEST_F(LayoutWriter, LeavesLayersOutThatTheReaderHas) {
  const std::vector<ArchivedImage> images = {{.contents = ContentsOf(image_)}};
  const std::string whole = ReadAll(*ImageArchive(images).value());
  const std::string part = ReadAll(
      *ImageArchive(images, {image_.layer_descriptors[0].digest}).value());
  std::vector<std::string> expected = MembersOf(whole);
  std::erase(expected, TestBlobPath(image_.layers[0]));
  EXPECT_EQ(MembersOf(part), expected);
  EXPECT_EQ(expected.size() + 1, MembersOf(whole).size());
}

}  // namespace
}  // namespace rules_dockerfile
