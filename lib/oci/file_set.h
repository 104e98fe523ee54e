#ifndef LIB_OCI_FILE_SET_H_
#define LIB_OCI_FILE_SET_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"

namespace rules_dockerfile {

// Files by relative slash path: a directory, or the members of a tar archive.
// What both forms of an image, layout and docker-archive, are read from.
class FileSet {
 public:
  virtual ~FileSet() = default;

  // The contents of the file, valid while this object lives. NotFound
  // `no file "blobs/sha256/…"` if there is none. `path` is clean.
  virtual absl::StatusOr<absl::string_view> Read(const std::string& path) = 0;
};

// The contents of a JSON document. As Read(), but InvalidArgument `document
// "index.json" is larger than 8388608 bytes`: no image's come near it.
absl::StatusOr<absl::string_view> ReadDocument(FileSet& files,
                                               const std::string& path);

// The files below `directory`. Symlinks are followed: Bazel's layouts consist
// of them. Who reads a blob checks its digest.
std::unique_ptr<FileSet> DirectoryFiles(std::string directory);

// The regular files of an uncompressed tar archive, which must outlive the
// result. Links are followed inside the archive (docker save has them for
// equal layers). InvalidArgument if it is not a tar archive.
absl::StatusOr<std::unique_ptr<FileSet>> ArchiveFiles(
    absl::string_view archive);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_FILE_SET_H_
