#include "lib/plan/workdir.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

std::string JoinWorkdir(absl::string_view workdir, absl::string_view path) {
  const bool absolute = !path.empty() && path.front() == '/';
  const std::string joined =
      absolute ? std::string(path) : absl::StrCat(workdir, "/", path);
  std::vector<absl::string_view> parts;
  for (const absl::string_view part : absl::StrSplit(joined, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

}  // namespace rules_dockerfile
