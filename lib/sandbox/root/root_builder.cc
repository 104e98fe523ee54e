#include "lib/sandbox/root/root_builder.h"

#include <cstddef>
#include <variant>

#include "absl/functional/overload.h"
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
    ABSL_RETURN_IF_ERROR(std::visit(
        absl::Overload{
            [&](const BindMount& bind) {
              return Add(bind, host_files.bind_sources[i].get());
            },
            [&](const TmpfsMount& tmpfs) { return Add(tmpfs); },
            [&](const FileMount& file) { return Add(file, number); },
            [&](const TreeMount& tree) { return Add(tree, number); }},
        view.mounts[i]));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
