#ifndef LIB_LAYER_MTREE_H_
#define LIB_LAYER_MTREE_H_

#include <string>

#include "lib/layer/file_tree.h"

namespace rules_dockerfile {

// The tree in the format of mtree(5), as bsdtar reads and writes it: a line a
// path, in the order of FileTree::nodes(), whole paths below ".", and no /set.
// Keywords: type, mode (octal), uid, gid, time (seconds and nine digits of
// nanoseconds); of files size and sha256digest, of symlinks link, of devices
// device=native,<major>,<minor>, of files with several names nlink. In names
// and targets, all bytes but letters, digits and harmless punctuation are
// written \ooo. The format has no word for xattrs, and none that tells which
// names are of one file.
std::string MtreeText(const FileTree& tree);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_MTREE_H_
