#include "lib/oci/layout_plan.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/digest/verified_source.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kLayoutFile =
    "{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n";

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
    const std::map<std::string, const LayerFile*>& layers, LayoutPlan& layout) {
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

// Adds the artifact with its blobs.
void AddArtifact(const Artifact& artifact, LayoutPlan& layout) {
  for (const auto& [digest, bytes] : artifact.blobs) {
    AddDocument(layout, BlobPath(digest), bytes);
  }
  const DescribedDocument& manifest = artifact.manifest;
  AddDocument(layout, BlobPath(manifest.descriptor.digest), manifest.text);
  if (artifact.subject.has_value()) {
    layout.referrers.push_back(manifest.descriptor);
  }
}

// Adds the index over the manifests in `layout`, and returns its descriptor.
absl::StatusOr<Descriptor> AddIndex(const std::string& text,
                                    LayoutPlan& layout) {
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

}  // namespace

std::string BlobPath(absl::string_view digest) {
  return absl::StrCat("blobs/sha256/", DigestHex(digest));
}

void AddDocument(LayoutPlan& plan, const std::string& path, std::string text) {
  const int64_t size = static_cast<int64_t>(text.size());
  plan.files[path] = {.text = std::move(text), .size = size};
}

absl::StatusOr<LayoutPlan> PlanLayout(const LayoutContents& contents) {
  const size_t count = contents.manifests.size();
  if (count != 1 && !contents.index.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " manifests without an index: expected one"));
  }
  if (count == 0) {
    return absl::InvalidArgumentError("an index without manifests");
  }
  std::map<std::string, const LayerFile*> layers;
  for (const LayerFile& layer : contents.layers) {
    layers[layer.descriptor.digest] = &layer;
  }
  const std::map<std::string, std::string> configs = ByDigest(contents.configs);
  LayoutPlan layout;
  for (const std::string& text : contents.manifests) {
    ABSL_ASSIGN_OR_RETURN(layout.root,
                          AddManifest(text, configs, layers, layout));
  }
  for (const Artifact& artifact : contents.artifacts) {
    AddArtifact(artifact, layout);
  }
  if (contents.index.has_value()) {
    ABSL_ASSIGN_OR_RETURN(layout.root, AddIndex(*contents.index, layout));
  }
  AddDocument(layout, "oci-layout", std::string(kLayoutFile));
  return layout;
}

std::string LayoutIndexText(std::vector<Descriptor> descriptors) {
  return IndexToText({.media_type = std::string(kOciIndexMediaType),
                      .manifests = std::move(descriptors)});
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenLayoutFile(
    const LayoutFile& file, LayerCheck check) {
  if (file.copy_of.empty()) return std::make_unique<ViewSource>(file.text);
  ABSL_ASSIGN_OR_RETURN(FileSource opened, FileSource::Open(file.copy_of));
  auto source = std::make_unique<FileSource>(std::move(opened));
  if (check == LayerCheck::kDigest) {
    return VerifiedSource::Make(std::move(source), file.digest, file.size);
  }
  ABSL_RETURN_IF_ERROR(
      VerifiedSource::CheckSize(*source, file.digest, file.size));
  return source;
}

}  // namespace rules_dockerfile
