#ifndef LIB_COPY_BUILD_CONTEXT_H_
#define LIB_COPY_BUILD_CONTEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/copy/archive.h"
#include "lib/copy/context.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The build context: files, an archive, or both.
struct BuildContextFiles {
  std::vector<ContextFile> files;
  std::string tar;                        // "": none
  std::vector<std::string> ignore_files;  // .dockerignore files, joined
};

// Returns the files of a tar archive, compressed or not. InvalidArgument `"x"
// is not a tar archive`.
absl::StatusOr<FileTree> ReadTarFile(const std::string& path,
                                     ArchiveOpener& archives);

// Returns the complete build context, with ignored files; `mtime` is the time
// of `context.files`. `store` then finds the data.
absl::StatusOr<FileTree> ReadBuildContext(const BuildContextFiles& context,
                                          int64_t mtime, DataStore& store,
                                          ArchiveOpener& archives);

// Returns `tree` without the files that `ignore_files` ignore.
absl::StatusOr<FileTree> WithoutIgnoredFiles(
    const FileTree& tree, const std::vector<std::string>& ignore_files);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_BUILD_CONTEXT_H_
