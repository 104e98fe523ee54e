#ifndef LIB_COPY_CONTEXT_H_
#define LIB_COPY_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

// A file of the build context: its path there and where it really is.
struct ContextFile {
  std::string path;
  std::string file;
  // Whether all shared ones of one `file` are one file with several names.
  bool shared = false;
  // The size of a regular file that is no symlink, if it was looked up.
  std::optional<int64_t> size;

  friend bool operator==(const ContextFile&, const ContextFile&) = default;
};

// `flag`, the value of --context_file=PATH=FILE. Both may hold "="; the first
// one with a file behind it separates. InvalidArgument if there is none.
absl::StatusOr<ContextFile> ParseContextFile(absl::string_view flag);

// `tree` (of the build context's archive) and `files`, whose data `store` then
// finds, and their mode by it (DataStore::Mode()); 0:0; modified at `mtime`.
// Shared files are hard links, except for empty ones, which only happen to have
// no content. Directories come from the paths, and from `file`s that are
// directories, which bring all below them. Symlinks are followed (Bazel's
// sandboxes are made of them), except for those that lead nowhere, which stay
// symlinks. InvalidArgument if two files have one path, or one's path is
// another's directory.
absl::StatusOr<FileTree> AddContextFiles(FileTree tree,
                                         const std::vector<ContextFile>& files,
                                         int64_t mtime, DataStore* store);

// `tree` without what the patterns ignore. The directories of what is left
// stay, ignored or not (Dockerfile reference, ".dockerignore file").
absl::StatusOr<FileTree> WithoutIgnored(const FileTree& tree,
                                        const IgnorePatterns& patterns);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_CONTEXT_H_
