#ifndef LIB_RUN_RUN_SANDBOX_H_
#define LIB_RUN_RUN_SANDBOX_H_

#include <optional>

#include "absl/status/statusor.h"
#include "lib/layer/file_tree.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Chooses the sandbox for a command on the rootfs `lower`: the requested mode,
// else ChooseSandbox() with these needs and the owners of the rootfs.
// InvalidArgument for kMapped if files are kept. This process must have no
// threads.
absl::StatusOr<SandboxChoice> ChooseRunSandbox(std::optional<SandboxMode> asked,
                                               const FileTree& lower,
                                               SandboxNeeds needs);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_SANDBOX_H_
