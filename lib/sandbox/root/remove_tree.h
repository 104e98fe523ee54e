#ifndef LIB_SANDBOX_ROOT_REMOVE_TREE_H_
#define LIB_SANDBOX_ROOT_REMOVE_TREE_H_

namespace rules_dockerfile {

// Removes everything in the directory, regardless of modes and of how deep it
// is, with few descriptors. Follows no links. False if something is left.
bool RemoveTree(int directory_fd);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_REMOVE_TREE_H_
