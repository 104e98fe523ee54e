#include "lib/oci/layout_writer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/oci/reference.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kLayoutFile =
    "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n";

std::string BlobPath(absl::string_view digest) {
  return absl::StrCat("blobs/sha256/", DigestHex(digest));
}

// Where the bytes of a file of the layout come from.
struct FileContents {
  std::string text;
  std::string copy_of;  // a layer file; "" for a document
  std::string digest;   // of a layer file
  int64_t size = 0;
};

// The files of a layout by path, and what describes them.
struct Layout {
  std::map<std::string, FileContents> files;
  std::vector<ImageManifest> manifests;
  Descriptor root;  // the manifest, or the index
};

void AddDocument(Layout& layout, const std::string& path, std::string text) {
  const int64_t size = static_cast<int64_t>(text.size());
  layout.files[path] = {.text = std::move(text), .size = size};
}

absl::Status Missing(absl::string_view what, const Descriptor& descriptor) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " \"", descriptor.digest, "\" is not given"));
}

// The texts by digest.
std::map<std::string, std::string> ByDigest(
    const std::vector<std::string>& texts) {
  std::map<std::string, std::string> by_digest;
  for (const std::string& text : texts) by_digest[DigestOf(text)] = text;
  return by_digest;
}

// Adds the manifest with its config and layers, and returns its descriptor.
absl::StatusOr<Descriptor> AddManifest(
    const std::string& text, const std::map<std::string, std::string>& configs,
    const std::map<std::string, const LayerFile*>& layers, Layout& layout) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
  const auto config = configs.find(manifest.config.digest);
  if (config == configs.end()) {
    return Missing("config of the manifest", manifest.config);
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig image,
                        ParseImageConfig(config->second));
  AddDocument(layout, BlobPath(manifest.config.digest), config->second);
  for (const Descriptor& descriptor : manifest.layers) {
    const auto layer = layers.find(descriptor.digest);
    if (layer == layers.end()) {
      return Missing("layer of the manifest", descriptor);
    }
    layout.files[BlobPath(descriptor.digest)] = {.copy_of = layer->second->path,
                                                 .digest = descriptor.digest,
                                                 .size = descriptor.size};
  }
  layout.manifests.push_back(manifest);
  Descriptor descriptor = {.media_type = manifest.media_type,
                           .digest = DigestOf(text),
                           .size = static_cast<int64_t>(text.size()),
                           .platform = image.platform};
  AddDocument(layout, BlobPath(descriptor.digest), text);
  return descriptor;
}

// Adds the index over the manifests in `layout`, and returns its descriptor.
absl::StatusOr<Descriptor> AddIndex(const std::string& text, Layout& layout) {
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(text));
  for (const Descriptor& descriptor : index.manifests) {
    if (!layout.files.contains(BlobPath(descriptor.digest))) {
      return Missing("manifest of the index", descriptor);
    }
  }
  Descriptor descriptor = {.media_type = index.media_type,
                           .digest = DigestOf(text),
                           .size = static_cast<int64_t>(text.size())};
  AddDocument(layout, BlobPath(descriptor.digest), text);
  return descriptor;
}

// The layout's blobs; index.json is left to the caller.
absl::StatusOr<Layout> PlanLayout(const LayoutContents& contents) {
  const size_t count = contents.manifests.size();
  if (count != 1 && !contents.index.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " manifests without an index: want one"));
  }
  if (count == 0) {
    return absl::InvalidArgumentError("an index without manifests");
  }
  std::map<std::string, const LayerFile*> layers;
  for (const LayerFile& layer : contents.layers) {
    layers[layer.descriptor.digest] = &layer;
  }
  const std::map<std::string, std::string> configs = ByDigest(contents.configs);
  Layout layout;
  for (const std::string& text : contents.manifests) {
    ABSL_ASSIGN_OR_RETURN(layout.root,
                          AddManifest(text, configs, layers, layout));
  }
  if (contents.index.has_value()) {
    ABSL_ASSIGN_OR_RETURN(layout.root, AddIndex(*contents.index, layout));
  }
  AddDocument(layout, "oci-layout", std::string(kLayoutFile));
  return layout;
}

constexpr char kRefName[] = "org.opencontainers.image.ref.name";

std::string IndexOf(std::vector<Descriptor> descriptors) {
  return IndexToText({.media_type = std::string(kOciIndexMediaType),
                      .manifests = std::move(descriptors)});
}

