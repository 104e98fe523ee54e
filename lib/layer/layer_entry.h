#ifndef LIB_LAYER_LAYER_ENTRY_H_
#define LIB_LAYER_LAYER_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/layer/file_digest.h"
#include "lib/layer/xattr_map.h"

namespace rules_dockerfile {

enum class LayerEntryType : uint8_t {
  kFile,
  kHardLink,
  kSymlink,
  kCharDevice,
  kBlockDevice,
  kDirectory,
  kFifo,
  kWhiteout,  // deletes `path` and all below it from lower layers
  kOpaque,    // hides all that lower layers have below the directory `path`
};

// One entry of a layer, without its data.
struct LayerEntry {
  std::string path;  // clean, relative, no trailing slash; "" is the root
  LayerEntryType type = LayerEntryType::kFile;
  uint32_t mode = 0;  // 07777
  int64_t uid = 0;
  int64_t gid = 0;
  int64_t mtime = 0;  // seconds
  int32_t mtime_nanos = 0;
  std::string
      link_target;  // symlink: verbatim; hard link: clean path of the file
  int64_t device_major = 0;
  int64_t device_minor = 0;
  XattrMap xattrs;     // those with names in UTF-8
  int64_t size = 0;    // of a file's data
  int64_t offset = 0;  // of a file's data in the layer tar
  FileDigest digest;   // of a file's data

  friend bool operator==(const LayerEntry&, const LayerEntry&) = default;
};

// What a file has after the step that made a layer, and the layer's tar cannot
// say. BuildKit's snapshots keep it and its layers do not: later steps of the
// build see it, the image never has it. docs/layer_format.md, "Beside the tar".
struct SnapshotEntry {
  std::string path;  // clean, relative; "" is the root
  // The path of the file that this is a further name of; "" if it is none.
  std::string link_target;
  // Without a link: all xattrs of the file that IsSnapshotXattr() names.
  XattrMap xattrs;

  friend bool operator==(const SnapshotEntry&, const SnapshotEntry&) = default;
};

// "file", "hardlink", "symlink", "char", "block", "directory", "fifo",
// "whiteout", "opaque".
absl::string_view LayerEntryTypeName(LayerEntryType type);

// The type of that name; nullopt if there is none.
std::optional<LayerEntryType> LayerEntryTypeOf(absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_ENTRY_H_
