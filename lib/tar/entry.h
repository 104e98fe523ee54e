#ifndef LIB_TAR_ENTRY_H_
#define LIB_TAR_ENTRY_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

enum class TarEntryType {
  kFile,
  kHardLink,
  kSymlink,
  kCharDevice,
  kBlockDevice,
  kDirectory,
  kFifo,
};

// "file", "hardlink", "symlink", "char", "block", "directory", "fifo".
absl::string_view TarEntryTypeName(TarEntryType type);

// The header of one tar member, with PAX and GNU extensions already applied.
struct TarEntry {
  // As in the archive, less a directory's trailing slash; may be absolute,
  // hold ".." or be empty: the reader does not judge (see CleanTarPath).
  std::string path;
  TarEntryType type = TarEntryType::kFile;
  uint32_t mode = 0;  // permission, setuid, setgid and sticky bits: 07777
  int64_t uid = 0;
  int64_t gid = 0;
  int64_t size = 0;         // bytes of data; 0 unless a file
  int64_t mtime = 0;        // seconds since the Unix epoch, may be negative
  int32_t mtime_nanos = 0;  // [0, 1e9)
  std::string link_target;  // of symlinks, and of hard links (a member path)
  int64_t device_major = 0;
  int64_t device_minor = 0;
  std::map<std::string, std::string> xattrs;  // PAX SCHILY.xattr.*, by name

  friend bool operator==(const TarEntry&, const TarEntry&) = default;
};

// `path` relative to the archive's root, without "." parts, doubled or
// trailing slashes; ".." parts are resolved and never climb above the root, so
// "../../etc/x" is "etc/x". Empty for the root itself.
std::string CleanTarPath(absl::string_view path);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_ENTRY_H_
