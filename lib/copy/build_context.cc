#include "lib/copy/build_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/copy/archive.h"
#include "lib/copy/context.h"
#include "lib/copy/data_store.h"
#include "lib/copy/tar_tree.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

absl::StatusOr<FileTree> ReadTarFile(const std::string& path,
                                     ArchiveOpener& archives) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<OpenArchive> archive,
                        archives.OpenFile(path));
  if (!archive.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not a tar archive"));
  }
  return ReadTarTree(archive->bytes, archive->source);
}

absl::StatusOr<FileTree> ReadBuildContext(const BuildContextFiles& context,
                                          int64_t mtime, DataStore& store,
                                          ArchiveOpener& archives) {
  FileTree tree;
  if (!context.tar.empty()) {
    ABSL_ASSIGN_OR_RETURN(tree, ReadTarFile(context.tar, archives));
  }
  return AddContextFiles(std::move(tree), context.files, mtime, &store);
}

absl::StatusOr<FileTree> WithoutIgnoredFiles(
    const FileTree& tree, const std::vector<std::string>& ignore_files) {
  if (ignore_files.empty()) return tree;
  std::string patterns;
  for (const std::string& file : ignore_files) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
    absl::StrAppend(&patterns, text, "\n");
  }
  ABSL_ASSIGN_OR_RETURN(const IgnorePatterns ignored,
                        IgnorePatterns::Parse(patterns));
  return WithoutIgnored(tree, ignored);
}

}  // namespace rules_dockerfile
