#include "lib/layer/node_map.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_node.h"

namespace rules_dockerfile {
namespace {

// By words: most of what a tree does is comparing paths.
size_t CommonPrefixSize(absl::string_view a, absl::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t at = 0;
  for (uint64_t word_a, word_b; at + sizeof word_a <= size;
       at += sizeof word_a) {
    std::memcpy(&word_a, a.data() + at, sizeof word_a);
    std::memcpy(&word_b, b.data() + at, sizeof word_b);
    if (word_a != word_b) break;
  }
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

// The `source` of a removed node.
constexpr int kRemoved = std::numeric_limits<int>::min();

bool IsRemoved(const FileNode& node) { return node.source == kRemoved; }

// The nodes at `path`, if `with_node`, and below it.
struct Range {
  NodeMap::Nodes::iterator begin;
  NodeMap::Nodes::iterator end;
};
Range RangeOf(NodeMap::Nodes& nodes, absl::string_view path, bool with_node) {
  const auto begin =
      with_node ? nodes.lower_bound(path) : nodes.upper_bound(path);
  // No name has a byte less than 1, except for the slash that begins the
  // subtree.
  return {.begin = begin,
          .end = path.empty() ? nodes.end()
                              : nodes.lower_bound(absl::StrCat(path, "\001"))};
}

}  // namespace

bool PathLess::operator()(absl::string_view a, absl::string_view b) const {
  // A slash ends a component, so it comes before any byte of a longer name.
  const auto rank = [](char c) {
    return c == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(c)) + 1;
  };
  const size_t equal = CommonPrefixSize(a, b);
  if (equal == std::min(a.size(), b.size())) return a.size() < b.size();
  return rank(a[equal]) < rank(b[equal]);
}

NodeMap::const_iterator::const_iterator(const NodeMap& map,
                                        Nodes::const_iterator shared,
                                        Nodes::const_iterator change)
    : shared_(shared),
      shared_begin_(map.shared_->begin()),
      shared_end_(map.shared_->end()),
      change_(change),
      change_begin_(map.changes_.begin()),
      change_end_(map.changes_.end()) {
  Settle();
}

void NodeMap::const_iterator::Settle() {
  const PathLess less;
  while (true) {
    is_changed_ =
        change_ != change_end_ &&
        (shared_ == shared_end_ || !less(shared_->first, change_->first));
    is_replaced_ = is_changed_ && shared_ != shared_end_ &&
                   shared_->first == change_->first;
    if (!is_changed_ || !IsRemoved(change_->second)) return;
    if (is_replaced_) ++shared_;
    ++change_;
  }
}

NodeMap::const_iterator& NodeMap::const_iterator::operator++() {
  if (!is_changed_ || is_replaced_) ++shared_;
  if (is_changed_) ++change_;
  Settle();
  return *this;
}

NodeMap::const_iterator& NodeMap::const_iterator::operator--() {
  const PathLess less;
  do {
    const auto shared =
        shared_ == shared_begin_ ? shared_end_ : std::prev(shared_);
    const auto change =
        change_ == change_begin_ ? change_end_ : std::prev(change_);
    is_changed_ =
        change != change_end_ &&
        (shared == shared_end_ || !less(change->first, shared->first));
    is_replaced_ =
        is_changed_ && shared != shared_end_ && shared->first == change->first;
    if (is_changed_) change_ = change;
    if (!is_changed_ || is_replaced_) shared_ = shared;
  } while (is_changed_ && IsRemoved(change_->second));
  return *this;
}

NodeMap::const_iterator NodeMap::begin() const {
  return const_iterator(*this, shared_->begin(), changes_.begin());
}

NodeMap::const_iterator NodeMap::end() const {
  return const_iterator(*this, shared_->end(), changes_.end());
}

NodeMap::const_iterator NodeMap::lower_bound(absl::string_view path) const {
  return const_iterator(*this, shared_->lower_bound(path),
                        changes_.lower_bound(path));
}

NodeMap::const_iterator NodeMap::upper_bound(absl::string_view path) const {
  return const_iterator(*this, shared_->upper_bound(path),
                        changes_.upper_bound(path));
}

size_t NodeMap::size() const { return std::distance(begin(), end()); }

const FileNode* NodeMap::Find(absl::string_view path) const {
  // Trees are mostly made in their order.
  const PathLess less;
  if (!changes_.empty() && !less(changes_.rbegin()->first, path)) {
    const auto change = changes_.find(path);
    if (change != changes_.end()) {
      return IsRemoved(change->second) ? nullptr : &change->second;
    }
  }
  if (less(shared_->rbegin()->first, path)) return nullptr;
  const auto node = shared_->find(path);
  return node == shared_->end() ? nullptr : &node->second;
}

std::optional<std::vector<absl::string_view>> NodeMap::PathsThatDiffer(
    const NodeMap& a, const NodeMap& b) {
  if (a.shared_ != b.shared_) return std::nullopt;
  std::vector<absl::string_view> paths;
  const PathLess less;
  auto other = b.changes_.begin();
  const auto end = b.changes_.end();
  for (const auto& [path, node] : a.changes_) {
    for (; other != end && less(other->first, path); ++other) {
      paths.push_back(other->first);
    }
    if (other != end && other->first == path) ++other;
    paths.push_back(path);
  }
  for (; other != end; ++other) paths.push_back(other->first);
  return paths;
}

FileNode* NodeMap::FindToChange(absl::string_view path) {
  if (IsAlone()) {
    const auto node = shared_->find(path);
    return node == shared_->end() ? nullptr : &node->second;
  }
  const FileNode* const node = Find(path);
  if (node == nullptr) return nullptr;
  return &changes_.try_emplace(std::string(path), *node).first->second;
}

void NodeMap::Put(absl::string_view path, FileNode node) {
  Nodes& nodes = IsAlone() ? *shared_ : changes_;
  const bool is_last = nodes.empty() || PathLess()(nodes.rbegin()->first, path);
  const auto at = is_last ? nodes.end() : nodes.lower_bound(path);
  if (at != nodes.end() && at->first == path) {
    at->second = std::move(node);
  } else {
    nodes.emplace_hint(at, path, std::move(node));
  }
}

void NodeMap::Erase(absl::string_view path, bool with_node) {
  if (IsAlone()) {
    const Range range = RangeOf(*shared_, path, with_node);
    shared_->erase(range.begin, range.end);
    return;
  }
  // Before anything is erased: `path` may be of a node.
  const Range removed = RangeOf(*shared_, path, with_node);
  const Range changed = RangeOf(changes_, path, with_node);
  auto hint = changes_.erase(changed.begin, changed.end);
  for (auto node = removed.begin; node != removed.end; ++node) {
    changes_.emplace_hint(hint, node->first, FileNode{.source = kRemoved});
  }
}

void NodeMap::RemoveBelow(absl::string_view path) {
  Erase(path, /*with_node=*/false);
}

void NodeMap::Remove(absl::string_view path) {
  Erase(path, /*with_node=*/true);
}

}  // namespace rules_dockerfile
