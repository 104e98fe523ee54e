#ifndef LIB_RUN_LAYER_STORE_H_
#define LIB_RUN_LAYER_STORE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/store_scratch.h"
#include "lib/sandbox/namespaces/memory_directory.h"

namespace rules_dockerfile {

// What one RUN sees of a LayerStore. The directories that it uses stay as long
// as this object and the processes that were forked with it. Movable.
class LayerStoreView {
 public:
  explicit LayerStoreView(UniqueFd mount) : mount_(std::move(mount)) {}

  // SandboxRootfs::store: the directories alone.
  int mount() const { return mount_.get(); }

  // What the directories that it uses count for, in bytes.
  int64_t used_bytes() const { return used_bytes_; }

  // Whether less than half of the store's memory is left.
  bool IsShort() const;

  // Adds the descriptors that only its owner needs.
  void AddDescriptors(std::vector<int>& fds) const;

  // Whether the directory of `key` is there; it stays from now on.
  bool Use(const std::string& key);

  // Its path below mount().
  static std::string PathOf(absl::string_view key);

 private:
  UniqueFd mount_;
  std::vector<UniqueFd> used_;
  int64_t used_bytes_ = 0;
};

// The directories of extracted layers that the RUNs of one worker share, in
// memory: lower directories of their overlays.
//
//   layers/KEY/root   a directory, complete
//   layers/KEY/size   what it counts for, in bytes
//   layers/.KEY       the same while it is written
//   layers/.lock.KEY  locked (flock(2)) by who writes it, who removes it then
//   layers/.gone.N    what is being removed; it still counts
//   runs/N            the scratch directory of a RUN: StoreScratch
//
// KEY is locked, shared, by each LayerStoreView that uses it. Only the
// processes that add directories can write to them; they are killed with their
// RUN, and the next one removes what they leave. The scratch directories are in
// the same file system so that an overlay has its inode numbers. Movable.
class LayerStore {
 public:
  // Fills the empty directory `fd`, with nothing of the host in reach.
  using Fill = absl::FunctionRef<absl::Status(int fd)>;

  // See MemoryDirectory::Create().
  static absl::StatusOr<LayerStore> Create(OwnerStore owners, int64_t size = 0);

  // How the files in it keep their owners.
  OwnerStore owners() const { return directory_.owners(); }

  // Opens it; the directories of `keys`, as far as they are there, are now the
  // last ones to be removed, the first of `keys` the very last. Removes what
  // exceeds `limit` before, as Add() does.
  absl::StatusOr<LayerStoreView> Open(const std::vector<std::string>& keys,
                                      int64_t limit) const;

  // Removes what exceeds `limit` and is not used.
  void Trim(int64_t limit) const;

  // Adds the directory of `key` unless it is there, or waits for another
  // process that does. It counts for `size` bytes; all together for at most
  // `limit`: the least recently used that no one uses are removed first, if
  // that is enough. ResourceExhausted if it is not, or memory is; nothing is
  // left of the new directory then, or after an error of `fill`.
  absl::Status Add(const std::string& key, int64_t size, int64_t limit,
                   Fill fill) const;

  // Must not outlive this object.
  absl::StatusOr<StoreScratch> MakeScratch() const {
    return StoreScratch::Create(directory_);
  }

  // Adds the descriptors with which a process could enter it.
  void AddDescriptors(std::vector<int>& fds) const {
    directory_.AddDescriptors(fds);
  }

 private:
  explicit LayerStore(MemoryDirectory directory)
      : directory_(std::move(directory)) {}

  MemoryDirectory directory_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LAYER_STORE_H_
