#include "lib/copy/source_path.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/pattern/ignore.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// A path split before its first component with wildcards.
struct Pattern {
  std::string directory;
  std::string rest;  // "" without wildcards
};

Pattern SplitAtWildcards(absl::string_view path) {
  std::vector<absl::string_view> directory;
  std::vector<absl::string_view> rest;
  for (const absl::string_view component : absl::StrSplit(path, '/')) {
    const bool literal = rest.empty() && !HasWildcards(component);
    (literal ? directory : rest).push_back(component);
  }
  return {.directory = absl::StrJoin(directory, "/"),
          .rest = absl::StrJoin(rest, "/")};
}

absl::StatusOr<SourcePath> Follow(const FileTree& tree,
                                  const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string target,
                        tree.Resolve(path, /*follow_last=*/true));
  if (tree.Find(target) == nullptr) {
    return absl::NotFoundError(absl::StrCat("\"/", path, "\": not found"));
  }
  return SourcePath{.path = target, .name = path.substr(path.rfind('/') + 1)};
}

// The paths below `directory` that match `pattern` relative to it.
absl::StatusOr<std::vector<std::string>> Matches(const FileTree& tree,
                                                 const std::string& directory,
                                                 const std::string& pattern) {
  const std::string prefix = directory.empty() ? "" : directory + "/";
  std::vector<std::string> matches;
  for (auto node = tree.nodes().upper_bound(directory);
       node != tree.nodes().end() && absl::StartsWith(node->first, prefix);
       ++node) {
    ABSL_ASSIGN_OR_RETURN(
        const bool match,
        MatchPath(pattern, node->first.substr(prefix.size())));
    if (match) matches.push_back(node->first);
  }
  return matches;
}

}  // namespace

bool HasWildcards(absl::string_view path) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\') {
      ++i;
    } else if (path[i] == '*' || path[i] == '?' || path[i] == '[') {
      return true;
    }
  }
  return false;
}

absl::StatusOr<std::vector<SourcePath>> FindSources(const FileTree& tree,
                                                    absl::string_view source) {
  const std::string path = CleanTarPath(source);
  const Pattern pattern = SplitAtWildcards(path);
  if (pattern.rest.empty()) {
    ABSL_ASSIGN_OR_RETURN(SourcePath found, Follow(tree, path));
    return std::vector<SourcePath>{std::move(found)};
  }
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        tree.Resolve(pattern.directory, /*follow_last=*/true));
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> matches,
                        Matches(tree, directory, pattern.rest));
  std::vector<SourcePath> sources;
  for (const std::string& match : matches) {
    ABSL_ASSIGN_OR_RETURN(sources.emplace_back(), Follow(tree, match));
  }
  return sources;
}

}  // namespace rules_dockerfile
