#include "lib/sbom/os_release.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/image_root.h"
#include "lib/sbom/paragraphs.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxSize = int64_t{1} << 20;

// A word of the shell without its quotes and backslashes.
std::string Unquoted(absl::string_view word) {
  std::string text;
  char quote = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (c == '\\' && quote != '\'' && i + 1 < word.size()) {
      text.push_back(word[++i]);
    } else if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
      quote = quote == 0 ? c : 0;
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace

OsRelease ParseOsRelease(absl::string_view text) {
  std::map<std::string, std::string> values;
  while (!text.empty()) {
    const absl::string_view line = absl::StripAsciiWhitespace(TakeLine(text));
    const size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || equals == line.npos) continue;
    values[std::string(line.substr(0, equals))] =
        Unquoted(line.substr(equals + 1));
  }
  const auto first = [&](const char* key, const char* other) {
    std::string value = values[key];
    return value.empty() ? values[other] : value;
  };
  return {.id = values["ID"],
          .version = first("VERSION_ID", "VERSION_CODENAME"),
          .name = first("PRETTY_NAME", "NAME")};
}

OsRelease ReadOsRelease(const ImageRoot& root) {
  for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
    const auto file = root.FindFile(path);
    if (!file.has_value()) continue;
    const auto data = root.Data(*file, kMaxSize);
    if (data.ok()) return ParseOsRelease(*data);
  }
  return {};
}

}  // namespace rules_dockerfile
