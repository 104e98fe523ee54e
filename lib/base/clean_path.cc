#include "lib/base/clean_path.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

std::string CleanPath(absl::string_view path) {
  const bool absolute = absl::StartsWith(path, "/");
  std::vector<absl::string_view> elements;
  for (absl::string_view element :
       absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (element == ".") continue;
    if (element != "..") {
      elements.push_back(element);
    } else if (!elements.empty() && elements.back() != "..") {
      elements.pop_back();
    } else if (!absolute) {
      elements.push_back(element);
    }
  }
  const std::string joined = absl::StrJoin(elements, "/");
  if (absolute) return absl::StrCat("/", joined);
  return joined.empty() ? "." : joined;
}

std::string PathBase(absl::string_view path) {
  if (path.empty()) return ".";
  while (absl::EndsWith(path, "/")) path.remove_suffix(1);
  if (path.empty()) return "/";
  const size_t slash = path.rfind('/');
  if (slash != absl::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path);
}

}  // namespace rules_dockerfile
