#include "lib/copy/outside_file.h"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

// The paths of files without links, "" of what does not exist.
class RealPaths {
 public:
  std::string Of(const ContextFile& file) {
    const size_t slash = file.file.rfind('/');
    if (!file.size.has_value() || slash == std::string::npos) {
      return Canonical(file.file);
    }
    const std::string directory = file.file.substr(0, slash);
    const auto [known, is_new] = directories_.try_emplace(directory);
    if (is_new) known->second = Canonical(absl::StrCat(directory, "/"));
    const absl::string_view name = absl::string_view(file.file).substr(slash);
    return absl::StrCat(absl::StripSuffix(known->second, "/"), name);
  }

 private:
  static std::string Canonical(const std::string& path) {
    std::error_code error;
    std::string real = std::filesystem::canonical(path, error).string();
    return error ? "" : real;
  }

  std::unordered_map<std::string, std::string> directories_;
};

}  // namespace

std::optional<OutsideFile> FindOutsideFile(
    const std::vector<ContextFile>& files) {
  std::set<std::string> roots;  // with a slash at the end
  std::vector<OutsideFile> candidates;
  RealPaths paths;
  for (const ContextFile& file : files) {
    if (!IsInPlace(file)) continue;
    std::string real = paths.Of(file);
    if (real.empty()) continue;
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
