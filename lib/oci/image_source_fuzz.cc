#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_source.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/oci/platform.h"
#include "lib/oci/reference.h"

namespace rules_dockerfile {
namespace {

// What a parser takes, it takes again as we write it, with the same result.
template <typename T>
void ParsesWhatItWrites(absl::StatusOr<T> (*parse)(absl::string_view),
                        std::string (*write)(const T&),
                        absl::string_view text) {
  const absl::StatusOr<T> value = parse(text);
  if (!value.ok()) return;
  const absl::StatusOr<T> again = parse(write(*value));
  ABSL_CHECK_OK(again);
  ABSL_CHECK(*again == *value);
}

// Any archive gives an image whose layers lie inside it, or an error.
void ReadsAnyArchive(absl::string_view archive) {
  const absl::StatusOr<std::unique_ptr<FileSet>> files = ArchiveFiles(archive);
  if (!files.ok()) return;
  const absl::StatusOr<SourceImage> image =
      ReadImage(**files, {.os = "linux", .architecture = "amd64"});
  if (!image.ok()) return;
  ABSL_CHECK_EQ(image->layers.size(), image->config.diff_ids.size());
  for (const SourceLayer& layer : image->layers) {
    ABSL_CHECK(layer.blob.empty() || (layer.blob.data() >= archive.data() &&
                                      layer.blob.data() + layer.blob.size() <=
                                          archive.data() + archive.size()));
  }
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ParsesWhatItWrites<ImageConfig>(ParseImageConfig, ImageConfigToText, text);
  ParsesWhatItWrites<ImageManifest>(ParseManifest, ManifestToText, text);
  ParsesWhatItWrites<ImageIndex>(ParseIndex, IndexToText, text);
  ParsesWhatItWrites<LayerDescriptor>(ParseLayerDescriptor,
                                      LayerDescriptorToText, text);
  ParsesWhatItWrites<Reference>(ParseReference, ReferenceText, text);
  ReadsAnyArchive(text);
  return 0;
}
