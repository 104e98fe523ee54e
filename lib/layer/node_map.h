#ifndef LIB_LAYER_NODE_MAP_H_
#define LIB_LAYER_NODE_MAP_H_

#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/layer/file_node.h"

namespace rules_dockerfile {

// Compares paths component by component, so that a directory's subtree follows
// it, children in bytewise order of their names.
struct PathLess {
  using is_transparent = void;
  bool operator()(absl::string_view a, absl::string_view b) const;
};

// Nodes by path, in the order of PathLess. A copy shares all nodes with the
// original; each then has its own changes. So what is copied costs as much as
// what is changed. Iterators and pointers are valid until the next change.
class NodeMap {
 public:
  using Nodes = std::map<std::string, FileNode, PathLess>;
  using value_type = Nodes::value_type;

  // The shared nodes with the changes in their place.
  class const_iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = NodeMap::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    const_iterator() = default;
    reference operator*() const { return is_changed_ ? *change_ : *shared_; }
    pointer operator->() const { return &**this; }
    const_iterator& operator++();
    const_iterator operator++(int) {
      const const_iterator old = *this;
      ++*this;
      return old;
    }
    const_iterator& operator--();
    const_iterator operator--(int) {
      const const_iterator old = *this;
      --*this;
      return old;
    }
    friend bool operator==(const const_iterator& a, const const_iterator& b) {
      return a.shared_ == b.shared_ && a.change_ == b.change_;
    }

   private:
    friend class NodeMap;
    const_iterator(const NodeMap& map, Nodes::const_iterator shared,
                   Nodes::const_iterator change);
    // Goes on to the next node that is not removed, if this one is.
    void Settle();

    Nodes::const_iterator shared_, shared_begin_, shared_end_;
    Nodes::const_iterator change_, change_begin_, change_end_;
    bool is_changed_ = false;   // the node is `change_`
    bool is_replaced_ = false;  // and `shared_` is the one that it replaces
  };
  using iterator = const_iterator;
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;

  // With a root, which always stays.
  NodeMap() : shared_(std::make_shared<Nodes>()) { Put("", FileNode()); }

  const_iterator begin() const;
  const_iterator end() const;
  const_reverse_iterator rbegin() const {
    return const_reverse_iterator(end());
  }
  const_reverse_iterator rend() const {
    return const_reverse_iterator(begin());
  }
  const_iterator lower_bound(absl::string_view path) const;
  const_iterator upper_bound(absl::string_view path) const;
  // Counts them.
  size_t size() const;

  const FileNode* Find(absl::string_view path) const;

  // The path of a node: the last one, where that is known at once.
  absl::string_view Last() const {
    return changes_.empty() ? absl::string_view(shared_->rbegin()->first) : "";
  }

  // The paths at which two maps may differ, in their order, if one is a copy of
  // the other, or both of a third; else nullopt. They are the maps' own.
  static std::optional<std::vector<absl::string_view>> PathsThatDiffer(
      const NodeMap& a, const NodeMap& b);

  // A node to change; nullptr if there is none.
  FileNode* FindToChange(absl::string_view path);

  // Inserts or replaces the node.
  void Put(absl::string_view path, FileNode node);

  // Removes what is below `path`; Remove() the node, too.
  void RemoveBelow(absl::string_view path);
  void Remove(absl::string_view path);

 private:
  // Whether nobody else sees a change of `shared_`.
  bool IsAlone() const { return changes_.empty() && shared_.use_count() == 1; }
  void Erase(absl::string_view path, bool with_node);

  std::shared_ptr<Nodes> shared_;
  Nodes changes_;  // with marks of removed nodes
};

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_NODE_MAP_H_
