#include "lib/layer/tree_pair.h"

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {
namespace {

using Visitor = absl::FunctionRef<absl::Status(const NodePair& pair)>;

absl::Status VisitAll(const FileTree& before, const FileTree& after,
                      Visitor visit) {
  const FileTree::PathLess less;
  auto old_node = before.nodes().begin();
  const auto old_end = before.nodes().end();
  auto new_node = after.nodes().begin();
  const auto new_end = after.nodes().end();
  while (old_node != old_end || new_node != new_end) {
    const bool is_removed =
        new_node == new_end ||
        (old_node != old_end && less(old_node->first, new_node->first));
    const bool is_added =
        !is_removed &&
        (old_node == old_end || less(new_node->first, old_node->first));
    ABSL_RETURN_IF_ERROR(
        visit({.path = is_removed ? old_node->first : new_node->first,
               .before = is_added ? nullptr : &old_node->second,
               .after = is_removed ? nullptr : &new_node->second}));
    if (!is_added) ++old_node;
    if (!is_removed) ++new_node;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VisitDifferences(const FileTree& before, const FileTree& after,
                              Visitor visit) {
  const std::optional<std::vector<absl::string_view>> paths =
      NodeMap::PathsThatDiffer(before.nodes(), after.nodes());
  if (!paths.has_value()) return VisitAll(before, after, visit);
  for (const absl::string_view path : *paths) {
    const NodePair pair = {
        .path = path, .before = before.Find(path), .after = after.Find(path)};
    if (pair.before == nullptr && pair.after == nullptr) continue;
    ABSL_RETURN_IF_ERROR(visit(pair));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
