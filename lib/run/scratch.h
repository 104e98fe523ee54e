#ifndef LIB_RUN_SCRATCH_H_
#define LIB_RUN_SCRATCH_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// What a host provides for the root directory of a RUN.
struct ScratchFacts {
  int64_t available_memory = 0;  // in bytes, without swapping
  // A tmpfs of this kernel takes extended attributes (Linux 6.6).
  bool tmpfs_xattrs = false;
};
ScratchFacts ReadScratchFacts();

// MemAvailable of /proc/meminfo's text, in bytes; 0 if missing.
int64_t ParseAvailableMemory(absl::string_view meminfo);

// Whether a kernel release, such as "6.12.9-amd64", is at least major.minor.
bool KernelIsAtLeast(absl::string_view release, int major, int minor);

// Whether a rootfs fits into memory three times, as the command and other
// actions need some too.
bool FitsInMemory(const FileTree& tree, const ScratchFacts& facts);

// A directory on disk for the root directory, removed with this object; or ""
// if memory is used. Movable.
class ScratchDirectory {
 public:
  // Makes `path` if the rootfs does not fit into memory. What a killed RUN left
  // there is removed first; a symlink is not followed. Otherwise `cannot remove
  // "x.root", which an interrupted RUN left: Permission denied`, and a hint.
  // Must not be called while other threads run.
  static absl::StatusOr<ScratchDirectory> Create(const std::string& path,
                                                 const FileTree& tree,
                                                 const ScratchFacts& facts);
  ScratchDirectory(ScratchDirectory&& other) noexcept
      : path_(std::exchange(other.path_, "")) {}
  ~ScratchDirectory();

  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_SCRATCH_H_
