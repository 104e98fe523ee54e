#include "lib/run/kept_trees.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {
namespace {

// Whether `sent` is what Bazel sends as the digest of these bytes.
bool IsDigestOf(absl::string_view sent, absl::string_view bytes) {
  return sent == DigestHex(DigestOf(bytes));
}

}  // namespace

KeptTrees::Stacks::const_iterator KeptTrees::Lookup(
    absl::Span<const std::string> digests, size_t most) const {
  auto best = stacks_.end();
  for (auto stack = stacks_.begin(); stack != stacks_.end(); ++stack) {
    const size_t size = stack->digests.size();
    if (size <= most &&
        (best == stacks_.end() || size > best->digests.size()) &&
        digests.first(size) == absl::MakeConstSpan(stack->digests)) {
      best = stack;
    }
  }
  return best;
}

KeptTrees::Found KeptTrees::Find(absl::Span<const std::string> digests,
                                 size_t most) const {
  const auto stack = Lookup(digests, std::min(most, digests.size()));
  if (stack == stacks_.end()) return {};
  return {.layers = stack->digests.size(), .tree = stack->tree};
}

bool KeptTrees::Complete(absl::Span<const std::string> indexes,
                         absl::Span<const std::string> digests,
                         Stack& stack) const {
  for (size_t i = stack.digests.size(); i < digests.size(); ++i) {
    // Not mapped: what cannot be read must not fail the requests that follow.
    const absl::StatusOr<std::string> text = ReadFile(indexes[i]);
    if (!text.ok() || text->size() > limit_ / 2 - stack.bytes ||
        !IsDigestOf(digests[i], *text) ||
        !stack.tree.AddLayerText(*text, static_cast<int>(i)).ok()) {
      return false;
    }
    stack.bytes += text->size();
    stack.digests.push_back(digests[i]);
  }
  return true;
}

void KeptTrees::Keep(absl::Span<const std::string> indexes,
                     absl::Span<const std::string> digests) {
  if (digests.empty() || indexes.size() != digests.size()) return;
  const auto found = Lookup(digests, digests.size());
  const bool is_kept =
      found != stacks_.end() && found->digests.size() == digests.size();
  if (is_kept) return stacks_.splice(stacks_.begin(), stacks_, found);
  Stack stack = found == stacks_.end() ? Stack() : *found;
  if (!Complete(indexes, digests, stack)) return;
  stacks_.push_front(std::move(stack));
  size_t bytes = 0;
  for (const Stack& each : stacks_) bytes += each.bytes;
  for (; bytes > limit_; stacks_.pop_back()) bytes -= stacks_.back().bytes;
}

}  // namespace rules_dockerfile
