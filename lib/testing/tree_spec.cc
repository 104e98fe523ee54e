#include "lib/testing/tree_spec.h"

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_sink.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

int64_t Number(absl::string_view text) {
  int64_t number = 0;
  ABSL_CHECK(absl::SimpleAtoi(text, &number)) << text;
  return number;
}

void SetAttribute(absl::string_view key, absl::string_view value,
                  FileNode* node) {
  if (key == "mode") {
    node->mode = 0;
    for (const char digit : value) {
      node->mode = node->mode * 8 + static_cast<uint32_t>(digit - '0');
    }
  } else if (key == "uid") {
    node->uid = Number(value);
  } else if (key == "gid") {
    node->gid = Number(value);
  } else if (key == "mtime") {
    const std::vector<absl::string_view> parts = absl::StrSplit(value, '.');
    node->mtime = Number(parts[0]);
    if (parts.size() > 1) {
      node->mtime_nanos = static_cast<int32_t>(Number(parts[1]));
    }
  } else if (key == "cap") {
    ABSL_CHECK(
        absl::HexStringToBytes(value, &node->xattrs["security.capability"]));
  } else if (absl::StrContains(key, '.')) {
    node->xattrs[std::string(key)] = std::string(value);
  } else {
    ABSL_CHECK(false) << "unknown attribute " << key;
  }
}

void MakeParents(absl::string_view path, FileTree* tree) {
  for (size_t slash = path.find('/'); slash != absl::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (tree->Find(path.substr(0, slash)) == nullptr) {
      ABSL_CHECK_OK(tree->Put(path.substr(0, slash), FileNode()));
    }
  }
}

// The node that `kind` and `value` of a line describe.
FileNode NodeOf(absl::string_view kind, absl::string_view value,
                TestTree* test_tree) {
  FileNode node;
  if (kind == "=") {
    node.type = LayerEntryType::kFile;
    node.mode = 0644;
    node.size = static_cast<int64_t>(value.size());
    node.digest = DigestOf(value);
    test_tree->data[node.digest] = std::string(value);
  } else if (kind == "->") {
    node.type = LayerEntryType::kSymlink;
    node.mode = 0777;
    node.link_target = std::string(value);
  } else if (kind == "=>") {
    FileTree& tree = test_tree->tree;
    ABSL_CHECK(tree.Find(value) != nullptr) << "no " << value;
    node = *tree.Find(value);
    if (node.inode < 0) node.inode = tree.NewInode();
    ABSL_CHECK_OK(tree.Put(value, node));
  } else if (kind == "|") {
    node.type = LayerEntryType::kFifo;
  } else {
    ABSL_CHECK(kind == "c" || kind == "b") << "unknown kind " << kind;
    node.type = kind == "c" ? LayerEntryType::kCharDevice
                            : LayerEntryType::kBlockDevice;
    const std::vector<absl::string_view> numbers = absl::StrSplit(value, ':');
    node.device_major = Number(numbers[0]);
    node.device_minor = Number(numbers[1]);
  }
  return node;
}

void AddLine(absl::string_view line, TestTree* test_tree) {
  std::deque<absl::string_view> words = absl::StrSplit(line, ' ');
  const auto next_word = [&words] {
    if (words.empty()) return absl::string_view();
    const absl::string_view word = words.front();
    words.pop_front();
    return word;
  };
  absl::string_view path = next_word();
  FileNode node;
  if (!absl::ConsumeSuffix(&path, "/")) {
    const absl::string_view kind = next_word();
    const absl::string_view value = kind == "|" ? "" : next_word();
    node = NodeOf(kind, value, test_tree);
  }
  for (const absl::string_view word : words) {
    const std::pair<absl::string_view, absl::string_view> attribute =
        absl::StrSplit(word, absl::MaxSplits('=', 1));
    SetAttribute(attribute.first, attribute.second, &node);
  }
  MakeParents(path, &test_tree->tree);
  ABSL_CHECK_OK(test_tree->tree.Put(path, std::move(node)));
}

}  // namespace

FileDataReader TestTree::reader() const {
  return [this](const FileNode& node, ByteSink* sink) -> absl::Status {
    const auto text = data.find(node.digest);
    if (text == data.end()) {
      return absl::InternalError(absl::StrCat("no data with ", node.digest));
    }
    return sink->Append(text->second);
  };
}

TestTree ParseTreeSpec(absl::string_view text) {
  TestTree test_tree;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) AddLine(line, &test_tree);
  }
  return test_tree;
}

FileTree ChangedCopy(const FileTree& lower, const FileTree& upper) {
  FileTree copy = lower;
  for (const auto& [path, node] : lower.nodes()) {
    if (upper.Find(path) == nullptr) copy.Remove(path);
  }
  for (const auto& [path, node] : upper.nodes()) {
    const FileNode* const now = copy.Find(path);
    if (now != nullptr && *now == node) continue;
    ABSL_CHECK_OK(copy.Put(path, node));
  }
  return copy;
}

}  // namespace rules_dockerfile
