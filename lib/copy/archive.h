#ifndef LIB_COPY_ARCHIVE_H_
#define LIB_COPY_ARCHIVE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// A tar archive: its bytes, valid until the DataStore is read again, and where
// the store has them.
struct OpenArchive {
  absl::string_view bytes;
  int source = -1;
  int64_t offset = 0;
};

// Recognises the archives that ADD extracts, by their content: a tar, as it is
// or compressed with gzip, bzip2, xz or zstd. What was decompressed, or had
// holes, is kept in temporary files and removed with this object.
class ArchiveOpener {
 public:
  // `prefix` is the path that temporary files' names start with.
  ArchiveOpener(std::string prefix, DataStore* store);
  ~ArchiveOpener();
  ArchiveOpener(const ArchiveOpener&) = delete;
  ArchiveOpener& operator=(const ArchiveOpener&) = delete;

  // The archive that the kFile node is; nullopt if it is none (an empty file, a
  // zip file, a compressed file that is not a tar). InvalidArgument if it
  // starts as a compressed tar does but is broken.
  absl::StatusOr<std::optional<OpenArchive>> Open(const FileNode& node);

  // The same for a file of ours, which may be an archive without members, too
  // (ADD takes that for any file). In both, sparse members are ordinary ones.
  absl::StatusOr<std::optional<OpenArchive>> OpenFile(const std::string& path);

 private:
  // `archive`, or a copy of it if it has sparse members.
  absl::StatusOr<OpenArchive> WithoutHoles(const OpenArchive& archive);
  // The file that was written to a path of NextPath().
  absl::StatusOr<OpenArchive> Keep(OutputFile file);
  std::string NextPath() const;

  std::string prefix_;
  DataStore* store_;
  std::vector<std::string> temporaries_;
};

}  // namespace rules_dockerfile

#endif  // LIB_COPY_ARCHIVE_H_
