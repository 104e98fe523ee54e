// Compresses a layer tar, and describes the result:
// docs/design/0001_artifacts.md, "Layer blob and descriptor".
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/layer/estargz.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/compression_threads.h"

ABSL_FLAG(std::string, layer, "", "layer tar to compress");
ABSL_FLAG(std::string, codec, "gzip", "gzip, estargz, zstd or none");
ABSL_FLAG(int, level, 0, "1 to 9 for gzip, 1 to 22 for zstd; 0: the default");
ABSL_FLAG(std::string, blob_out, "", "layer blob to write");
ABSL_FLAG(std::string, descriptor_out, "", "descriptor to write");

namespace rules_dockerfile {
namespace {

// gzip with a table of contents.
constexpr absl::string_view kEstargz = "estargz";

absl::StatusOr<LayerDescriptor> WriteBlob(absl::string_view tar,
                                          ByteSink* sink) {
  Digester diff_id;
  CompressOptions options = {.threads = CompressionThreads(), .tee = &diff_id};
  if (const int level = absl::GetFlag(FLAGS_level); level != 0) {
    options.level = level;
  }
  DigestingSink blob(sink);
  LayerDescriptor descriptor;
  if (absl::GetFlag(FLAGS_codec) == kEstargz) {
    EstargzOptions estargz = {.threads = options.threads};
    estargz.level = options.level.value_or(estargz.level);
    ABSL_ASSIGN_OR_RETURN(const EstargzDigests digests,
                          WriteEstargz(tar, estargz, &blob));
    descriptor.blob.annotations[kEstargzTocDigestAnnotation] = digests.toc;
    descriptor.diff_id = digests.diff_id;
  } else {
    ABSL_ASSIGN_OR_RETURN(options.codec,
                          ParseCodec(absl::GetFlag(FLAGS_codec)));
    ABSL_RETURN_IF_ERROR(Compress(tar, options, &blob));
    descriptor.diff_id = diff_id.Finish();
  }
  descriptor.blob.media_type = LayerMediaType(options.codec);
  descriptor.blob.digest = blob.Finish();
  descriptor.blob.size = blob.size();
  return descriptor;
}

absl::Status CompressLayer() {
  ABSL_ASSIGN_OR_RETURN(const std::string layer, RequiredFlag(FLAGS_layer));
  ABSL_ASSIGN_OR_RETURN(const std::string blob_out,
                        RequiredFlag(FLAGS_blob_out));
  ABSL_ASSIGN_OR_RETURN(const std::string descriptor_out,
                        RequiredFlag(FLAGS_descriptor_out));
  ABSL_ASSIGN_OR_RETURN(const MappedFile tar, MappedFile::Open(layer));
  ABSL_ASSIGN_OR_RETURN(OutputFile blob, OutputFile::Create(blob_out));
  ABSL_ASSIGN_OR_RETURN(const LayerDescriptor descriptor,
                        WriteBlob(tar.contents(), &blob));
  ABSL_RETURN_IF_ERROR(blob.Commit());
  return WriteFile(descriptor_out, LayerDescriptorToText(descriptor));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_compress", "Compresses a layer tar into a blob.", argc, argv,
      rules_dockerfile::CompressLayer);
}
