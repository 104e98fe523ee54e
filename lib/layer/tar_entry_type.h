#ifndef LIB_LAYER_TAR_ENTRY_TYPE_H_
#define LIB_LAYER_TAR_ENTRY_TYPE_H_

#include "lib/layer/layer_index.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// The type under which a tar member stands in a layer or tree, its name not
// looked at: a whiteout is the file that it is in the archive.
LayerEntryType LayerEntryTypeOf(TarEntryType type);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_TAR_ENTRY_TYPE_H_
