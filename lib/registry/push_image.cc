#include "lib/registry/push_image.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/layout_reader.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

// Notes the files of the blobs that a manifest of a layout names.
absl::Status AddBlobFiles(const std::string& directory,
                          absl::string_view manifest_text, PushImage& image) {
  ABSL_ASSIGN_OR_RETURN(ImageManifest manifest, ParseManifest(manifest_text));
  manifest.layers.push_back(manifest.config);
  for (const Descriptor& blob : manifest.layers) {
    const std::string path =
        absl::StrCat(directory, "/blobs/sha256/", DigestHex(blob.digest));
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      return absl::NotFoundError(absl::StrCat("blob \"", blob.digest,
                                              "\" is missing from the layout"));
    }
    image.files[blob.digest] = path;
  }
  return absl::OkStatus();
}

absl::Status Missing(absl::string_view what, const std::string& digest) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " \"", digest, "\" is not given"));
}

}  // namespace

absl::StatusOr<PushImage> PushImageOfLayout(const std::string& directory) {
  const std::unique_ptr<FileSet> layout = DirectoryFiles(directory);
  ABSL_ASSIGN_OR_RETURN(const absl::string_view index_text,
                        ReadDocument(*layout, "index.json"));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex roots, ParseIndex(index_text));
  if (roots.manifests.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "index.json has ", roots.manifests.size(), " images: expected one"));
  }
  PushImage image = {.root = roots.manifests[0]};
  ABSL_ASSIGN_OR_RETURN(const absl::string_view root,
                        ReadBlob(*layout, image.root));
  image.documents[image.root.digest] = root;
  if (!IsIndexMediaType(image.root.media_type)) {
    ABSL_RETURN_IF_ERROR(AddBlobFiles(directory, root, image));
    return image;
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root));
  for (const Descriptor& descriptor : index.manifests) {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view manifest,
                          ReadBlob(*layout, descriptor));
    image.documents[descriptor.digest] = manifest;
    ABSL_RETURN_IF_ERROR(AddBlobFiles(directory, manifest, image));
  }
  return image;
}

absl::StatusOr<PushImage> PushImageOfContents(const LayoutContents& contents) {
  PushImage image;
  for (const std::string& config : contents.configs) {
    image.documents[DigestOf(config)] = config;
  }
  for (const std::string& text : contents.manifests) {
    ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
    if (!image.documents.contains(manifest.config.digest)) {
      return Missing("config of the manifest", manifest.config.digest);
    }
    image.root = {.media_type = manifest.media_type,
                  .digest = DigestOf(text),
                  .size = static_cast<int64_t>(text.size())};
    image.documents[image.root.digest] = text;
  }
  for (const LayerFile& layer : contents.layers) {
    image.files[layer.descriptor.digest] = layer.path;
  }
  if (!contents.index.has_value()) {
    if (contents.manifests.size() == 1) return image;
    return absl::InvalidArgumentError(
        absl::StrCat(contents.manifests.size(),
                     " manifests without an index: expected one"));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(*contents.index));
  for (const Descriptor& descriptor : index.manifests) {
    if (!image.documents.contains(descriptor.digest)) {
      return Missing("manifest of the index", descriptor.digest);
    }
  }
  image.root = {.media_type = index.media_type,
                .digest = DigestOf(*contents.index),
                .size = static_cast<int64_t>(contents.index->size())};
  image.documents[image.root.digest] = *contents.index;
  return image;
}

}  // namespace rules_dockerfile
