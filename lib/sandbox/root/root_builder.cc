#include "lib/sandbox/root/root_builder.h"

#include <cstddef>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/sandbox/root/host_files.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

absl::Status RootBuilder::Build(const SandboxView& view,
                                const HostFiles& host_files) {
  ABSL_RETURN_IF_ERROR(BeforeFiles());
  ABSL_RETURN_IF_ERROR(
      AddEtcFile("hosts", HostsText(view.hostname, view.hosts)));
  ABSL_RETURN_IF_ERROR(AddEtcFile("resolv.conf", host_files.resolv_conf));
  ABSL_RETURN_IF_ERROR(BeforeMounts());
  for (size_t i = 0; i < view.mounts.size(); ++i) {
    const int number = static_cast<int>(i);
    const SandboxMount& mount = view.mounts[i];
    absl::Status added;
    if (const auto* bind = std::get_if<BindMount>(&mount)) {
      added = Add(*bind, host_files.bind_sources[i].get());
    } else if (const auto* tmpfs = std::get_if<TmpfsMount>(&mount)) {
      added = Add(*tmpfs);
    } else if (const auto* file = std::get_if<FileMount>(&mount)) {
      added = Add(*file, number);
    } else if (const auto* tree = std::get_if<TreeMount>(&mount)) {
      added = Add(*tree, number);
    }
    ABSL_RETURN_IF_ERROR(added);
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
