#include "lib/plan/remote_source.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

// `url` less its "#fragment" and "?query".
absl::string_view WithoutFragmentAndQuery(absl::string_view url) {
  url = url.substr(0, url.find('#'));
  return url.substr(0, url.find('?'));
}

// "user@host:path", as scp writes it.
bool IsScpStyle(absl::string_view source) {
  const size_t at = source.find('@');
  const size_t colon = source.find(':');
  return at != absl::string_view::npos && colon != absl::string_view::npos &&
         at > 0 && at + 1 < colon && colon + 1 < source.size() &&
         source.substr(0, colon).find('/') == absl::string_view::npos;
}

}  // namespace

SourceKind SourceKindOf(absl::string_view source) {
  if (absl::StartsWith(source, "git://") ||
      absl::StartsWith(source, "ssh://")) {
    return SourceKind::kGit;
  }
  if (absl::StartsWith(source, "http://") ||
      absl::StartsWith(source, "https://")) {
    return absl::EndsWith(WithoutFragmentAndQuery(source), ".git")
               ? SourceKind::kGit
               : SourceKind::kUrl;
  }
  return IsScpStyle(source) ? SourceKind::kGit : SourceKind::kPath;
}

std::string UrlFileName(absl::string_view url) {
  url = WithoutFragmentAndQuery(url);
  const size_t host = url.find("://") + 3;
  const size_t path = url.find('/', host);
  if (path == absl::string_view::npos) return "__unnamed__";
  const absl::string_view name = url.substr(url.rfind('/') + 1);
  return name.empty() || name == "." || name == ".." ? "__unnamed__"
                                                     : std::string(name);
}

}  // namespace rules_dockerfile
