#ifndef LIB_BASE_OWNER_ID_H_
#define LIB_BASE_OWNER_ID_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Numbers of users and groups. What does not fit is refused: cut to 32 bits it
// would be another user, often root, and 4294967295 means "leave the owner as
// it is" to the kernel (chown(2)).

// The largest id that a file may have.
inline constexpr int64_t kMaxFileOwner = 4294967294;

// The largest id that USER, --chown and the lines of passwd(5) and group(5) may
// contain: runc's limit.
inline constexpr int64_t kMaxUserId = 2147483647;

// InvalidArgument `uids and gids must be in range 0-<max>`, runc's words.
absl::Status CheckOwnerId(int64_t id, int64_t max);

// The number that `text` is in decimal, with or without a sign; nullopt if it
// is none. One beyond 64 bits is the largest or smallest there.
std::optional<int64_t> ParseOwnerId(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_OWNER_ID_H_
