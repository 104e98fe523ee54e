#include "lib/run/stacked_rootfs.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/kept_trees.h"
#include "lib/run/layer_store.h"
#include "lib/run/lower_layers.h"
#include "lib/run/scratch.h"
#include "lib/run/stack_part.h"
#include "lib/run/store_scratch.h"
#include "lib/run/tree_memory.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

absl::StatusOr<StackedRootfs> StackedRootfs::Read(
    const std::vector<std::string>& layers,
    const std::vector<std::string>& indexes, const LayerStoreUse& use) {
  StackedRootfs rootfs(use);
  rootfs.layers_ = layers;
  rootfs.indexes_ = indexes;
  // ReadLowerLayers() reports that the numbers differ.
  if (layers.size() == indexes.size()) {
    rootfs.parts_ = PlanStack(layers, indexes, use.digests);
  }
  rootfs.OpenStore();
  KeptTrees::Found known = rootfs.KnownTree();
  rootfs.known_ = known.layers;
  ABSL_ASSIGN_OR_RETURN(rootfs.lower_,
                        ReadLowerLayers(layers, indexes, /*image_layers=*/0,
                                        &rootfs.parts_, std::move(known)));
  return rootfs;
}

KeptTrees::Found StackedRootfs::KnownTree() const {
  if (use_.trees == nullptr) return {};
  size_t stored = 0;
  for (const StackPart& part : parts_) {
    if (!part.stored) break;
    stored = part.end;
  }
  std::vector<std::string> digests;
  for (const std::string& index : indexes_) {
    const auto digest = use_.digests.find(index);
    if (digest == use_.digests.end()) break;
    digests.push_back(digest->second);
  }
  return use_.trees->Find(digests, stored);
}

void StackedRootfs::OpenStore() {
  if (use_.store == nullptr) return;
  std::vector<std::string> keys;
  for (const StackPart& part : parts_) {
    if (!part.key.empty()) keys.push_back(part.key);
  }
  absl::StatusOr<LayerStoreView> view = use_.store->Open(keys, use_.limit);
  if (!view.ok()) return;
  view_.emplace(*std::move(view));
  for (StackPart& part : parts_) {
    part.stored = !part.key.empty() && view_->Use(part.key);
  }
}

absl::Status StackedRootfs::LeaveStore() {
  view_.reset();
  if (absl::c_none_of(parts_, [](const auto& part) { return part.stored; })) {
    return absl::OkStatus();
  }
  for (StackPart& part : parts_) part.stored = false;
  known_ = 0;
  ABSL_ASSIGN_OR_RETURN(
      lower_, ReadLowerLayers(layers_, indexes_, /*image_layers=*/0, &parts_));
  return absl::OkStatus();
}

bool StackedRootfs::Store(StackPart& part, const ScratchFacts& facts) {
  if (part.key.empty() || !MayBeKept(part.tree) ||
      !FitsInMemory(part.tree, facts)) {
    return false;
  }
  const absl::Status added = use_.store->Add(
      part.key, MemoryOf(part.tree), use_.limit, [&](int fd) -> absl::Status {
        // The digests may be of what the files held before.
        ABSL_RETURN_IF_ERROR(CheckLowerData(lower_, part.tree));
        return FillWithPart(lower_, part, use_.store->owners(), fd);
      });
  part.stored = added.ok() && view_->Use(part.key);
  return part.stored;
}

bool StackedRootfs::UseStore(SandboxRootfs& rootfs) {
  if (view_->IsShort()) return false;
  absl::StatusOr<StoreScratch> scratch = use_.store->MakeScratch();
  if (!scratch.ok()) return false;
  scratch_.emplace(*std::move(scratch));
  rootfs.store = view_->mount();
  rootfs.scratch_mount = scratch_->mount();
  return true;
}

void StackedRootfs::AddPart(const StackPart& part,
                            SandboxRootfs& rootfs) const {
  LowerDirectory& directory = rootfs.lowers.emplace_back();
  if (part.stored) {
    directory.stored = LayerStoreView::PathOf(part.key);
    return;
  }
  directory.fill =
      [this,
       &part](const DirectoryToFill& to) -> absl::StatusOr<SpecialOwners> {
    ABSL_RETURN_IF_ERROR(FillWithPart(lower_, part, to.owners, to.fd));
    return SpecialOwners();
  };
}

absl::StatusOr<std::string> StackedRootfs::AddTo(SandboxRootfs& rootfs,
                                                 OwnerStore owners,
                                                 const ScratchFacts& facts) {
  if (view_.has_value() &&
      (use_.store->owners() != owners || !rootfs.scratch_directory.empty())) {
    ABSL_RETURN_IF_ERROR(LeaveStore());
  }
  size_t before = 0;
  size_t added = 0;
  if (view_.has_value()) {
    for (StackPart& part : parts_) {
      if (part.stored) {
        ++before;
      } else if (Store(part, facts)) {
        ++added;
      }
    }
    if (before + added == 0 || !UseStore(rootfs)) {
      before = added = 0;
      ABSL_RETURN_IF_ERROR(LeaveStore());
    }
  }
  for (const StackPart& part : parts_) AddPart(part, rootfs);
  if (owners == OwnerStore::kRecorded) {
    rootfs.special_owners = SpecialOwnersOf(lower_.tree);
  }
  if (use_.store == nullptr) return "";
  use_.store->AddDescriptors(rootfs.not_inherited);
  if (view_.has_value()) view_->AddDescriptors(rootfs.not_inherited);
  if (scratch_.has_value()) scratch_->AddDescriptors(rootfs.not_inherited);
  std::string done = absl::StrCat("kept layers: ", before, " of ",
                                  parts_.size(), " found, ", added, " added");
  if (known_ > 0) absl::StrAppend(&done, ", indexes of ", known_, " known");
  return done;
}

}  // namespace rules_dockerfile
