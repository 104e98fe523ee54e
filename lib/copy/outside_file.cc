#include "lib/copy/outside_file.h"

#include <filesystem>
#include <functional>
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

bool EndsWithPath(absl::string_view file, absl::string_view path) {
  return absl::ConsumeSuffix(&file, path) && absl::EndsWith(file, "/");
}

// Whether the file is of the source tree and not placed anywhere else.
bool IsInPlace(const ContextFile& file) {
  return !absl::StartsWith(file.file, "bazel-out/") &&
         (file.file == file.path || EndsWithPath(file.file, file.path));
}

// The paths of files without links, "" of what does not exist.
class RealPaths {
 public:
  std::string Of(const ContextFile& file) {
    const size_t slash = file.file.rfind('/');
    if (!file.size.has_value() || slash == std::string::npos) {
      return Canonical(file.file);
    }
    const absl::string_view path = file.file;
    if (path.substr(0, slash) != last_directory_) {
      last_directory_ = file.file.substr(0, slash);
      const auto [known, is_new] = directories_.try_emplace(last_directory_);
      if (is_new) known->second = Canonical(absl::StrCat(last_directory_, "/"));
      last_real_ = known->second;
    }
    return absl::StrCat(absl::StripSuffix(last_real_, "/"), path.substr(slash));
  }

 private:
  static std::string Canonical(const std::string& path) {
    std::error_code error;
    std::string real = std::filesystem::canonical(path, error).string();
    return error ? "" : real;
  }

  std::unordered_map<std::string, std::string> directories_;
  // Files of a directory mostly follow each other.
  std::string last_directory_ = "/";  // no file has it
  absl::string_view last_real_;
};

}  // namespace

std::optional<OutsideFile> FindOutsideFile(
    const std::vector<ContextFile>& files) {
  std::set<std::string, std::less<>> roots;  // with a slash at the end
  std::vector<OutsideFile> candidates;
  RealPaths paths;
  for (const ContextFile& file : files) {
    if (!IsInPlace(file)) continue;
    std::string real = paths.Of(file);
    if (real.empty()) continue;
    if (EndsWithPath(real, file.path)) {
      const absl::string_view root = absl::StripSuffix(real, file.path);
      if (!roots.contains(root)) roots.emplace(root);
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
