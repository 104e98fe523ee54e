#include "lib/run/kept_trees.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMostRefused = 256;

// Reads the file if `room` is enough for it, and subtracts its size.
absl::StatusOr<std::string> ReadWithin(const std::string& path, int64_t& room) {
  struct stat info = {};
  if (stat(path.c_str(), &info) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  room -= info.st_size;
  if (room < 0) return absl::ResourceExhaustedError("the index is too large");
  return ReadFile(path);
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

absl::Status KeptTrees::Complete(absl::Span<const std::string> indexes,
                                 absl::Span<const std::string> digests,
                                 Stack& stack) const {
  for (size_t i = stack.digests.size(); i < digests.size(); ++i) {
    int64_t room = limit_ / 2 - stack.bytes;
    // Not mapped: what cannot be read must not fail the requests that follow.
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadWithin(indexes[i], room));
    if (digests[i] != DigestHex(DigestOf(text))) {
      return absl::DataLossError("the file has changed");
    }
    ABSL_RETURN_IF_ERROR(
        stack.tree.AddLayerTextWithin(text, static_cast<int>(i), room));
    stack.bytes = limit_ / 2 - room;
    stack.digests.push_back(digests[i]);
  }
  return absl::OkStatus();
}

void KeptTrees::Keep(absl::Span<const std::string> indexes,
                     absl::Span<const std::string> digests) {
  if (digests.empty() || indexes.size() != digests.size()) return;
  const auto found = Lookup(digests, digests.size());
  const bool is_kept =
      found != stacks_.end() && found->digests.size() == digests.size();
  if (is_kept) return stacks_.splice(stacks_.begin(), stacks_, found);
  std::vector<std::string> key(digests.begin(), digests.end());
  if (refused_.contains(key)) return;
  Stack stack = found == stacks_.end() ? Stack() : *found;
  const absl::Status complete = Complete(indexes, digests, stack);
  if (absl::IsResourceExhausted(complete)) {
    if (refused_.size() == kMostRefused) refused_.clear();
    refused_.insert(std::move(key));
  }
  if (!complete.ok()) return;
  stacks_.push_front(std::move(stack));
  int64_t bytes = 0;
  for (const Stack& each : stacks_) bytes += each.bytes;
  for (; bytes > limit_; stacks_.pop_back()) bytes -= stacks_.back().bytes;
}

}  // namespace rules_dockerfile
