#include "tools/base_import/blobs.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/oci/media_type.h"
#include "tools/base_import/source.h"
#include "tools/shared/output_set.h"

namespace rules_dockerfile {
namespace {

// Writes the blob of a layer that has no descriptor yet, and returns one.
absl::StatusOr<Descriptor> WriteNewBlob(absl::string_view source, size_t i,
                                        const BlobsOptions& options,
                                        OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(OutputFile out,
                        outputs.Create(NumberedFile(options.blobs_out, i)));
  DigestingSink digesting(&out);
  Codec codec = DetectCodec(source);
  if (codec == Codec::kGzip || codec == Codec::kZstd) {
    ABSL_RETURN_IF_ERROR(digesting.Append(source));
  } else {
    if (i >= options.layers.size()) {
      return absl::InvalidArgumentError("no uncompressed layer is given");
    }
    codec = Codec::kGzip;
    ABSL_ASSIGN_OR_RETURN(const MappedFile tar,
                          MappedFile::Open(options.layers[i]));
    ABSL_RETURN_IF_ERROR(Compress(tar.contents(),
                                  {.codec = codec, .threads = options.threads},
                                  &digesting));
  }
  ABSL_RETURN_IF_ERROR(out.Commit());
  return Descriptor{.media_type = LayerMediaType(codec),
                    .digest = digesting.Finish(),
                    .size = digesting.size()};
}

absl::StatusOr<Descriptor> WriteBlob(const SourceLayer& layer, size_t i,
                                     const BlobsOptions& options,
                                     OutputSet& outputs) {
  if (!layer.descriptor.has_value()) {
    return WriteNewBlob(layer.blob, i, options, outputs);
  }
  Descriptor descriptor = *layer.descriptor;
  ABSL_ASSIGN_OR_RETURN(const Codec codec, LayerCodecOf(descriptor.media_type));
  descriptor.media_type = LayerMediaType(codec);
  ABSL_RETURN_IF_ERROR(
      outputs.Write(NumberedFile(options.blobs_out, i), layer.blob));
  return descriptor;
}

absl::Status WriteBlobs(const std::vector<SourceLayer>& layers,
                        const BlobsOptions& options, OutputSet& outputs) {
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config,
                        ReadParsed(options.config, ParseImageConfig));
  if (config.diff_ids.size() != layers.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layers: expected ", config.diff_ids.size(), ", got ", layers.size()));
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const absl::StatusOr<Descriptor> blob =
        WriteBlob(layers[i], i, options, outputs);
    if (!blob.ok()) return InLayer(i, layers.size(), blob.status());
    const LayerDescriptor descriptor = {.blob = *blob,
                                        .diff_id = config.diff_ids[i]};
    ABSL_RETURN_IF_ERROR(outputs.Write(NumberedFile(options.descriptors_out, i),
                                       LayerDescriptorToText(descriptor)));
  }
  return absl::OkStatus();
}

absl::Status WriteSourceBlobs(const BlobsOptions& options, OutputSet& outputs) {
  if (!options.source.rootfs.empty()) {
    ABSL_ASSIGN_OR_RETURN(const MappedFile rootfs,
                          MappedFile::Open(options.source.rootfs));
    return WriteBlobs({{.blob = rootfs.contents()}}, options, outputs);
  }
  ABSL_ASSIGN_OR_RETURN(
      const OpenedImage opened,
      OpenImage(options.source, options.platform,
                absl::StrCat(options.blobs_out, ".archive"), outputs));
  return WriteBlobs(opened.image.layers, options, outputs);
}

}  // namespace

absl::Status WriteBaseBlobs(const BlobsOptions& options) {
  OutputSet outputs;
  ABSL_RETURN_IF_ERROR(outputs.MakeDirectory(options.blobs_out));
  ABSL_RETURN_IF_ERROR(outputs.MakeDirectory(options.descriptors_out));
  if (const absl::Status written = WriteSourceBlobs(options, outputs);
      !written.ok()) {
    return InSource(options.source, written);
  }
  outputs.Keep();
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
