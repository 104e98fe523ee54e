#ifndef LIB_RUN_KEPT_TREES_H_
#define LIB_RUN_KEPT_TREES_H_

#include <cstddef>
#include <list>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The trees of the layers below RUNs, which the process of each RUN, a fork of
// the one that keeps them, would otherwise parse again. Movable.
class KeptTrees {
 public:
  // `limit` is for the text of the indexes of all stacks together, in bytes: a
  // tree takes about as much memory. A stack that has more than half of it is
  // not kept.
  explicit KeptTrees(size_t limit = kLimit) : limit_(limit) {}

  // The tree of the lowest `layers` of a stack; their `source` is their number.
  struct Found {
    size_t layers = 0;
    FileTree tree;
  };

  // Returns that of most layers among the first `most` of a stack, of whose
  // indexes Bazel sent these digests, the base first.
  Found Find(absl::Span<const std::string> digests, size_t most) const;

  // Reads the indexes of a stack and keeps its tree. Those that were not used
  // for longest go. Keeps nothing if a file does not have the digest that Bazel
  // sent for it: it may have changed since. Bazel's is the SHA-256 in hex; with
  // another digest function nothing is kept.
  void Keep(absl::Span<const std::string> indexes,
            absl::Span<const std::string> digests);

 private:
  static constexpr size_t kLimit = size_t{64} << 20;

  struct Stack {
    std::vector<std::string> digests;
    size_t bytes = 0;  // of the indexes
    FileTree tree;
  };
  using Stacks = std::list<Stack>;

  Stacks::const_iterator Lookup(absl::Span<const std::string> digests,
                                size_t most) const;
  // Adds layers until the stack has those of `digests`. False if it cannot.
  bool Complete(absl::Span<const std::string> indexes,
                absl::Span<const std::string> digests, Stack& stack) const;

  size_t limit_;
  Stacks stacks_;  // the last used first
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_KEPT_TREES_H_
