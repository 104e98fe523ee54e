#include "lib/layer/mtree.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

// As vis(3) with VIS_OCTAL. "#" begins a comment, "=" ends a keyword, and
// mtree(8) matches names as patterns.
std::string Quoted(absl::string_view name) {
  constexpr absl::string_view kHarmless = "!$%&'()+,-./:;<>@^_`{|}~";
  std::string quoted;
  for (const char c : name) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        kHarmless.find(c) != absl::string_view::npos) {
      quoted.push_back(c);
    } else {
      absl::StrAppendFormat(&quoted, "\\%03o", static_cast<unsigned char>(c));
    }
  }
  return quoted;
}

absl::string_view TypeName(LayerEntryType type) {
  switch (type) {
    case LayerEntryType::kDirectory:
      return "dir";
    case LayerEntryType::kSymlink:
      return "link";
    default:  // of those that a tree has
      return LayerEntryTypeName(type);
  }
}

std::string Line(const std::string& path, const FileNode& node, int names) {
  std::string line = path.empty() ? "." : absl::StrCat("./", Quoted(path));
  absl::StrAppendFormat(&line, " type=%s mode=%04o uid=%d gid=%d time=%d.%09d",
                        TypeName(node.type), node.mode, node.uid, node.gid,
                        node.mtime, node.mtime_nanos);
  switch (node.type) {
    case LayerEntryType::kFile:
      absl::StrAppend(&line, " size=", node.size, " sha256digest=",
                      absl::StripPrefix(node.digest.ToString(), "sha256:"));
      break;
    case LayerEntryType::kSymlink:
      absl::StrAppend(&line, " link=", Quoted(node.link_target));
      break;
    case LayerEntryType::kCharDevice:
    case LayerEntryType::kBlockDevice:
      absl::StrAppend(&line, " device=native,", node.device_major, ",",
                      node.device_minor);
      break;
    default:
      break;
  }
  if (names > 1) absl::StrAppend(&line, " nlink=", names);
  return line;
}

}  // namespace

std::string MtreeText(const FileTree& tree) {
  std::map<int64_t, int> names;  // by inode
  for (const auto& [path, node] : tree.nodes()) {
    if (node.inode >= 0) ++names[node.inode];
  }
  std::string text = "#mtree\n";
  for (const auto& [path, node] : tree.nodes()) {
    const int links = node.inode >= 0 ? names[node.inode] : 1;
    absl::StrAppend(&text, Line(path, node, links), "\n");
  }
  return text;
}

}  // namespace rules_dockerfile
