#include "lib/dockerfile/values/add_source.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/percent_decode.h"
#include "lib/dockerfile/values/git_ref.h"

namespace rules_dockerfile {

SourceKind KindOfSource(absl::string_view source) {
  const absl::StatusOr<std::optional<GitRef>> git = ParseGitRef(source);
  if (!git.ok() || git->has_value()) return SourceKind::kGit;
  if (absl::StartsWithIgnoreCase(source, "http://") ||
      absl::StartsWithIgnoreCase(source, "https://")) {
    return SourceKind::kUrl;
  }
  return SourceKind::kPath;
}

std::string UrlFileName(absl::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const size_t scheme_end = url.find("://");
  if (scheme_end != absl::string_view::npos) url.remove_prefix(scheme_end + 3);
  const std::string decoded =
      PercentDecode(url.substr(std::min(url.find('/'), url.size())))
          .value_or("");
  absl::string_view path = decoded;
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  const bool is_name = !name.empty() && name != "." && name != ".." &&
                       !absl::StrContains(name, '\0');
  return is_name ? std::string(name) : "__unnamed__";
}

}  // namespace rules_dockerfile
