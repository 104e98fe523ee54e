#include "lib/registry/push_image.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/layout_reader.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/registry/choose_manifest.h"

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

// An artifact of a layout.
absl::StatusOr<Artifact> ReadArtifact(FileSet& layout,
                                      const Descriptor& descriptor) {
  Artifact artifact = {.manifest = {.descriptor = descriptor}};
  ABSL_ASSIGN_OR_RETURN(artifact.manifest.text, ReadBlob(layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const ArtifactManifest manifest,
                        ParseArtifactManifest(artifact.manifest.text));
  // As lists of referrers have it, whatever the layout adds.
  artifact.manifest.descriptor.annotations = manifest.annotations;
  artifact.manifest.descriptor.artifact_type = manifest.artifact_type;
  artifact.subject = manifest.subject;
  artifact.descriptors = manifest.layers;
  artifact.descriptors.push_back(manifest.config);
  for (const Descriptor& blob : artifact.descriptors) {
    ABSL_ASSIGN_OR_RETURN(artifact.blobs[blob.digest], ReadBlob(layout, blob));
  }
  return artifact;
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
  ABSL_ASSIGN_OR_RETURN(const ImageIndex listed, ParseIndex(index_text));
  PushImage image;
  std::vector<Descriptor> roots;
  for (const Descriptor& descriptor : listed.manifests) {
    if (!IsArtifact(descriptor)) {
      roots.push_back(descriptor);
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(image.referrers.emplace_back(),
                          ReadArtifact(*layout, descriptor));
  }
  if (roots.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("index.json has ", roots.size(), " images: expected one"));
  }
  image.root = roots[0];
  ABSL_ASSIGN_OR_RETURN(const absl::string_view root,
                        ReadBlob(*layout, image.root));
  image.documents[image.root.digest] = root;
  if (!IsIndexMediaType(image.root.media_type)) {
    ABSL_RETURN_IF_ERROR(AddBlobFiles(directory, root, image));
    return image;
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root));
  for (const Descriptor& descriptor : index.manifests) {
    ABSL_RETURN_IF_ERROR(CheckIsNoIndex(descriptor));
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
  for (const Artifact& artifact : contents.artifacts) {
    if (artifact.subject.has_value()) {
      image.referrers.push_back(artifact);
      continue;
    }
    const DescribedDocument& manifest = artifact.manifest;
    image.documents[manifest.descriptor.digest] = manifest.text;
    image.documents.insert(artifact.blobs.begin(), artifact.blobs.end());
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
