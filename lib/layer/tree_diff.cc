#include "lib/layer/tree_diff.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/whiteout.h"

namespace rules_dockerfile {
namespace {

std::string PathText(absl::string_view path) {
  return path.empty() ? "." : absl::Utf8SafeCEscape(path);
}

std::string ModeText(const FileNode& node) {
  return absl::StrFormat("%04o", node.mode);
}

std::string OwnerText(const FileNode& node) {
  return absl::StrCat(node.uid, ":", node.gid);
}

std::string TimeText(const FileNode& node) {
  if (node.mtime_nanos == 0) return absl::StrCat(node.mtime);
  return absl::StrFormat("%d.%09d", node.mtime, node.mtime_nanos);
}

std::string DeviceText(const FileNode& node) {
  return absl::StrCat(node.device_major, ":", node.device_minor);
}

std::string XattrsText(const FileNode& node) {
  return absl::StrJoin(node.xattrs, " ", [](std::string* out, const auto& x) {
    absl::StrAppend(out, x.first, "=", absl::BytesToHexString(x.second));
  });
}

std::string AddedText(const FileNode& node) {
  std::string text = absl::StrCat(LayerEntryTypeName(node.type), " ",
                                  ModeText(node), " ", OwnerText(node));
  switch (node.type) {
    case LayerEntryType::kFile:
      absl::StrAppend(&text, " ", node.size, " bytes");
      break;
    case LayerEntryType::kSymlink:
      absl::StrAppend(&text, " -> ", PathText(node.link_target));
      break;
    case LayerEntryType::kCharDevice:
    case LayerEntryType::kBlockDevice:
      absl::StrAppend(&text, " ", DeviceText(node));
      break;
    default:
      break;
  }
  return text;
}

// "" if the nodes are equal except for where their data is.
std::string ChangedText(const FileNode& a, const FileNode& b) {
  std::vector<std::string> changes;
  const auto compare = [&](absl::string_view what, const std::string& old_text,
                           const std::string& new_text) {
    if (old_text == new_text) return;
    changes.push_back(absl::StrCat(what, " ",
                                   old_text.empty() ? "none" : old_text, " -> ",
                                   new_text.empty() ? "none" : new_text));
  };
  compare("type", std::string(LayerEntryTypeName(a.type)),
          std::string(LayerEntryTypeName(b.type)));
  compare("mode", ModeText(a), ModeText(b));
  compare("owner", OwnerText(a), OwnerText(b));
  compare("time", TimeText(a), TimeText(b));
  compare("target", absl::Utf8SafeCEscape(a.link_target),
          absl::Utf8SafeCEscape(b.link_target));
  compare("device", DeviceText(a), DeviceText(b));
  compare("xattrs", XattrsText(a), XattrsText(b));
  compare("size", absl::StrCat(a.size), absl::StrCat(b.size));
  if (a.type == b.type && a.digest != b.digest) changes.push_back("data");
  return absl::StrJoin(changes, ", ");
}

}  // namespace

std::string DescribeTreeDiff(const FileTree& lower, const FileTree& upper) {
  const FileTree::PathLess less;
  std::string text;
  auto a = lower.nodes().begin();
  auto b = upper.nodes().begin();
  while (a != lower.nodes().end() || b != upper.nodes().end()) {
    if (b == upper.nodes().end() ||
        (a != lower.nodes().end() && less(a->first, b->first))) {
      // What stood below a deleted or replaced directory goes without saying.
      const FileNode* parent = upper.Find(ParentPath(a->first));
      if (parent != nullptr && parent->type == LayerEntryType::kDirectory) {
        absl::StrAppend(&text, "D ", PathText(a->first), "\n");
      }
      ++a;
      continue;
    }
    if (a == lower.nodes().end() || less(b->first, a->first)) {
      absl::StrAppend(&text, "A ", PathText(b->first), " ",
                      AddedText(b->second), "\n");
      ++b;
      continue;
    }
    const std::string change = ChangedText(a->second, b->second);
    if (!change.empty()) {
      absl::StrAppend(&text, "C ", PathText(a->first), " ", change, "\n");
    }
    ++a;
    ++b;
  }
  return text;
}

}  // namespace rules_dockerfile
