#ifndef LIB_SANDBOX_SUPERVISOR_OWN_LINK_H_
#define LIB_SANDBOX_SUPERVISOR_OWN_LINK_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A path through a link of /proc that is each process' own.
struct OwnLink {
  std::string link;  // in /proc/<pid>: "cwd", "root", "fd/3"
  std::string rest;  // relative to what it leads to; "" is that itself
};

// nullopt if `path` does not begin with /proc/self or /proc/thread-self and one
// of these links.
std::optional<OwnLink> ParseOwnLink(absl::string_view path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_OWN_LINK_H_
