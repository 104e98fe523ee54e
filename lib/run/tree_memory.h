#ifndef LIB_RUN_TREE_MEMORY_H_
#define LIB_RUN_TREE_MEMORY_H_

#include <cstdint>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// What the files of an extracted tree take in a tmpfs, in bytes, roughly: with
// inodes, names, extended attributes and targets of links, which the size of a
// tmpfs does not bound.
int64_t MemoryOf(const FileTree& tree);

// Whether a tree may stay in memory after its RUN: at most 16 MiB of extended
// attributes.
bool MayBeKept(const FileTree& tree);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_TREE_MEMORY_H_
