#ifndef LIB_COPY_SELECT_FILES_H_
#define LIB_COPY_SELECT_FILES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// Files of a stage that are extracted to a place outside of images.

// The tree of what `paths` name in `tree`, each at the place that it is named
// by: "/usr/lib64" may lead to "usr/lib" and is "usr/lib64" in the result.
// Symlinks on the way and the last one are followed, in the image; those below
// a directory stay as they are. The directories above have the metadata that
// they have in `tree`, or are 0755 0:0 where `tree` has a link. The order of
// the paths does not matter. NotFound
// `"/out/ap": not found (did you mean /out/app?)`; if nothing is alike, the
// first path with the same name: `"/app": not found (did you mean /out/app?)`.
// Where links lead elsewhere: `"/usr/x": not found ("/lib/x" leads there)`.
absl::StatusOr<FileTree> SelectFiles(const FileTree& tree,
                                     absl::Span<const std::string> paths);

// As many nodes as SelectPlainFiles() returns.
inline constexpr size_t kMaxPlainFiles = 1000000;

// The same for a directory of anyone's, of files and directories alone:
//  - a symlink is what it leads to in the image, a copy; a directory that would
//    be in itself, and what is not there, is left out, and so are devices and
//    FIFOs;
//  - modes are 0777, and what the owner of the directory needs: files can be
//    read, directories changed; owners are 0:0; there are no xattrs;
//  - hard links among what is copied stay.
// Its errors too; ResourceExhausted for more than `max_files`, or for a path
// that is too long, which links to directories may amount to.
absl::StatusOr<FileTree> SelectPlainFiles(const FileTree& tree,
                                          absl::Span<const std::string> paths,
                                          size_t max_files = kMaxPlainFiles);

// The one file that `path` names, links followed, with the mode of a plain
// file. InvalidArgument `"/out": expected a file, got a directory`.
absl::StatusOr<FileNode> SelectPlainFile(const FileTree& tree,
                                         const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_SELECT_FILES_H_
