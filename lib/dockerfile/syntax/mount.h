#ifndef LIB_DOCKERFILE_SYNTAX_MOUNT_H_
#define LIB_DOCKERFILE_SYNTAX_MOUNT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A RUN --mount value (Dockerfile reference, "RUN --mount").
struct Mount {
  std::string type = "bind";  // bind, cache, tmpfs, secret or ssh
  std::string target;         // as written and expanded; "" when not given
  std::string source;
  std::string from;  // stage, image or named context; never expanded
  bool read_only = false;
  std::string id;
  std::string sharing;  // "", "shared", "private" or "locked"
  std::optional<uint32_t> mode;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  int64_t size = 0;  // tmpfs; 0 is no limit
  bool required = false;
  std::optional<std::string> env;

  friend bool operator==(const Mount&, const Mount&) = default;
};

// Expands one word: ExpandWord() with the stage's variables.
using WordExpander =
    std::function<absl::StatusOr<std::string>(absl::string_view)>;

// Parses `value`, one CSV record of key=value fields, in order: `required` and
// `size` depend on the type given before them. Expands every value except that
// of `from`. InvalidArgument with the frontend's message.
absl::StatusOr<Mount> ParseMount(absl::string_view value,
                                 const WordExpander& expand);

// Returns the value of `from`, "" if it has none: the part that is known before
// variables are expanded. InvalidArgument if `value` is not a CSV record or
// `from` has a variable.
absl::StatusOr<std::string> MountFrom(absl::string_view value);

// Returns the path of the mount: absolute, clean. Relative targets are below
// `workdir`; a secret's default is /run/secrets/<id> and an ssh socket's
// /run/buildkit/ssh_agent.<index>. "" for a secret that is only a variable.
// InvalidArgument `invalid mount target "/"`.
absl::StatusOr<std::string> MountTarget(const Mount& mount,
                                        absl::string_view workdir, int index);

// Returns the name of the secret of a secret mount: its id, its source, or the
// last element of its target.
std::string SecretId(const Mount& mount);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_MOUNT_H_
