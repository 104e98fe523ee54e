#ifndef LIB_REGISTRY_MIRROR_H_
#define LIB_REGISTRY_MIRROR_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A host that has the repositories of a registry, all below a prefix: with
// "proxy/hub" it has library/debian as proxy/hub/library/debian, and asks for
// it at /v2/proxy/hub/library/debian (as mirrors of BuildKit and podman, and
// the proxies of Harbor and Artifactory).
struct RegistryMirror {
  std::string url;     // as given
  std::string host;    // "mirror.x:5000"
  std::string prefix;  // "" or "proxy/hub"
  bool plain_http = false;

  friend bool operator==(const RegistryMirror&,
                         const RegistryMirror&) = default;
};

// Reads `http[s]://host[:port][/prefix]`. InvalidArgument `mirror "x": expected
// http[s]://HOST[:PORT][/PREFIX]`.
absl::StatusOr<RegistryMirror> ParseRegistryMirror(absl::string_view url);

// Reads `REGISTRY=URL`, and returns the registry's name as references have it
// with the mirror. InvalidArgument `mirror "x": expected REGISTRY=URL`, and
// that of ParseRegistryMirror().
absl::StatusOr<std::pair<std::string, RegistryMirror>> ParseNamedMirror(
    absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_MIRROR_H_
