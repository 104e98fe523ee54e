#ifndef LIB_BASE_SHARE_FILE_H_
#define LIB_BASE_SHARE_FILE_H_

#include <string>

namespace rules_dockerfile {

// Makes `to`, which is not there, a file with the bytes of the regular file
// `from` that takes no place on the disk: a hard link if nobody may write to
// `from`, as it is with what Bazel has built (a file that somebody edits, or
// whose mode changes, must not be two), else a clone, where the file system
// shares blocks. False, without a file, where neither is possible: links do not
// work across the mounts of a sandbox, and clones do not work with ext4.
bool ShareFile(const std::string& from, const std::string& to);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_SHARE_FILE_H_
