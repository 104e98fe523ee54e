#include "lib/copy/copy_step_testing.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/copy/data_store.h"
#include "lib/copy/step_trees.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {

FileTree StoredTree(absl::string_view spec, DataStore* store) {
  TestTree test = ParseTreeSpec(spec);
  FileTree tree = test.tree;
  for (const auto& [path, node] : test.tree.nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    FileNode stored = node;
    stored.source = store->AddText(test.data.at(node.digest));
    stored.offset = 0;
    ABSL_CHECK(tree.Put(path, std::move(stored)).ok());
  }
  return tree;
}

std::string LayerText(const LayerIndex& index, absl::string_view tar) {
  std::string text;
  for (const LayerEntry& entry : index.entries) {
    if (entry.type == LayerEntryType::kWhiteout) {
      absl::StrAppend(&text, "!", entry.path, "\n");
      continue;
    }
    const bool is_directory = entry.type == LayerEntryType::kDirectory;
    absl::StrAppendFormat(&text, "%s%s %04o %d:%d @%d", entry.path,
                          is_directory ? "/" : "", entry.mode, entry.uid,
                          entry.gid, entry.mtime);
    if (const auto capability = entry.xattrs.find("security.capability");
        capability != entry.xattrs.end()) {
      absl::StrAppend(&text,
                      " cap=", absl::BytesToHexString(capability->second));
    }
    switch (entry.type) {
      case LayerEntryType::kFile:
        absl::StrAppend(&text, " = ", tar.substr(entry.offset, entry.size));
        break;
      case LayerEntryType::kSymlink:
        absl::StrAppend(&text, " -> ", entry.link_target);
        break;
      case LayerEntryType::kHardLink:
        absl::StrAppend(&text, " => ", entry.link_target);
        break;
      case LayerEntryType::kFifo:
        absl::StrAppend(&text, " fifo");
        break;
      case LayerEntryType::kCharDevice:
        absl::StrAppend(&text, " char ", entry.device_major, ":",
                        entry.device_minor);
        break;
      default:
        break;
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string LayerOrError(const absl::StatusOr<StepTrees>& trees, int64_t epoch,
                         DataStore* store) {
  if (!trees.ok()) return std::string(trees.status().message());
  StringSink sink;
  const absl::StatusOr<LayerIndex> index = WriteChangeset(
      trees->lower, trees->upper,
      [store](const FileNode& node, ByteSink* out) {
        return store->Read(node, out);
      },
      {.epoch = epoch,
       .mode_of = [store](const FileNode& node) { return store->Mode(node); }},
      &sink);
  if (!index.ok()) return std::string(index.status().message());
  return LayerText(*index, sink.contents());
}

}  // namespace rules_dockerfile
