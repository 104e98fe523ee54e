#ifndef LIB_SANDBOX_ROOT_ROOTED_PATH_H_
#define LIB_SANDBOX_ROOT_ROOTED_PATH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Where `path` leads in the directory tree `root_fd` taken as the root:
// symlinks are followed, ".." and absolute links never leave it. What comes
// after the first missing part is kept as it is. The result is relative and
// clean; "" is the root. InvalidArgument after 255 symlinks.
absl::StatusOr<std::string> ResolveInRoot(int root_fd, absl::string_view path);

// Makes the file or directory `path`, a result of ResolveInRoot(), with the
// directories above it, 0755, where they are missing. Returns what it made,
// the topmost first.
absl::StatusOr<std::vector<std::string>> MakeInRoot(int root_fd,
                                                    const std::string& path,
                                                    bool directory);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_ROOTED_PATH_H_
