#include "tools/flags/mirror_flags.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/registry/credentials.h"
#include "lib/registry/mirror.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/session.h"
#include "tools/flags/registry_flags.h"

RULES_DOCKERFILE_REPEATED_FLAG(
    mirror,
    "REGISTRY=http[s]://HOST[:PORT][/PREFIX] to ask before the registry, in "
    "the order of the flags");

namespace rules_dockerfile {

absl::StatusOr<std::vector<std::pair<std::string, RegistryMirror>>>
MirrorsFromFlags() {
  std::vector<std::pair<std::string, RegistryMirror>> mirrors;
  for (const std::string& text : FLAGS_mirror_values()) {
    ABSL_ASSIGN_OR_RETURN(mirrors.emplace_back(), ParseNamedMirror(text));
  }
  return mirrors;
}

absl::StatusOr<std::unique_ptr<MirroredRegistry>> RegistryFromFlags(
    const std::string& registry, HttpTransport& transport) {
  ABSL_ASSIGN_OR_RETURN(const auto all, MirrorsFromFlags());
  std::vector<MirrorOptions> mirrors;
  for (const auto& [name, mirror] : all) {
    if (name != registry) continue;
    ABSL_ASSIGN_OR_RETURN(SessionOptions session,
                          SessionOptionsFromFlags(mirror.host));
    mirrors.push_back(
        {.mirror = mirror, .session = ForMirror(mirror, std::move(session))});
  }
  ABSL_ASSIGN_OR_RETURN(SessionOptions session,
                        SessionOptionsFromFlags(registry));
  return std::make_unique<MirroredRegistry>(
      std::move(mirrors), std::move(session), transport, SystemCredentials());
}

}  // namespace rules_dockerfile
