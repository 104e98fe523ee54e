#ifndef LIB_RUN_STACK_PART_H_
#define LIB_RUN_STACK_PART_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// Digests of files, by path: the same digest means the same bytes.
using FileDigests = std::map<std::string, std::string>;

// One of the directories that an overlay shows as one rootfs: what some of its
// layers change in those below.
struct StackPart {
  size_t end =
      0;  // its layers are those before, from the end of the part below
  // The same key means the same content; "" if that is not known.
  std::string key;
  bool stored = false;  // it is in a LayerStore
  // To extract (ExtractTree()), if it is not stored: kWhiteout nodes represent
  // what is deleted.
  FileTree tree;
};

// One part per layer, the lowest first, as Docker stacks them. Of more than 100
// layers the lowest are one part, as each costs at every look-up. What a
// command sees of directories (their number of links, the order of their
// entries) depends on the parts, so these depend on the number of layers only.
// `digests` has those of the files of layers and indexes, as far as known.
std::vector<StackPart> PlanStack(const std::vector<std::string>& layers,
                                 const std::vector<std::string>& indexes,
                                 const FileDigests& digests);

// What must be extracted over the rootfs before `changes` to get `after`.
// Names of one file are either all in it, or none.
FileTree ChangedPart(const FileTree& after, const FileTree::Changes& changes);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_STACK_PART_H_
