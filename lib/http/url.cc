#include "lib/http/url.h"

#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

std::string UrlOrigin(absl::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == url.npos) return "";
  const size_t end = url.find_first_of("/?#", scheme + 3);
  const std::string origin = absl::AsciiStrToLower(url.substr(0, end));
  const bool is_http = absl::StartsWith(origin, "http://") ||
                       absl::StartsWith(origin, "https://");
  if (!is_http || absl::StrContains(origin, '@')) return "";
  return origin;
}

std::string ResolveUrl(absl::string_view origin, absl::string_view location) {
  if (absl::StrContains(location.substr(0, location.find('?')), "://")) {
    return std::string(location);
  }
  const absl::string_view slash = absl::StartsWith(location, "/") ? "" : "/";
  return absl::StrCat(origin, slash, location);
}

std::string WithQuery(absl::string_view url, absl::string_view name,
                      absl::string_view value) {
  const absl::string_view separator = absl::StrContains(url, '?') ? "&" : "?";
  return absl::StrCat(url, separator, name, "=", UrlEncode(value));
}

bool IsLoopback(absl::string_view host) {
  if (absl::StartsWith(host, "[")) {
    return host == "[::1]" || absl::StartsWith(host, "[::1]:");
  }
  const absl::string_view name = host.substr(0, host.find(':'));
  // 127.evil.example is a host of anybody.
  const bool is_number =
      name.find_first_not_of("0123456789.") == absl::string_view::npos;
  return name == "localhost" || absl::EndsWith(name, ".localhost") ||
         (absl::StartsWith(name, "127.") && is_number);
}

}  // namespace rules_dockerfile
