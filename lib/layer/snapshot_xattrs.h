#ifndef LIB_LAYER_SNAPSHOT_XATTRS_H_
#define LIB_LAYER_SNAPSHOT_XATTRS_H_

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Whether an extended attribute of that name stays from step to step though no
// layer has it: those of `user.` with names in UTF-8, except for the overlay's
// (`user.overlay.`) and the sandbox's own (`user.rules_dockerfile.`).
bool IsSnapshotXattr(absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_SNAPSHOT_XATTRS_H_
