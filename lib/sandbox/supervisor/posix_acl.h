#ifndef LIB_SANDBOX_SUPERVISOR_POSIX_ACL_H_
#define LIB_SANDBOX_SUPERVISOR_POSIX_ACL_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Whether an extended attribute of that name is an ACL: acl(5).
bool IsPosixAcl(absl::string_view xattr);

// The value of such an attribute without its entries for users and groups of
// other ids than 0, which a user namespace with one id does not know. The mask
// stays, so that a file with this ACL has the mode bits that it would have with
// the complete one. nullopt if there are no such entries, or the kernel would
// reject the ACL: linux/posix_acl_xattr.h.
std::optional<std::string> WithoutOtherIds(absl::string_view acl);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_POSIX_ACL_H_
