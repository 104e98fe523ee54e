#ifndef LIB_REGISTRY_NETRC_H_
#define LIB_REGISTRY_NETRC_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {

// The login of the first "machine" of a netrc file (ftp(1); curl's reading of
// it, with quoted words and comments) that is the host of `registry`, with or
// without its port; Docker Hub is "docker.io" and what it is reached by. The
// entry "default" counts for no registry: one that lets anybody in would refuse
// what is not its own. nullopt also without a user name.
std::optional<Credentials> FindInNetrc(absl::string_view netrc,
                                       const std::string& registry);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_NETRC_H_
