#ifndef LIB_OCI_DESCRIPTOR_H_
#define LIB_OCI_DESCRIPTOR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json_fwd.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// Points at a blob (OCI image-spec descriptor.md).
struct Descriptor {
  std::string media_type;
  std::string digest;
  int64_t size = 0;
  std::map<std::string, std::string> annotations;
  std::optional<Platform> platform;
  std::string artifact_type;  // of the manifest of an artifact

  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

// A layer's blob, and what it holds when decompressed:
// docs/design/0001_artifacts.md, "Layer blob and descriptor".
struct LayerDescriptor {
  Descriptor blob;
  std::string diff_id;

  friend bool operator==(const LayerDescriptor&,
                         const LayerDescriptor&) = default;
};

// In the field order of the specification; empty fields are left out.
Json DescriptorToJson(const Descriptor& descriptor);

// InvalidArgument for a missing field, a digest that is not SHA-256 or a
// negative size. `urls` and `data` are not read: a blob is what its digest
// says.
absl::StatusOr<Descriptor> DescriptorFromJson(const JsonNode& node);

// The file `*.descriptor.json` and back; Parse(ToText(x)) == x.
std::string LayerDescriptorToText(const LayerDescriptor& descriptor);
absl::StatusOr<LayerDescriptor> ParseLayerDescriptor(absl::string_view text);

// As above for the descriptor of a manifest.
std::string DescriptorToText(const Descriptor& descriptor);
absl::StatusOr<Descriptor> ParseDescriptor(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_DESCRIPTOR_H_
