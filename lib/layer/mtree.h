#ifndef LIB_LAYER_MTREE_H_
#define LIB_LAYER_MTREE_H_

#include <string>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The tree in the format of mtree(5), as bsdtar reads and writes it: one line
// per path, in the order of FileTree::nodes(), with full paths below "." and
// without /set. Keywords: type, mode (octal), uid, gid, time (seconds and nine
// digits of nanoseconds); of files size and sha256digest, of symlinks link, of
// devices device=native,<major>,<minor>, of files with several names nlink. In
// names and targets, all bytes but letters, digits and harmless punctuation are
// written \ooo. The format has no keyword for xattrs, and none for names of one
// file.
std::string MtreeText(const FileTree& tree);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_MTREE_H_
