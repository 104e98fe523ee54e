#include "lib/layer/layer_entry.h"

#include <array>
#include <optional>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

struct TypeName {
  LayerEntryType type;
  absl::string_view name;
};
constexpr std::array<TypeName, 9> kTypeNames = {{
    {LayerEntryType::kFile, "file"},
    {LayerEntryType::kHardLink, "hardlink"},
    {LayerEntryType::kSymlink, "symlink"},
    {LayerEntryType::kCharDevice, "char"},
    {LayerEntryType::kBlockDevice, "block"},
    {LayerEntryType::kDirectory, "directory"},
    {LayerEntryType::kFifo, "fifo"},
    {LayerEntryType::kWhiteout, "whiteout"},
    {LayerEntryType::kOpaque, "opaque"},
}};

}  // namespace

absl::string_view LayerEntryTypeName(LayerEntryType type) {
  for (const TypeName& type_name : kTypeNames) {
    if (type_name.type == type) return type_name.name;
  }
  return "unknown";
}

std::optional<LayerEntryType> LayerEntryTypeOf(absl::string_view name) {
  for (const TypeName& type_name : kTypeNames) {
    if (type_name.name == name) return type_name.type;
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
