#ifndef LIB_LAYER_SNAPSHOT_ENTRIES_H_
#define LIB_LAYER_SNAPSHOT_ENTRIES_H_

#include <vector>

#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {

// What `upper` has and neither `lower` nor `entries` (those of the layer
// between them) contain: LayerIndex::snapshot.
//  - The names of a file that the step linked (their inode is none of `lower`)
//    and of which the layer leaves one out, since it did not change: all others
//    are links to the first such name.
//  - The `user.` xattrs of files and directories that have some and are in the
//    layer, or whose xattrs changed.
std::vector<SnapshotEntry> SnapshotEntries(
    const FileTree& lower, const FileTree& upper,
    const std::vector<LayerEntry>& entries);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_SNAPSHOT_ENTRIES_H_
