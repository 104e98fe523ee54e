#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/manifest.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

// What a parser takes, it takes again as we write it, with the same result; and
// there is one text for one value.
template <typename T>
void ParsesWhatItWrites(absl::StatusOr<T> (*parse)(absl::string_view),
                        std::string (*write)(const T&),
                        absl::string_view text) {
  const absl::StatusOr<T> value = parse(text);
  if (!value.ok()) return;
  const std::string written = write(*value);
  const absl::StatusOr<T> again = parse(written);
  ABSL_CHECK_OK(again) << written;
  ABSL_CHECK(*again == *value) << written;
  ABSL_CHECK_EQ(write(*again), written);
}

// A completed history accounts for every layer.
void CompletesAnyHistory(absl::string_view text) {
  const absl::StatusOr<ImageConfig> config = ParseImageConfig(text);
  if (!config.ok()) return;
  const ImageConfig complete = WithCompleteHistory(*config);
  const auto layers =
      std::ranges::count(complete.history, false, &HistoryEntry::empty_layer);
  ABSL_CHECK_EQ(static_cast<size_t>(layers), complete.diff_ids.size());
}

// An index of referrers keeps those that it has, and gets a new one once.
void AddsAReferrer(absl::string_view text) {
  const Descriptor referrer = {.media_type = "a/b", .digest = DigestOf(text)};
  const absl::StatusOr<std::optional<std::string>> changed =
      WithReferrer(text, referrer);
  if (!changed.ok() || !changed->has_value()) return;
  const absl::StatusOr<ImageIndex> after = ParseIndex(**changed);
  ABSL_CHECK_OK(after);
  ABSL_CHECK(after->manifests.back() == referrer);
  const absl::StatusOr<ImageIndex> before = ParseIndex(text);
  const size_t count = before.ok() ? before->manifests.size() : 0;
  ABSL_CHECK_EQ(after->manifests.size(), count + 1);
  ABSL_CHECK(!WithReferrer(**changed, referrer)->has_value());
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ParsesWhatItWrites<ImageConfig>(ParseImageConfig, ImageConfigToText, text);
  ParsesWhatItWrites<ImageManifest>(ParseManifest, ManifestToText, text);
  ParsesWhatItWrites<ImageIndex>(ParseIndex, IndexToText, text);
  ParsesWhatItWrites<Descriptor>(ParseDescriptor, DescriptorToText, text);
  ParsesWhatItWrites<LayerDescriptor>(ParseLayerDescriptor,
                                      LayerDescriptorToText, text);
  ParsesWhatItWrites<Platform>(ParsePlatform, PlatformText, text);
  ParsesWhatItWrites<ImageReference>(ParseImageReference, ReferenceText, text);
  CompletesAnyHistory(text);
  ParseArtifactManifest(text).status().IgnoreError();
  AddsAReferrer(text);
  return 0;
}
