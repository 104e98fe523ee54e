// Makes a layer's tar and index from its blob: docs/design/0001_artifacts.md.
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/digest/digest.h"
#include "lib/oci/media_type.h"
#include "lib/worker/action_tool.h"
#include "tools/shared/output_set.h"
#include "tools/shared/unpack_layer.h"

ABSL_FLAG(std::string, blob, "", "layer blob of a registry");
ABSL_FLAG(std::string, media_type, "", "media type of the blob");
ABSL_FLAG(std::string, diff_id, "", "digest of the uncompressed tar");
ABSL_FLAG(std::string, tar_out, "", "uncompressed tar to write");
ABSL_FLAG(std::string, index_out, "", "layer index to write");

namespace rules_dockerfile {
namespace {

struct ImportOptions {
  std::string blob;
  std::string diff_id;
  std::string tar_out;
  std::string index_out;
};

absl::StatusOr<ImportOptions> OptionsFromFlags() {
  ImportOptions options;
  ABSL_ASSIGN_OR_RETURN(options.blob, RequiredFlag(FLAGS_blob));
  ABSL_ASSIGN_OR_RETURN(const std::string media_type,
                        RequiredFlag(FLAGS_media_type));
  // As with Docker, the blob's first bytes determine its codec; the media type
  // says that it is a layer that can be read.
  ABSL_RETURN_IF_ERROR(LayerCodecOf(media_type).status());
  ABSL_ASSIGN_OR_RETURN(const std::string diff_id, RequiredFlag(FLAGS_diff_id));
  ABSL_ASSIGN_OR_RETURN(options.diff_id, ParseDigest(diff_id));
  ABSL_ASSIGN_OR_RETURN(options.tar_out, RequiredFlag(FLAGS_tar_out));
  ABSL_ASSIGN_OR_RETURN(options.index_out, RequiredFlag(FLAGS_index_out));
  return options;
}

absl::Status ImportLayer(const ImportOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile blob, MappedFile::Open(options.blob));
  OutputSet outputs;
  const absl::StatusOr<UnpackedLayer> layer =
      UnpackLayer(blob.contents(), options.tar_out, options.index_out, outputs);
  if (!layer.ok()) {
    return absl::Status(
        layer.status().code(),
        absl::StrCat("\"", options.blob, "\": ", layer.status().message()));
  }
  if (layer->diff_id != options.diff_id) {
    return absl::DataLossError(
        absl::StrCat("\"", options.blob, "\": expected diff_id \"",
                     options.diff_id, "\", got \"", layer->diff_id, "\""));
  }
  outputs.Keep();
  return absl::OkStatus();
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const ImportOptions options, OptionsFromFlags());
  return ImportLayer(options);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_import",
      "Extracts the tar of a layer from its blob, and writes its index.", argc,
      argv, rules_dockerfile::Run);
}
