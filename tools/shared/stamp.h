#ifndef TOOLS_SHARED_STAMP_H_
#define TOOLS_SHARED_STAMP_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Values of Bazel's workspace status by key: "STABLE_GIT_COMMIT".
using Stamp = std::map<std::string, std::string>;

// Reads the files that Bazel writes (ctx.info_file, ctx.version_file): lines of
// a key, a blank and a value.
absl::StatusOr<Stamp> ReadStatusFiles(const std::vector<std::string>& paths);

// `text` with each {KEY}, of capital letters, digits and "_", replaced by the
// key's value; other braces stay. Without a stamp (no values at all) everything
// stays. InvalidArgument `"v-{GIT}": the workspace status has no "GIT"`.
absl::StatusOr<std::string> ExpandStamp(absl::string_view text,
                                        const Stamp& stamp);

// Labels or annotations from flags KEY=VALUE (ParseKeyValues()), each value
// expanded by what the status files say.
absl::StatusOr<std::map<std::string, std::string>> StampedKeyValues(
    const std::vector<std::string>& flags,
    const std::vector<std::string>& status_files);

}  // namespace rules_dockerfile

#endif  // TOOLS_SHARED_STAMP_H_
