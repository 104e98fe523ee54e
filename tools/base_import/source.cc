#include "tools/base_import/source.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"
#include "tools/shared/output_set.h"
#include "tools/shared/unpack_layer.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<MappedFile> OpenArchive(const std::string& path,
                                       const std::string& temporary,
                                       OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(MappedFile archive, MappedFile::Open(path));
  if (DetectCodec(archive.contents()) == Codec::kNone) return archive;
  ABSL_RETURN_IF_ERROR(
      WriteDecompressed(archive.contents(), temporary, outputs).status());
  ABSL_ASSIGN_OR_RETURN(archive, MappedFile::Open(temporary));
  outputs.Remove(temporary);  // stays mapped
  return archive;
}

}  // namespace

absl::StatusOr<OpenedImage> OpenImage(const ImportSource& source,
                                      const Platform& platform,
                                      const std::string& temporary,
                                      OutputSet& outputs) {
  OpenedImage opened;
  if (source.archive.empty()) {
    opened.files = DirectoryFiles(source.layout);
  } else {
    ABSL_ASSIGN_OR_RETURN(opened.archive,
                          OpenArchive(source.archive, temporary, outputs));
    ABSL_ASSIGN_OR_RETURN(opened.files,
                          ArchiveFiles(opened.archive->contents()));
  }
  ABSL_ASSIGN_OR_RETURN(opened.image, ReadImage(*opened.files, platform));
  return opened;
}

absl::Status InLayer(size_t i, size_t count, const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat("layer ", i + 1, " of ", count, ": ", status.message()));
}

absl::Status InSource(const ImportSource& source, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("\"", source.layout, source.archive,
                                   source.rootfs, "\": ", status.message()));
}

std::string NumberedFile(absl::string_view directory, size_t i) {
  return absl::StrFormat("%s/%04d", directory, i);
}

}  // namespace rules_dockerfile
