#ifndef LIB_COPY_SOURCE_PATH_H_
#define LIB_COPY_SOURCE_PATH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// A file or directory that a source of COPY or ADD names.
struct SourcePath {
  std::string path;  // in the tree, all symlinks followed
  std::string name;  // the file name that it gets in a directory

  friend bool operator==(const SourcePath&, const SourcePath&) = default;
};

// Whether `path` has an unescaped "*", "?" or "[".
bool HasWildcards(absl::string_view path);

// What `source`, cleaned and relative to the root, names in `tree`: itself, or
// what matches its wildcards (filepath.Match on full paths) in walk order,
// possibly nothing. Symlinks are followed, the last component too. NotFound
// `"/missing": not found` if a path without wildcards, or what a matched
// symlink points to, is not there.
absl::StatusOr<std::vector<SourcePath>> FindSources(const FileTree& tree,
                                                    absl::string_view source);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_SOURCE_PATH_H_
