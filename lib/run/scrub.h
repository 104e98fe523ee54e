#ifndef LIB_RUN_SCRUB_H_
#define LIB_RUN_SCRUB_H_

#include "absl/status/status.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

// Reverts what a command did to the files that `patterns` match: `upper` has
// those of them that `lower` has too, and that still exist, as they were, and
// none that are new. Directories, and what was deleted, stay as the command
// left them.
absl::Status Scrub(const FileTree& lower, const IgnorePatterns& patterns,
                   FileTree& upper);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_SCRUB_H_
