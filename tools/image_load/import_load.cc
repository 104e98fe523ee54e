#include "tools/image_load/import_load.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "lib/base/byte_source.h"
#include "lib/oci/image_archive.h"
#include "lib/reference/reference.h"
#include "tools/image_load/import.h"
#include "tools/image_load/left_out.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {
namespace {

std::vector<std::string> NamesOf(absl::Span<const ArchivedImage> images) {
  std::vector<std::string> names;
  for (const ArchivedImage& image : images) {
    for (const ImageReference& tag : image.tags) {
      names.push_back(ReferenceText(tag));
    }
  }
  return names;
}

// Imports an archive without the layers `left_out`. NotFound if the namespace
// does not have the blobs of those then: an import does not fail without the
// blob of a layer that it finds unpacked.
absl::Status ImportPart(const std::string& name_space, ByteSource& archive,
                        const std::set<std::string>& left_out) {
  ABSL_RETURN_IF_ERROR(ImportIntoContainerd(name_space, archive));
  ABSL_ASSIGN_OR_RETURN(const std::set<std::string> blobs,
                        ContainerdBlobs(name_space));
  for (const std::string& digest : left_out) {
    if (!blobs.contains(digest)) {
      return absl::NotFoundError(
          absl::StrCat("containerd no longer has the layer ", digest));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadedImages> LoadIntoContainerd(
    const std::string& name_space, absl::Span<const ArchivedImage> images) {
  ABSL_ASSIGN_OR_RETURN(
      const LayerSizes left_out,
      LayersToLeaveOut(
          images,
          ContainerdBlobs(name_space).value_or(std::set<std::string>())));
  const std::set<std::string> digests = DigestsOf(left_out);
  std::vector<std::string> notes;
  if (!digests.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> part,
                          ImageArchive(images, digests));
    const absl::Status imported = ImportPart(name_space, *part, digests);
    if (imported.ok()) {
      return LoadedImages{.names = NamesOf(images),
                          .sent = part->size(),
                          .there = SizeOf(left_out)};
    }
    notes.push_back(NoteOfSendingAll(imported));
  }
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> archive,
                        ImageArchive(images));
  ABSL_RETURN_IF_ERROR(ImportIntoContainerd(name_space, *archive));
  return LoadedImages{.names = NamesOf(images),
                      .sent = archive->size(),
                      .notes = std::move(notes)};
}

absl::StatusOr<LoadedImages> LoadIntoKind(
    const std::string& cluster, absl::Span<const ArchivedImage> images) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> archive,
                        ImageArchive(images));
  ABSL_RETURN_IF_ERROR(ImportIntoKind(cluster, *archive));
  return LoadedImages{.names = NamesOf(images), .sent = archive->size()};
}

}  // namespace rules_dockerfile
