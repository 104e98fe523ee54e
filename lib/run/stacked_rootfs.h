#ifndef LIB_RUN_STACKED_ROOTFS_H_
#define LIB_RUN_STACKED_ROOTFS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/kept_trees.h"
#include "lib/run/layer_store.h"
#include "lib/run/lower_layers.h"
#include "lib/run/scratch.h"
#include "lib/run/stack_part.h"
#include "lib/run/store_scratch.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Where the layers below a command may be kept.
struct LayerStoreUse {
  const LayerStore* store = nullptr;  // nullptr: nowhere
  int64_t limit = 0;                  // in bytes
  FileDigests digests;                // of the files of layers and indexes
  const KeptTrees* trees = nullptr;   // of stored layers; nullptr: none
};

// The layers below a command as parts of an overlay, each in a LayerStore, or
// to extract for this command alone. Movable.
class StackedRootfs {
 public:
  // Reads the layers. Opens the store before, so that what is there need not
  // be compared.
  static absl::StatusOr<StackedRootfs> Read(
      const std::vector<std::string>& layers,
      const std::vector<std::string>& indexes, const LayerStoreUse& use);

  const LowerLayers& lower() const { return lower_; }

  // What the parts that were found take of the memory, in bytes; 0 if the store
  // keeps owners in another way.
  int64_t StoredBytes(OwnerStore owners) const {
    return view_.has_value() && use_.store->owners() == owners
               ? view_->used_bytes()
               : 0;
  }

  // Whether the memory of the store has too little room for another command.
  bool IsShort() const { return view_.has_value() && view_->IsShort(); }

  // Lets others remove the parts in the store, when no process of the command
  // is left.
  void Release() { view_.reset(); }

  // Adds what is missing to the store, if that keeps owners so, `facts` say
  // that memory suffices, and the scratch directory is in memory: then it is in
  // the store, too. Makes the parts those of `rootfs`, whose other members
  // stay. This object must not move before the sandbox ended.
  // Returns what was done, "" without a store: "kept layers: 2 of 3 found, 1
  // added, indexes of 2 known"; KeptTrees know the last.
  absl::StatusOr<std::string> AddTo(SandboxRootfs& rootfs, OwnerStore owners,
                                    const ScratchFacts& facts);

 private:
  explicit StackedRootfs(const LayerStoreUse& use) : use_(use) {}

  void OpenStore();
  // The tree that is kept of the lowest layers, as far as all are stored.
  KeptTrees::Found KnownTree() const;
  // Forgets the store, after what was read relied on it.
  absl::Status LeaveStore();
  bool Store(StackPart& part, const ScratchFacts& facts);
  // Uses the store for `rootfs`. False if its memory is short.
  bool UseStore(SandboxRootfs& rootfs);
  void AddPart(const StackPart& part, SandboxRootfs& rootfs) const;

  LayerStoreUse use_;
  std::vector<std::string> layers_;
  std::vector<std::string> indexes_;
  std::vector<StackPart> parts_;
  size_t known_ = 0;  // layers whose tree was kept
  LowerLayers lower_;
  std::optional<LayerStoreView> view_;
  std::optional<StoreScratch> scratch_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_STACKED_ROOTFS_H_
