#include "lib/sandbox/supervisor/own_link.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

// Takes the first part off a path, with the slashes behind it.
absl::string_view TakePart(absl::string_view& path) {
  const absl::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  while (absl::ConsumePrefix(&path, "/")) {
  }
  return part;
}

}  // namespace

std::optional<OwnLink> ParseOwnLink(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/proc/self/") &&
      !absl::ConsumePrefix(&path, "/proc/thread-self/")) {
    return std::nullopt;
  }
  const bool slash = absl::EndsWith(path, "/");
  std::string link(TakePart(path));
  if (link == "fd") {
    uint32_t number = 0;
    const absl::string_view digits = TakePart(path);
    if (!absl::SimpleAtoi(digits, &number)) return std::nullopt;
    // A number that the kernel would not accept, "+3", is not a name in /proc.
    if (absl::StrCat(number) != digits) return std::nullopt;
    absl::StrAppend(&link, "/", digits);
  } else if (link != "cwd" && link != "root") {
    return std::nullopt;
  }
  return OwnLink{std::move(link),
                 path.empty() && slash ? "." : std::string(path)};
}

}  // namespace rules_dockerfile
