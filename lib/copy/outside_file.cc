#include "lib/copy/outside_file.h"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/copy/context.h"

namespace rules_dockerfile {
namespace {

// Whether the file is of the source tree and not placed anywhere else.
bool IsInPlace(const ContextFile& file) {
  return !absl::StartsWith(file.file, "bazel-out/") &&
         (file.file == file.path ||
          absl::EndsWith(file.file, absl::StrCat("/", file.path)));
}

}  // namespace

std::optional<OutsideFile> FindOutsideFile(
    const std::vector<ContextFile>& files) {
  std::set<std::string> roots;  // with a slash at the end
  std::vector<OutsideFile> candidates;
  for (const ContextFile& file : files) {
    if (!IsInPlace(file)) continue;
    std::error_code error;
    std::string real = std::filesystem::canonical(file.file, error).string();
    if (error) continue;
    if (absl::EndsWith(real, absl::StrCat("/", file.path))) {
      roots.emplace(absl::StripSuffix(real, file.path));
    } else {
      candidates.push_back({.path = file.path, .file = std::move(real)});
    }
  }
  if (roots.empty()) return std::nullopt;
  for (const OutsideFile& candidate : candidates) {
    if (absl::c_none_of(roots, [&](const std::string& root) {
          return absl::StartsWith(candidate.file, root);
        })) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace rules_dockerfile
