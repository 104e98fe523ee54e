#include "lib/container/volume.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/clean_path.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

absl::Status Wrong(absl::string_view volume, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("volume \"", volume, "\": ", problem));
}

// HOST:CONTAINER[:OPTIONS]
absl::StatusOr<BindMount> ParseBind(const std::string& volume,
                                    const std::vector<std::string>& parts,
                                    const std::string& working_directory) {
  const std::string& host = parts[0];
  if (host.empty() || (host[0] != '/' && host[0] != '.')) {
    return Wrong(volume,
                 "named volumes are not supported: expected a host path that "
                 "begins with \"/\" or \".\"");
  }
  BindMount mount = {.target = CleanPath(parts[1]), .read_only = false};
  mount.source = CleanPath(
      host[0] == '/' ? host : absl::StrCat(working_directory, "/", host));
  const std::vector<std::string> options = parts.size() < 3
                                               ? std::vector<std::string>()
                                               : absl::StrSplit(parts[2], ',');
  for (const std::string& option : options) {
    if (option == "ro") {
      mount.read_only = true;
    } else if (option != "rw" && option != "z" && option != "Z") {
      return Wrong(volume, absl::StrCat("unknown option \"", option,
                                        "\": expected ro or rw"));
    }
  }
  return mount;
}

}  // namespace

absl::StatusOr<std::vector<BindMount>> VolumeMounts(
    const std::vector<std::string>& volumes,
    const std::string& working_directory) {
  std::vector<BindMount> mounts;
  for (const std::string& volume : volumes) {
    const std::vector<std::string> parts = absl::StrSplit(volume, ':');
    if (parts.size() > 3) return Wrong(volume, "expected HOST:CONTAINER[:ro]");
    const std::string& target = parts[parts.size() == 1 ? 0 : 1];
    if (target.empty() || target[0] != '/' || CleanPath(target) == "/") {
      return Wrong(volume,
                   "the path in the container must be absolute and not \"/\"");
    }
    if (parts.size() == 1) continue;
    ABSL_ASSIGN_OR_RETURN(BindMount mount,
                          ParseBind(volume, parts, working_directory));
    if (absl::c_any_of(mounts, [&](const BindMount& other) {
          return other.target == mount.target;
        })) {
      return Wrong(volume, "another volume has the same target");
    }
    mounts.push_back(std::move(mount));
  }
  absl::c_stable_sort(mounts, [](const BindMount& a, const BindMount& b) {
    return absl::c_count(a.target, '/') < absl::c_count(b.target, '/');
  });
  return mounts;
}

}  // namespace rules_dockerfile
