#ifndef LIB_LAYER_TAR_LAYER_ENTRY_H_
#define LIB_LAYER_TAR_LAYER_ENTRY_H_

#include <string>

#include "lib/layer/layer_entry.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// TarEntry, LayerEntry and FileNode have the same metadata (type, mode, owner,
// time, link target, device, extended attributes, size). It is not one struct
// that the three embed. Each has its own types: a tar has no whiteouts, a
// tree no hard links. LayerEntry and FileNode exist a million times, so they
// keep attributes behind one pointer, and FileNode has its other fields in the
// padding between these. And what embeds a struct cannot be written with
// designated initializers. Instead, each conversion is one function: those
// below, and those of file_node.h. A new field goes there.

// The type under which a tar member stands in a layer or tree, its name not
// looked at: a whiteout is the file that it is in the archive.
LayerEntryType LayerEntryTypeOf(TarEntryType type);

// The entry at the clean `path` with the metadata of a tar member: a hard
// link's target is cleaned, extended attributes whose names are not UTF-8 are
// left out. Without what TarEntry does not have: offset and digest.
LayerEntry LayerEntryOf(const TarEntry& entry, std::string path);

// The header of the tar member that the entry is; not for whiteouts.
TarEntry TarEntryOf(const LayerEntry& entry);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_TAR_LAYER_ENTRY_H_
