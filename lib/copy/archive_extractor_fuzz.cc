#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/copy/archive_extractor.h"
#include "lib/copy/data_store.h"
#include "lib/copy/target_tree.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

// An archive from text: a line is a type (d, f, s, h, p), a path and a target.
std::string ArchiveFrom(absl::string_view text) {
  const std::map<absl::string_view, TarEntryType> types = {
      {"d", TarEntryType::kDirectory},
      {"f", TarEntryType::kFile},
      {"s", TarEntryType::kSymlink},
      {"h", TarEntryType::kHardLink},
      {"p", TarEntryType::kFifo}};
  StringSink sink;
  TarWriter writer(&sink);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const auto type = types.find(words[0]);
    if (type == types.end() || words.size() < 2) continue;
    TarEntry entry = {.path = words[1], .type = type->second, .mode = 0755};
    if (words.size() > 2) entry.link_target = words[2];
    writer.Add(entry, "").IgnoreError();
  }
  writer.Finish().IgnoreError();
  return sink.contents();
}

// Whatever is extracted, the tree stays a tree, hard links stay one file, and
// the layer says what was done.
void ExtractsAnyArchive(const std::string& archive) {
  const FileTree lower =
      ParseTreeSpec(
          "etc/\nout/\nout/kept = k\nout/again => out/kept\n"
          "out/link -> ../etc\nout/loop -> loop\nout/d/\nout/d/x |\n")
          .tree;
  DataStore store;
  const int source = store.AddText(archive);
  TargetTree target(lower, std::nullopt, /*now=*/0);
  if (!ExtractToTarget({.bytes = archive, .source = source}, "/out", &target)
           .ok()) {
    return;
  }
  std::map<int64_t, FileNode> files;
  for (const auto& [path, node] : target.tree().nodes()) {
    const FileNode* parent = target.tree().Find(DirectoryOf(path));
    ABSL_CHECK(parent != nullptr);
    ABSL_CHECK(parent->type == LayerEntryType::kDirectory);
    if (node.inode < 0) continue;
    ABSL_CHECK(files.try_emplace(node.inode, node).first->second == node);
  }
  StringSink sink;
  const absl::StatusOr<LayerIndex> index = WriteChangeset(
      lower, target.tree(),
      [&store](const FileNode& node, ByteSink* out) {
        return store.Read(node, out);
      },
      {}, &sink);
  if (!index.ok()) {
    // Data of a lower layer; a directory named like a whiteout.
    ABSL_CHECK(absl::IsFailedPrecondition(index.status()) ||
               absl::IsInvalidArgument(index.status()))
        << index.status();
    return;
  }
  ABSL_CHECK(IndexLayer(sink.contents()).value() == *index);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  ExtractsAnyArchive(ArchiveFrom(input));
  ExtractsAnyArchive(std::string(input));
  return 0;
}
