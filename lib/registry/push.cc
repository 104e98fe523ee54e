#include "lib/registry/push.h"

#include <string>
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
#include "lib/registry/client.h"

namespace rules_dockerfile {
namespace {

absl::Status PushBlob(FileSet& layout, const Descriptor& descriptor,
                      const PushProgress& progress, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view bytes,
                        ReadBlob(layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const bool sent,
                        client.PushBlob(descriptor.digest, bytes));
  progress(descriptor.digest, descriptor.size, sent);
  return absl::OkStatus();
}

// Pushes what the manifest names, but not the manifest.
absl::Status PushBlobsOf(FileSet& layout, const Descriptor& descriptor,
                         const PushProgress& progress, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(text));
  for (const Descriptor& layer : manifest.layers) {
    ABSL_RETURN_IF_ERROR(PushBlob(layout, layer, progress, client));
  }
  return PushBlob(layout, manifest.config, progress, client);
}

// Pushes all below the index, but not the index.
absl::Status PushManifestsOf(FileSet& layout, const Descriptor& descriptor,
                             const PushProgress& progress,
                             RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadBlob(layout, descriptor));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(text));
  for (const Descriptor& manifest : index.manifests) {
    ABSL_RETURN_IF_ERROR(PushBlobsOf(layout, manifest, progress, client));
    ABSL_ASSIGN_OR_RETURN(const absl::string_view manifest_text,
                          ReadBlob(layout, manifest));
    ABSL_RETURN_IF_ERROR(client.PushManifest(
        manifest.digest, manifest.media_type, manifest_text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> PushLayout(FileSet& layout,
                                       const std::vector<std::string>& tags,
                                       const PushProgress& progress,
                                       RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view index_text,
                        layout.Read("index.json"));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(index_text));
  if (index.manifests.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "index.json has ", index.manifests.size(), " images: want one"));
  }
  const Descriptor& root = index.manifests[0];
  if (IsIndexMediaType(root.media_type)) {
    ABSL_RETURN_IF_ERROR(PushManifestsOf(layout, root, progress, client));
  } else {
    ABSL_RETURN_IF_ERROR(PushBlobsOf(layout, root, progress, client));
  }
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text, ReadBlob(layout, root));
  for (const std::string& tag :
       tags.empty() ? std::vector<std::string>{root.digest} : tags) {
    ABSL_RETURN_IF_ERROR(client.PushManifest(tag, root.media_type, text));
  }
  return root.digest;
}

}  // namespace rules_dockerfile
