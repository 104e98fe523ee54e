#include "tools/image_load/daemon_load.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"
#include "lib/digest/digest.h"
#include "lib/docker/client.h"
#include "lib/oci/image_archive.h"
#include "lib/reference/reference.h"
#include "tools/image_load/left_out.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {
namespace {

// As many bytes are sent as fast as the daemon lists all of its images.
constexpr int64_t kFewBytes = 1 << 20;

// The layers of the daemon's images of the same names: mostly, those of the
// last load.
absl::StatusOr<KnownLayers> FindLayersOfNames(
    absl::Span<const ArchivedImage> images, DockerClient& client) {
  std::vector<std::string> names;
  for (const ArchivedImage& image : images) {
    if (!image.tags.empty()) names.push_back(FamiliarText(image.tags[0]));
  }
  return client.FindLayersOf(names);
}

// What the daemon has of the images: if those of their names lack only little,
// no others are looked at.
absl::StatusOr<KnownLayers> FindLayers(absl::Span<const ArchivedImage> images,
                                       DockerClient& client) {
  const absl::StatusOr<KnownLayers> own = FindLayersOfNames(images, client);
  if (own.ok()) {
    ABSL_ASSIGN_OR_RETURN(const LayerSizes all, LayersOf(images));
    ABSL_ASSIGN_OR_RETURN(const LayerSizes there,
                          LayersToLeaveOut(images, *own));
    if (!there.empty() && SizeOf(all) - SizeOf(there) <= kFewBytes) return own;
  }
  return client.FindKnownLayers();
}

absl::StatusOr<LoadedImages> SendArchive(absl::Span<const ArchivedImage> images,
                                         const LayerSizes& left_out,
                                         DockerClient& client) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> archive,
                        ImageArchive(images, DigestsOf(left_out)));
  LoadedImages loaded = {.sent = archive->size(), .there = SizeOf(left_out)};
  ABSL_ASSIGN_OR_RETURN(loaded.names, client.LoadImages(*archive));
  return loaded;
}

// NotFound if the daemon does not have all of the images.
absl::Status CheckHasAll(absl::Span<const ArchivedImage> images,
                         const std::vector<std::string>& names,
                         DockerClient& client) {
  std::set<std::string> manifests;
  for (const ArchivedImage& image : images) {
    for (const std::string& text : image.contents.manifests) {
      manifests.insert(DigestOf(text));
    }
  }
  ABSL_ASSIGN_OR_RETURN(const bool has, client.HasContent(names, manifests));
  return has ? absl::OkStatus()
             : absl::NotFoundError("the daemon no longer has all layers");
}

absl::StatusOr<LoadedImages> SendPart(absl::Span<const ArchivedImage> images,
                                      const LayerSizes& left_out,
                                      LayerStore store, DockerClient& client) {
  ABSL_ASSIGN_OR_RETURN(LoadedImages loaded,
                        SendArchive(images, left_out, client));
  // Unless layers are known by chains, it may have one in another compression.
  if (store == LayerStore::kContent) {
    ABSL_RETURN_IF_ERROR(CheckHasAll(images, loaded.names, client));
  }
  return loaded;
}

// Loads all images by one archive.
absl::StatusOr<LoadedImages> LoadTogether(
    absl::Span<const ArchivedImage> images, const KnownLayers& known,
    DockerClient& client) {
  ABSL_ASSIGN_OR_RETURN(const LayerSizes left_out,
                        LayersToLeaveOut(images, known));
  if (left_out.empty()) return SendArchive(images, {}, client);
  absl::StatusOr<LoadedImages> part =
      SendPart(images, left_out, known.store, client);
  if (part.ok()) return part;
  // It may have lost a layer since it was asked.
  ABSL_ASSIGN_OR_RETURN(LoadedImages loaded, SendArchive(images, {}, client));
  loaded.notes.push_back(NoteOfSendingAll(part.status()));
  return loaded;
}

// Loads each image by an archive with one name: podman knows layers by their
// blobs only where an archive's index has a single entry.
absl::StatusOr<LoadedImages> LoadOneByOne(
    absl::Span<const ArchivedImage> images, KnownLayers known,
    DockerClient& client) {
  LoadedImages all;
  for (const ArchivedImage& image : images) {
    ArchivedImage named = {.contents = image.contents};
    if (!image.tags.empty()) named.tags.push_back(image.tags[0]);
    ABSL_ASSIGN_OR_RETURN(const LoadedImages one,
                          LoadTogether({named}, known, client));
    all.names.insert(all.names.end(), one.names.begin(), one.names.end());
    all.sent += one.sent;
    all.there += one.there;
    all.notes.insert(all.notes.end(), one.notes.begin(), one.notes.end());
    for (size_t i = 1; i < image.tags.size(); ++i) {
      ABSL_RETURN_IF_ERROR(client.TagImage(one.names[0], image.tags[i]));
      all.names.push_back(FamiliarText(image.tags[i]));
    }
    ABSL_ASSIGN_OR_RETURN(std::vector<std::vector<std::string>> diff_ids,
                          DiffIds(image));
    // Of an index, only those of one platform are loaded.
    if (diff_ids.size() == 1) known.images.push_back(std::move(diff_ids[0]));
  }
  return all;
}

}  // namespace

absl::StatusOr<LoadedImages> LoadIntoDaemon(
    absl::Span<const ArchivedImage> images, DockerClient& client) {
  const KnownLayers known = FindLayers(images, client).value_or(KnownLayers());
  return known.store == LayerStore::kBlobs
             ? LoadOneByOne(images, known, client)
             : LoadTogether(images, known, client);
}

}  // namespace rules_dockerfile
