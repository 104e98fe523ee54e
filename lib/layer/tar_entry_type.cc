#include "lib/layer/tar_entry_type.h"

namespace rules_dockerfile {

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

}  // namespace rules_dockerfile
