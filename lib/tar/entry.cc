#include "lib/tar/entry.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

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

namespace {

// Whether no part is empty, "." or "..".
bool IsClean(absl::string_view path) {
  while (true) {
    const size_t slash = path.find('/');
    const absl::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == absl::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string CleanTarPath(absl::string_view path) {
  absl::ConsumePrefix(&path, "./");
  if (IsClean(path)) return std::string(path);
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
