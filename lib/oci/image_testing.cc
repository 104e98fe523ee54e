#include "lib/oci/image_testing.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

Descriptor Describe(absl::string_view media_type, absl::string_view bytes) {
  return {.media_type = std::string(media_type),
          .digest = DigestOf(bytes),
          .size = static_cast<int64_t>(bytes.size())};
}

}  // namespace

std::string TestTar(const std::map<std::string, std::string>& files) {
  StringSink sink;
  TarWriter tar(&sink);
  for (const auto& [name, data] : files) {
    tar.Add({.path = name,
             .mode = 0644,
             .size = static_cast<int64_t>(data.size())},
            data)
        .IgnoreError();
  }
  tar.Finish().IgnoreError();
  return sink.contents();
}

TestImage MakeTestImage(absl::string_view platform,
                        const std::vector<std::string>& files) {
  TestImage image;
  ImageConfig config;
  config.platform = ParsePlatform(platform).value();
  config.created = "2020-01-01T00:00:00Z";
  config.config["Env"] = {"PATH=/bin"};
  ImageManifest manifest = {.media_type = std::string(kOciManifestMediaType)};
  for (const std::string& file : files) {
    const std::string& layer =
        image.layers.emplace_back(TestTar({{file, "data of " + file}}));
    config.diff_ids.push_back(DigestOf(layer));
    config.history.push_back({.created = config.created,
                              .created_by = absl::StrCat("COPY ", file, " /")});
    manifest.layers.push_back(Describe(kOciLayerMediaType, layer));
  }
  image.config = ImageConfigToText(config);
  manifest.config = Describe(kOciConfigMediaType, image.config);
  image.manifest = ManifestToText(manifest);
  image.descriptor = Describe(kOciManifestMediaType, image.manifest);
  image.descriptor.platform = config.platform;
  image.layer_descriptors = manifest.layers;
  return image;
}

std::map<std::string, std::string> TestLayout(
    const std::vector<TestImage>& images) {
  ImageIndex index = {.media_type = std::string(kOciIndexMediaType)};
  std::map<std::string, std::string> files = {
      {"oci-layout", R"({"imageLayoutVersion": "1.0.0"})"}};
  for (const TestImage& image : images) {
    index.manifests.push_back(image.descriptor);
    files[TestBlobPath(image.config)] = image.config;
    files[TestBlobPath(image.manifest)] = image.manifest;
    for (const std::string& layer : image.layers) {
      files[TestBlobPath(layer)] = layer;
    }
  }
  files["index.json"] = IndexToText(index);
  return files;
}

std::map<std::string, std::string> TestDockerArchive(const TestImage& image) {
  std::map<std::string, std::string> files;
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

std::string TestBlobPath(absl::string_view bytes) {
  return absl::StrCat("blobs/sha256/", DigestHex(DigestOf(bytes)));
}

}  // namespace rules_dockerfile
