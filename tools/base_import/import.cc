#include "tools/base_import/import.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "tools/base_import/rootfs_config.h"
#include "tools/shared/output_set.h"
#include "tools/shared/unpack_layer.h"

namespace rules_dockerfile {
namespace {

// `status` of layer `number`, counted from 1.
absl::Status InLayer(size_t number, size_t count, const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat("layer ", number, " of ", count, ": ", status.message()));
}

std::string Numbered(const std::string& directory, size_t i) {
  return absl::StrFormat("%s/%04d", directory, i);
}

// Writes the blob of a layer that has no descriptor yet, and returns one. A
// blob that is not in a codec of layers is replaced by `tar` in gzip.
absl::StatusOr<Descriptor> WriteNewBlob(absl::string_view blob,
                                        absl::string_view tar,
                                        const std::string& path,
                                        OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(OutputFile out, outputs.Create(path));
  DigestingSink digesting(&out);
  Codec codec = DetectCodec(blob);
  if (codec == Codec::kGzip || codec == Codec::kZstd) {
    ABSL_RETURN_IF_ERROR(digesting.Append(blob));
  } else {
    codec = Codec::kGzip;
    ABSL_RETURN_IF_ERROR(Compress(tar, {.codec = codec}, &digesting));
  }
  ABSL_RETURN_IF_ERROR(out.Commit());
  return Descriptor{.media_type = LayerMediaType(codec),
                    .digest = digesting.Finish(),
                    .size = digesting.size()};
}

// Writes the four files of one layer, and returns its diff_id.
absl::StatusOr<std::string> ImportLayer(const SourceLayer& layer, size_t i,
                                        const ImportOptions& options,
                                        OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(const UnpackedLayer unpacked,
                        UnpackLayer(layer.blob, Numbered(options.layers_out, i),
                                    Numbered(options.indexes_out, i), outputs));

  LayerDescriptor descriptor = {.diff_id = unpacked.diff_id};
  const std::string blob_path = Numbered(options.blobs_out, i);
  if (layer.descriptor.has_value()) {
    descriptor.blob = *layer.descriptor;
    ABSL_ASSIGN_OR_RETURN(const Codec codec,
                          LayerCodecOf(descriptor.blob.media_type));
    descriptor.blob.media_type = LayerMediaType(codec);
    ABSL_RETURN_IF_ERROR(outputs.Write(blob_path, layer.blob));
  } else {
    ABSL_ASSIGN_OR_RETURN(
        descriptor.blob,
        WriteNewBlob(layer.blob, unpacked.tar.contents(), blob_path, outputs));
  }
  ABSL_RETURN_IF_ERROR(outputs.Write(Numbered(options.descriptors_out, i),
                                     LayerDescriptorToText(descriptor)));
  return unpacked.diff_id;
}

absl::Status ImportLayers(const SourceImage& image,
                          const ImportOptions& options, OutputSet& outputs) {
  const size_t count = options.layers_out.empty() ? 0 : image.layers.size();
  for (size_t i = 0; i < count; ++i) {
    const SourceLayer& layer = image.layers[i];
    const absl::StatusOr<std::string> diff_id =
        ImportLayer(layer, i, options, outputs);
    if (!diff_id.ok()) return InLayer(i + 1, count, diff_id.status());
    if (*diff_id != layer.diff_id) {
      return absl::DataLossError(
          absl::StrCat("layer ", i + 1, " of ", count, " has diff_id \"",
                       *diff_id, "\": the config has \"", layer.diff_id, "\""));
    }
  }
  return outputs.Write(options.config_out,
                       WithPlatform(image.config_text, options.platform));
}

absl::StatusOr<Platform> ImportImage(FileSet& files,
                                     const ImportOptions& options,
                                     OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(const SourceImage image,
                        ReadImage(files, options.platform));
  ABSL_RETURN_IF_ERROR(ImportLayers(image, options, outputs));
  return image.config.platform;
}

absl::StatusOr<Platform> ImportArchive(const ImportOptions& options,
                                       OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(MappedFile archive, MappedFile::Open(options.archive));
  if (DetectCodec(archive.contents()) != Codec::kNone) {
    const std::string path = options.config_out + ".archive";
    ABSL_RETURN_IF_ERROR(
        WriteDecompressed(archive.contents(), path, outputs).status());
    ABSL_ASSIGN_OR_RETURN(archive, MappedFile::Open(path));
    outputs.Remove(path);  // stays mapped
  }
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<FileSet> files,
                        ArchiveFiles(archive.contents()));
  return ImportImage(*files, options, outputs);
}

absl::StatusOr<Platform> ImportRootfs(const ImportOptions& options,
                                      OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile rootfs,
                        MappedFile::Open(options.rootfs));
  const SourceLayer layer = {.blob = rootfs.contents()};
  const absl::StatusOr<std::string> diff_id =
      ImportLayer(layer, 0, options, outputs);
  if (!diff_id.ok()) return InLayer(1, 1, diff_id.status());
  std::string config_text;
  if (!options.config.empty()) {
    ABSL_ASSIGN_OR_RETURN(config_text, ReadFile(options.config));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        RootfsConfig(config_text, options.platform, *diff_id));
  ABSL_RETURN_IF_ERROR(
      outputs.Write(options.config_out, ImageConfigToText(config)));
  return config.platform;
}

// A variant says how fast a processor may be; BuildKit does not check that of a
// base.
bool IsSameMachine(const Platform& a, const Platform& b) {
  return a.os == b.os && a.architecture == b.architecture;
}

absl::StatusOr<Platform> Import(const ImportOptions& options,
                                OutputSet& outputs) {
  if (!options.archive.empty()) return ImportArchive(options, outputs);
  if (!options.rootfs.empty()) return ImportRootfs(options, outputs);
  const std::unique_ptr<FileSet> files = DirectoryFiles(options.layout);
  return ImportImage(*files, options, outputs);
}

}  // namespace

absl::StatusOr<Platform> ImportBase(const ImportOptions& options) {
  OutputSet outputs;
  const std::string source =
      absl::StrCat(options.layout, options.archive, options.rootfs);
  for (const std::string* directory :
       {&options.layers_out, &options.indexes_out, &options.blobs_out,
        &options.descriptors_out}) {
    if (directory->empty()) continue;
    ABSL_RETURN_IF_ERROR(outputs.MakeDirectory(*directory));
  }
  absl::StatusOr<Platform> platform = Import(options, outputs);
  if (!platform.ok()) {
    return absl::Status(
        platform.status().code(),
        absl::StrCat("\"", source, "\": ", platform.status().message()));
  }
  if (!options.wanted_by.empty() &&
      !IsSameMachine(*platform, options.platform)) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.wanted_by, ": expected an image for ",
                     PlatformText(options.platform), ", got ",
                     PlatformText(*platform), " of \"", source, "\""));
  }
  outputs.Keep();
  return platform;
}

}  // namespace rules_dockerfile
