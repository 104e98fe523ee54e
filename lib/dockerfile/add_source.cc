#include "lib/dockerfile/add_source.h"

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/git_ref.h"

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
  const size_t slash = url.rfind('/');
  if (slash == absl::string_view::npos || slash + 1 == url.size()) {
    return "__unnamed__";
  }
  return std::string(url.substr(slash + 1));
}

}  // namespace rules_dockerfile
