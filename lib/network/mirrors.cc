#include "lib/network/mirrors.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace rules_dockerfile {

absl::StatusOr<Mirrors> Mirrors::Parse(const std::vector<std::string>& texts) {
  static const LazyRE2 kMirror = {R"(([a-z0-9-]+)=(https?://\S+?)/*)"};
  Mirrors mirrors;
  for (const std::string& text : texts) {
    std::string name;
    std::string url;
    if (!RE2::FullMatch(text, *kMirror, &name, &url)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "mirror \"", text, "\": expected NAME=http://host/path"));
    }
    mirrors.urls_[name] = url;
  }
  return mirrors;
}

std::string Mirrors::ToLocked(absl::string_view url) const {
  std::string locked(url);
  size_t longest = 0;
  for (const auto& [name, mirror] : urls_) {
    absl::string_view path = url;
    if (mirror.size() > longest && absl::ConsumePrefix(&path, mirror) &&
        absl::ConsumePrefix(&path, "/")) {
      longest = mirror.size();
      locked = absl::StrCat("mirror:", name, "/", path);
    }
  }
  return locked;
}

}  // namespace rules_dockerfile