// index.json with the root once for each tag, under the names by which
// containerd ("io.containerd.image.name") and other readers look for them.
std::string TaggedIndex(const Descriptor& root,
                        const std::vector<Reference>& tags) {
  if (tags.empty()) return IndexOf({root});
  std::vector<Descriptor> descriptors;
  for (const Reference& tag : tags) {
    Descriptor& descriptor = descriptors.emplace_back(root);
    descriptor.annotations["io.containerd.image.name"] = ReferenceText(tag);
    descriptor.annotations[kRefName] = tag.tag;
  }
  return IndexOf(std::move(descriptors));
}

// The file by which `docker load` finds the config, layers and names.
std::string ArchiveManifest(const ImageManifest& manifest,
                            const std::vector<Reference>& tags) {
  Json image = Json::object();
  image["Config"] = BlobPath(manifest.config.digest);
  image["RepoTags"] = Json::array();
  for (const Reference& tag : tags) {
    image["RepoTags"].push_back(FamiliarText(tag));
  }
  image["Layers"] = Json::array();
  for (const Descriptor& layer : manifest.layers) {
    image["Layers"].push_back(BlobPath(layer.digest));
  }
  return JsonText(Json::array({image}));
}

// Appends the file's bytes; DataLoss if a layer is not what it should be.
absl::Status CopyContents(const FileContents& contents, ByteSink& sink) {
  if (contents.copy_of.empty()) return sink.Append(contents.text);
  ABSL_ASSIGN_OR_RETURN(const MappedFile file,
                        MappedFile::Open(contents.copy_of));
  const absl::string_view bytes = file.contents();
  if (static_cast<int64_t>(bytes.size()) != contents.size) {
    return absl::DataLossError(absl::StrCat("layer \"", contents.copy_of,
                                            "\" has ", bytes.size(),
                                            " bytes: want ", contents.size));
  }
  const std::string digest = DigestOf(bytes);
  if (digest != contents.digest) {
    return absl::DataLossError(
        absl::StrCat("layer \"", contents.copy_of, "\" has digest \"", digest,
                     "\": want \"", contents.digest, "\""));
  }
  return sink.Append(bytes);
}

}  // namespace

absl::Status WriteLayout(const LayoutContents& contents,
                         const std::string& ref_name,
                         const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(Layout layout, PlanLayout(contents));
  if (!ref_name.empty()) layout.root.annotations[kRefName] = ref_name;
  AddDocument(layout, "index.json", IndexOf({layout.root}));
  std::error_code error;
  std::filesystem::create_directories(directory + "/blobs/sha256", error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(
        "cannot create directory \"", directory, "\": ", error.message()));
  }
  absl::Cleanup remove = [&] {
    std::error_code ignored;
    for (const auto& entry : layout.files) {
      std::filesystem::remove(absl::StrCat(directory, "/", entry.first),
                              ignored);
    }
    std::filesystem::remove_all(directory + "/blobs", ignored);
  };
  for (const auto& [path, file] : layout.files) {
    ABSL_ASSIGN_OR_RETURN(
        OutputFile out, OutputFile::Create(absl::StrCat(directory, "/", path)));
    ABSL_RETURN_IF_ERROR(CopyContents(file, out));
    ABSL_RETURN_IF_ERROR(out.Commit());
  }
  std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status WriteImageArchive(const LayoutContents& contents,
                               const std::vector<Reference>& tags,
                               const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(Layout layout, PlanLayout(contents));
  AddDocument(layout, "index.json", TaggedIndex(layout.root, tags));
  AddDocument(layout, "manifest.json",
              ArchiveManifest(layout.manifests[0], tags));
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
  TarWriter tar(&out);
  for (const char* parent : {"blobs", "blobs/sha256"}) {
    ABSL_RETURN_IF_ERROR(tar.Begin(
        {.path = parent, .type = TarEntryType::kDirectory, .mode = 0755}));
  }
  // Appends to the current member.
  class MemberSink : public ByteSink {
   public:
    explicit MemberSink(TarWriter& tar) : tar_(tar) {}
    absl::Status Append(absl::string_view bytes) override {
      return tar_.Append(bytes);
    }

   private:
    TarWriter& tar_;
  };
  MemberSink member(tar);
  for (const auto& [name, file] : layout.files) {
    ABSL_RETURN_IF_ERROR(
        tar.Begin({.path = name, .mode = 0644, .size = file.size}));
    ABSL_RETURN_IF_ERROR(CopyContents(file, member));
  }
  ABSL_RETURN_IF_ERROR(tar.Finish());
  return out.Commit();
}

}  // namespace rules_dockerfile
