#include "lib/registry/push.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_reader.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/oci/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/mount_sources.h"

namespace rules_dockerfile {
namespace {

using Annotations = std::map<std::string, std::string>;

// What one push works with.
struct Push {
  FileSet* layout;
  const PushProgress* progress;
  RegistryClient* client;
};

// `sources` and those that the annotations name.
std::vector<std::string> WithSources(std::vector<std::string> sources,
                                     const Annotations& annotations,
                                     const Push& push) {
  for (std::string& source :
       MountSources(annotations, push.client->registry())) {
    sources.push_back(std::move(source));
  }
  return sources;
}

absl::Status PushBlob(const Descriptor& descriptor,
                      const std::vector<std::string>& sources,
                      const Push& push) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view bytes,
                        ReadBlob(*push.layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(
      const BlobOutcome outcome,
      push.client->PushBlob(
          descriptor.digest, bytes,
          WithSources(sources, descriptor.annotations, push)));
  (*push.progress)(descriptor.digest, descriptor.size, outcome);
  return absl::OkStatus();
}

// Pushes what the manifest names, but not the manifest.
absl::Status PushBlobsOf(const Descriptor& descriptor,
                         const std::vector<std::string>& outer_sources,
                         const Push& push) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(*push.layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
  const std::vector<std::string> sources =
      WithSources(outer_sources, manifest.annotations, push);
  for (const Descriptor& layer : manifest.layers) {
    ABSL_RETURN_IF_ERROR(PushBlob(layer, sources, push));
  }
  return PushBlob(manifest.config, sources, push);
}

// Pushes all below the index, but not the index.
absl::Status PushManifestsOf(const Descriptor& descriptor,
                             const std::vector<std::string>& sources,
                             const Push& push) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(*push.layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(text));
  for (const Descriptor& manifest : index.manifests) {
    ABSL_RETURN_IF_ERROR(PushBlobsOf(manifest, sources, push));
    ABSL_ASSIGN_OR_RETURN(const absl::string_view manifest_text,
                          ReadBlob(*push.layout, manifest));
    ABSL_RETURN_IF_ERROR(push.client->PushManifest(
        manifest.digest, manifest.media_type, manifest_text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> PushLayout(FileSet& layout,
                                       const PushOptions& options,
                                       const PushProgress& progress,
                                       RegistryClient& client) {
  for (const std::string& tag : options.tags) {
    ABSL_RETURN_IF_ERROR(CheckTag(tag));
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view index_text,
                        layout.Read("index.json"));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(index_text));
  if (index.manifests.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "index.json has ", index.manifests.size(), " images: want one"));
  }
  const Descriptor& root = index.manifests[0];
  const Push push = {
      .layout = &layout, .progress = &progress, .client = &client};
  const std::vector<std::string> sources =
      WithSources(options.mount_from, root.annotations, push);
  if (IsIndexMediaType(root.media_type)) {
    ABSL_RETURN_IF_ERROR(PushManifestsOf(root, sources, push));
  } else {
    ABSL_RETURN_IF_ERROR(PushBlobsOf(root, sources, push));
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text, ReadBlob(layout, root));
  for (const std::string& tag : options.tags.empty()
                                    ? std::vector<std::string>{root.digest}
                                    : options.tags) {
    ABSL_RETURN_IF_ERROR(client.PushManifest(tag, root.media_type, text));
  }
  return root.digest;
}

}  // namespace rules_dockerfile
