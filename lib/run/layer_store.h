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
#include "lib/sandbox/namespaces/memory_directory.h"

namespace rules_dockerfile {

// What one RUN sees of a LayerStore. The directories that it uses stay as long
// as this object and the processes that were forked with it. Movable.
class LayerStoreView {
 public:
  explicit LayerStoreView(UniqueFd mount) : mount_(std::move(mount)) {}

  // SandboxRootfs::store.
  int mount() const { return mount_.get(); }

  // Whether the directory of `key` is there; it stays from now on.
  bool Use(const std::string& key);

  // Its path below mount().
  static std::string PathOf(absl::string_view key);

 private:
  UniqueFd mount_;
  std::vector<UniqueFd> used_;
};

// The directories of extracted layers that the RUNs of one worker share, in
// memory: lower directories of their overlays.
//
//   KEY/root     a directory, complete
//   KEY/size     what it counts for, in bytes
//   .KEY         the same while it is written
//   KEY.lock     locked (flock(2)) by who writes it
//   .gone.KEY    what is being removed
//
// KEY is locked, shared, by each LayerStoreView that uses it. Only the
// processes that add directories can write; they are killed with their RUN, and
// the next one removes what they leave. Movable.
class LayerStore {
 public:
  // Fills the empty directory `fd`, with nothing of the host in reach.
  using Fill = absl::FunctionRef<absl::Status(int fd)>;

  // See MemoryDirectory::Create().
  static absl::StatusOr<LayerStore> Create(OwnerStore owners, int64_t size = 0);

  // How the files in it keep their owners.
  OwnerStore owners() const { return directory_.owners(); }

  // Opens it; the directories of `keys`, as far as they are there, are now the
  // last ones to be removed, the first of `keys` the very last.
  absl::StatusOr<LayerStoreView> Open(
      const std::vector<std::string>& keys) const;

  // Adds the directory of `key` unless it is there, or waits for another
  // process that does. It counts for `size` bytes; all together for at most
  // `limit`: the least recently used that no one uses are removed first.
  // ResourceExhausted if that is not enough, or memory is; nothing is left of
  // it then, or after an error of `fill`.
  absl::Status Add(const std::string& key, int64_t size, int64_t limit,
                   Fill fill) const;

 private:
  explicit LayerStore(MemoryDirectory directory)
      : directory_(std::move(directory)) {}

  MemoryDirectory directory_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_LAYER_STORE_H_
