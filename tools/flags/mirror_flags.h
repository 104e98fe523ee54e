#ifndef TOOLS_FLAGS_MIRROR_FLAGS_H_
#define TOOLS_FLAGS_MIRROR_FLAGS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/http/transport.h"
#include "lib/registry/mirror.h"
#include "lib/registry/mirrored_registry.h"

namespace rules_dockerfile {

// The flag --mirror of the tools that pull.

// The mirrors by the registry that they are of, in order. Errors:
// ParseNamedMirror().
absl::StatusOr<std::vector<std::pair<std::string, RegistryMirror>>>
MirrorsFromFlags();

// `registry` with its mirrors, as --mirror and the flags of registry_flags.h
// specify, with the credentials of this host. `transport` must outlive it.
// Errors: MirrorsFromFlags(), SessionOptionsFromFlags().
absl::StatusOr<std::unique_ptr<MirroredRegistry>> RegistryFromFlags(
    const std::string& registry, HttpTransport& transport);

}  // namespace rules_dockerfile

#endif  // TOOLS_FLAGS_MIRROR_FLAGS_H_
