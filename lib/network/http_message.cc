#include "lib/network/http_message.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace rules_dockerfile {

std::string RequestHead::Header(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

absl::StatusOr<RequestHead> ParseRequestHead(absl::string_view text) {
  static const LazyRE2 kRequestLine = {
      R"(([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\.[01])"};
  static const LazyRE2 kHeader = {
      R"(([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*)"};
  RequestHead head;
  bool first = true;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripSuffix(line, "\r");
    if (line.empty()) break;
    if (first) {
      if (!RE2::FullMatch(line, *kRequestLine, &head.method, &head.target)) {
        return absl::InvalidArgumentError(
            absl::StrCat("malformed request line \"", line, "\""));
      }
      first = false;
      continue;
    }
    auto& [name, value] = head.headers.emplace_back();
    if (!RE2::FullMatch(line, *kHeader, &name, &value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("malformed header \"", line, "\""));
    }
  }
  if (first) return absl::InvalidArgumentError("no request");
  return head;
}

std::string ResponseText(const ProxyResponse& response,
                         absl::string_view method) {
  std::string text = absl::StrCat("HTTP/1.1 ", response.status, " -\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&text, name, ": ", value, "\r\n");
  }
  const bool no_body = response.status == 204 || response.status == 304;
  if (!no_body) {
    absl::StrAppend(&text, "Content-Length: ", response.body.size(), "\r\n");
  }
  absl::StrAppend(&text, "Connection: close\r\n\r\n");
  if (!no_body && method != "HEAD") text += response.body;
  return text;
}

}  // namespace rules_dockerfile
