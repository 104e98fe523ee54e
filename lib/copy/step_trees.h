#ifndef LIB_COPY_STEP_TREES_H_
#define LIB_COPY_STEP_TREES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/owner.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_times.h"

namespace rules_dockerfile {

// The rootfs that a step changes.
struct StepRootfs {
  FileTree tree;
  bool has_layers = false;  // false: `FROM scratch` and nothing since
  LayerTimes times;
};

// The trees between which the step's layer is the difference.
struct StepTrees {
  FileTree lower;  // empty with --link
  FileTree upper;
};

// The owner "user[:group]" in the rootfs; nullopt if it is empty. Without
// `has_users` only numbers are known.
absl::StatusOr<std::optional<Owner>> StepOwner(absl::string_view user,
                                               const FileTree& rootfs,
                                               bool has_users);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_STEP_TREES_H_
