#ifndef LIB_DOCKERFILE_VALUES_GIT_REF_H_
#define LIB_DOCKERFILE_VALUES_GIT_REF_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A Git repository as a source of ADD (Dockerfile reference, "Adding files
// from a Git repository").
struct GitRef {
  std::string remote;    // the URL, without query and fragment
  std::string ref;       // branch, tag or commit; "" is the default branch
  std::string subdir;    // "" is the top
  std::string checksum;  // commit that `ref` must be, or a prefix of it
  std::optional<bool> keep_git_dir;
  std::optional<bool> submodules;
  std::optional<bool> fetch_by_commit;
  std::string mtime;  // time of the files: "checkout", "commit" or "" (unset)

  friend bool operator==(const GitRef&, const GitRef&) = default;
};

// Parses git://…, ssh://…, user@host:path, http(s)://….git, with #ref[:subdir]
// or ?ref=…&subdir=…. nullopt if `source` is not a Git repository.
// InvalidArgument if it is one with an invalid query.
absl::StatusOr<std::optional<GitRef>> ParseGitRef(absl::string_view source);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_GIT_REF_H_
