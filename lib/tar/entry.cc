#include "lib/tar/entry.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

absl::string_view TarEntryTypeName(TarEntryType type) {
  switch (type) {
    case TarEntryType::kFile:
      return "file";
    case TarEntryType::kHardLink:
      return "hardlink";
    case TarEntryType::kSymlink:
      return "symlink";
    case TarEntryType::kCharDevice:
      return "char";
    case TarEntryType::kBlockDevice:
      return "block";
    case TarEntryType::kDirectory:
      return "directory";
    case TarEntryType::kFifo:
      return "fifo";
  }
  return "unknown";
}

std::string CleanTarPath(absl::string_view path) {
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  return absl::StrJoin(parts, "/");
}

}  // namespace rules_dockerfile
