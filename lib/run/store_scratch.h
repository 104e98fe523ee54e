#ifndef LIB_RUN_STORE_SCRATCH_H_
#define LIB_RUN_STORE_SCRATCH_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/namespaces/memory_directory.h"

namespace rules_dockerfile {

// The parent of the scratch directories in a LayerStore's MemoryDirectory.
inline constexpr char kStoreScratches[] = "/runs";

// A scratch directory of one RUN in the file system of a LayerStore, locked
// while the RUN lasts and removed with this object. Movable.
class StoreScratch {
 public:
  // `directory` must outlive the result. What killed RUNs left is removed
  // first.
  static absl::StatusOr<StoreScratch> Create(const MemoryDirectory& directory);
  StoreScratch(StoreScratch&& other) noexcept
      : directory_(std::exchange(other.directory_, nullptr)),
        opened_(std::move(other.opened_)) {}
  ~StoreScratch();

  // SandboxRootfs::scratch_mount. Nothing else of the store is in reach.
  int mount() const { return opened_.mount.get(); }

  // Adds the descriptors that only its owner needs.
  void AddDescriptors(std::vector<int>& fds) const {
    fds.push_back(opened_.lock.get());
  }

 private:
  StoreScratch(const MemoryDirectory* directory,
               MemoryDirectory::Writable opened)
      : directory_(directory), opened_(std::move(opened)) {}

  const MemoryDirectory* directory_;
  MemoryDirectory::Writable opened_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_STORE_SCRATCH_H_
