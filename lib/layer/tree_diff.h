#ifndef LIB_LAYER_TREE_DIFF_H_
#define LIB_LAYER_TREE_DIFF_H_

#include <string>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// What differs between two trees, for people; "" if nothing does. One line per
// path, in tree order: added, changed and how, or deleted with all below it.
//
//   A etc/hostname file 0644 0:0 5 bytes
//   C bin/ping mode 0755 -> 4755, size 10 -> 11, data
//   D var/cache
//
// Unlike WriteChangeset() it reports every difference, directory times and the
// root's metadata too. Which names are hard links of one file is not compared.
std::string DescribeTreeDiff(const FileTree& lower, const FileTree& upper);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_TREE_DIFF_H_
