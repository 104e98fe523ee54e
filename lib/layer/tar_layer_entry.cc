#include "lib/layer/tar_layer_entry.h"

#include <string>
#include <utility>

#include "lib/layer/utf8.h"

namespace rules_dockerfile {
namespace {

TarEntryType TarTypeOf(LayerEntryType type) {
  switch (type) {
    case LayerEntryType::kHardLink:
      return TarEntryType::kHardLink;
    case LayerEntryType::kSymlink:
      return TarEntryType::kSymlink;
    case LayerEntryType::kCharDevice:
      return TarEntryType::kCharDevice;
    case LayerEntryType::kBlockDevice:
      return TarEntryType::kBlockDevice;
    case LayerEntryType::kDirectory:
      return TarEntryType::kDirectory;
    case LayerEntryType::kFifo:
      return TarEntryType::kFifo;
    case LayerEntryType::kFile:
    case LayerEntryType::kWhiteout:
    case LayerEntryType::kOpaque:
      return TarEntryType::kFile;
  }
  return TarEntryType::kFile;
}

}  // namespace

LayerEntryType LayerEntryTypeOf(TarEntryType type) {
  switch (type) {
    case TarEntryType::kFile:
      return LayerEntryType::kFile;
    case TarEntryType::kHardLink:
      return LayerEntryType::kHardLink;
    case TarEntryType::kSymlink:
      return LayerEntryType::kSymlink;
    case TarEntryType::kCharDevice:
      return LayerEntryType::kCharDevice;
    case TarEntryType::kBlockDevice:
      return LayerEntryType::kBlockDevice;
    case TarEntryType::kDirectory:
      return LayerEntryType::kDirectory;
    case TarEntryType::kFifo:
      return LayerEntryType::kFifo;
  }
  return LayerEntryType::kFile;
}

LayerEntry LayerEntryOf(const TarEntry& entry, std::string path) {
  LayerEntry result = {
      .path = std::move(path),
      .type = LayerEntryTypeOf(entry.type),
      .mode = entry.mode,
      .uid = entry.uid,
      .gid = entry.gid,
      .mtime = entry.mtime,
      .mtime_nanos = entry.mtime_nanos,
      .link_target = entry.type == TarEntryType::kHardLink
                         ? CleanTarPath(entry.link_target)
                         : entry.link_target,
      .device_major = entry.device_major,
      .device_minor = entry.device_minor,
      .size = entry.size,
  };
  for (const auto& [name, value] : entry.xattrs) {
    if (IsUtf8(name)) result.xattrs[name] = value;
  }
  return result;
}

TarEntry TarEntryOf(const LayerEntry& entry) {
  return {.path = entry.path,
          .type = TarTypeOf(entry.type),
          .mode = entry.mode,
          .uid = entry.uid,
          .gid = entry.gid,
          .size = entry.size,
          .mtime = entry.mtime,
          .mtime_nanos = entry.mtime_nanos,
          .link_target = entry.link_target,
          .device_major = entry.device_major,
          .device_minor = entry.device_minor,
          .xattrs = entry.xattrs};
}

}  // namespace rules_dockerfile
