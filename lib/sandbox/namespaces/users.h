#ifndef LIB_SANDBOX_NAMESPACES_USERS_H_
#define LIB_SANDBOX_NAMESPACES_USERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Who a process runs as.
struct UserIds {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> groups = {0};  // supplementary, the gid first
  std::string home = "/";

  friend bool operator==(const UserIds&, const UserIds&) = default;
};

// Returns the user of a USER instruction, given the texts of the rootfs'
// etc/passwd and etc/group ("" when missing), as BuildKit decides it:
//  - "" is "0";
//  - "uid:gid", both numbers, is exactly that;
//  - else the user is looked up by name or number: the gid is that of its
//    passwd line (0 for an unknown number), the supplementary groups those
//    that list it as a member;
//  - with ":group" (a name or a number) only that group.
// The home is that of the uid's first passwd line, else "/".
// NotFound `unable to find user nosuch: no matching entries in passwd file`.
// InvalidArgument `uids and gids must be in range 0-2147483647`, wherever the
// number comes from.
absl::StatusOr<UserIds> ResolveUser(absl::string_view user,
                                    absl::string_view passwd,
                                    absl::string_view group);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_USERS_H_
