#ifndef LIB_LAYER_PLAIN_ENTRY_H_
#define LIB_LAYER_PLAIN_ENTRY_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

// The entry of an index line that stands as LayerIndexToText() writes it: keys
// in its order, printable ASCII without escapes, no xattrs. Nearly all lines
// do, and this is ten times as fast as a JSON parser. nullopt for any other
// line, right or wrong: the JSON parser decides.
std::optional<LayerEntry> ParsePlainEntry(absl::string_view line);

// Appends that line, with its line feed. False, and nothing appended, for an
// entry that has none, or is of a device.
bool AppendPlainEntry(const LayerEntry& entry, std::string& text);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_PLAIN_ENTRY_H_
