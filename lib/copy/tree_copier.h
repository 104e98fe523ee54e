#ifndef LIB_COPY_TREE_COPIER_H_
#define LIB_COPY_TREE_COPIER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/copy/data_store.h"
#include "lib/copy/source_path.h"
#include "lib/copy/target_tree.h"
#include "lib/dockerfile/values/chmod.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

struct CopyOptions {
  std::optional<Chmod> chmod;
  // Of a copied directory, only what these match, relative to it, with the
  // directories above (COPY --parents) …
  std::optional<IgnorePatterns> includes;
  // … and nothing that these match (--exclude).
  std::optional<IgnorePatterns> excludes;
};

// Copies `source` of `tree` to `destination` (absolute; a trailing slash says
// that it is a directory) of `target`, by the rules of the Dockerfile
// reference, "COPY", as BuildKit applies them:
//  - symlinks in the destination are followed; missing parents are made;
//  - a file goes into a destination that is a directory, else takes its place;
//  - of a directory the contents are merged into the destination. Its own mode
//    and owner are not copied, its mtime is;
//  - files and directories below it keep their metadata except for --chown (the
//    target's owner) and --chmod; hard links among them stay;
//  - symlinks below it are copied, those in their way replaced.
// InvalidArgument in the frontend's words:
// `cannot replace to directory /x/f with file`, `cannot copy to non-directory:
// /x`, `mkdir /afile: not a directory`.
absl::Status CopyToTarget(const FileTree& tree, const SourcePath& source,
                          absl::string_view destination,
                          const CopyOptions& options, DataStore* store,
                          TargetTree* target);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_TREE_COPIER_H_
