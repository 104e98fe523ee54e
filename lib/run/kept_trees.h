#ifndef LIB_RUN_KEPT_TREES_H_
#define LIB_RUN_KEPT_TREES_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The trees of the layers below RUNs, which the process of each RUN, a fork of
// the one that keeps them, would otherwise parse again. Movable.
class KeptTrees {
 public:
  // `limit` is for all stacks together, in bytes: the texts of their indexes
  // and the nodes of their trees, about. A stack that has more than half of it
  // is not kept.
  explicit KeptTrees(int64_t limit = kLimit) : limit_(limit) {}

  // The tree of the lowest `layers` of a stack; their `source` is their number.
  struct Found {
    size_t layers = 0;
    FileTree tree;
  };

  // Returns that of most layers among the first `most` of a stack, of whose
  // indexes Bazel sent these digests, the base first.
  Found Find(absl::Span<const std::string> digests, size_t most) const;

  // Reads the indexes of a stack and keeps its tree. Those that were not used
  // for longest go. Never has more than 1.5 times the limit, and the text of an
  // index, in memory. Keeps nothing if a file does not have the digest that
  // Bazel sent for it: it may have changed since. Bazel's is the SHA-256 in
  // hex; with another digest function nothing is kept.
  void Keep(absl::Span<const std::string> indexes,
            absl::Span<const std::string> digests);

 private:
  static constexpr int64_t kLimit = int64_t{64} << 20;

  struct Stack {
    std::vector<std::string> digests;
    int64_t bytes = 0;
    FileTree tree;
  };
  using Stacks = std::list<Stack>;

  Stacks::const_iterator Lookup(absl::Span<const std::string> digests,
                                size_t most) const;
  // Adds layers until the stack has those of `digests`. ResourceExhausted if it
  // is too large for that.
  absl::Status Complete(absl::Span<const std::string> indexes,
                        absl::Span<const std::string> digests,
                        Stack& stack) const;

  int64_t limit_;
  Stacks stacks_;  // the last used first
  // Stacks that are too large, so that they are not read again.
  std::set<std::vector<std::string>> refused_;
};

}  // namespace rules_dockerfile

#endif  // LIB_RUN_KEPT_TREES_H_
