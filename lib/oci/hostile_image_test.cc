// Layouts and archives with something wrong: how they fail.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

using Files = std::map<std::string, std::string>;

// A layout or archive with something wrong, and the error.
struct HostileCase {
  const char* name;
  std::function<Files()> files;
  absl::Status error;
};

class Hostile : public testing::TestWithParam<HostileCase> {};

TEST_P(Hostile, IsRefused) {
  const std::string archive = TestTar(GetParam().files());
  const absl::StatusOr<std::unique_ptr<FileSet>> files = ArchiveFiles(archive);
  EXPECT_EQ(
      files.ok()
          ? ReadImage(**files, ParsePlatform("linux/amd64").value()).status()
          : files.status(),
      GetParam().error);
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
  Files files = TestDockerArchive(Image());
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
