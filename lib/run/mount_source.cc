#include "lib/run/mount_source.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/copy/archive.h"
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/copy/data_store.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/rootfs/extract.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// The name of a mounted file in the directory that is filled for it.
constexpr char kFileName[] = "file";

// A tree to extract, and what holds its data.
struct MountContent {
  FileTree tree;
  bool directory = true;  // else it holds kFileName only
  LowerLayers layers;     // of a stage or image
  std::string tar;        // of a context

  std::vector<absl::string_view> contents() const {
    if (layers.tars.empty()) return {tar};
    return layers.contents();
  }
};

// Returns the path of the mount's files in the source's tree.
absl::StatusOr<std::string> Find(const FileTree& tree, absl::string_view path) {
  ABSL_ASSIGN_OR_RETURN(std::string found,
                        tree.Resolve(path, /*follow_last=*/true));
  if (tree.Find(found) == nullptr) {
    return absl::NotFoundError(absl::StrCat(
        "\"", absl::StartsWith(path, "/") ? "" : "/", path, "\": not found"));
  }
  return found;
}

bool IsDirectory(const FileTree& tree, const std::string& path) {
  return tree.Find(path)->type == LayerEntryType::kDirectory;
}

// Copies the data of the files at `path` into memory.
absl::StatusOr<MountContent> ContextContent(const FileTree& tree,
                                            absl::string_view path,
                                            int64_t latest, DataStore& store) {
  ABSL_ASSIGN_OR_RETURN(const std::string found, Find(tree, path));
  const FileTree part = Subtree(tree, found, kFileName);
  StringSink sink;
  ABSL_ASSIGN_OR_RETURN(
      const LayerIndex index,
      WriteChangeset(
          FileTree(), part,
          [&store](const FileNode& node, ByteSink* out) {
            return store.Read(node, out);
          },
          {.epoch = latest,
           .mode_of =
               [&store](const FileNode& node) { return store.Mode(node); }},
          &sink));
  MountContent content = {.tree = {},
                          .directory = IsDirectory(tree, found),
                          .layers = {},
                          .tar = sink.contents()};
  ABSL_RETURN_IF_ERROR(content.tree.AddLayer(index, 0));
  return content;
}

absl::StatusOr<MountContent> LayersContent(const MountOrigin& from,
                                           absl::string_view path) {
  MountContent content;
  ABSL_ASSIGN_OR_RETURN(content.layers,
                        ReadLowerLayers(from.layers, from.indexes));
  ABSL_ASSIGN_OR_RETURN(const std::string found,
                        Find(content.layers.tree, path));
  content.directory = IsDirectory(content.layers.tree, found);
  content.tree = Subtree(content.layers.tree, found, kFileName);
  return content;
}

absl::StatusOr<MountContent> ReadContent(const MountSources& sources,
                                         absl::string_view from,
                                         absl::string_view path) {
  DataStore store;
  if (from.empty()) {
    ArchiveOpener archives(sources.temporary, &store);
    ABSL_ASSIGN_OR_RETURN(
        const FileTree all,
        ReadBuildContext(sources.context, sources.times.now, store, archives));
    ABSL_ASSIGN_OR_RETURN(
        const FileTree tree,
        WithoutIgnoredFiles(all, sources.context.ignore_files));
    return ContextContent(tree, path, sources.times.latest, store);
  }
  const auto named = sources.from.find(std::string(from));
  if (named == sources.from.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no such stage, image or context: \"", from, "\""));
  }
  if (!named->second.layers.empty()) {
    return LayersContent(named->second, path);
  }
  ABSL_ASSIGN_OR_RETURN(const FileTree tree,
                        AddContextFiles(FileTree(), named->second.files,
                                        sources.times.now, &store));
  return ContextContent(tree, path, sources.times.latest, store);
}

}  // namespace

FileTree Subtree(const FileTree& tree, const std::string& path,
                 const std::string& name) {
  FileTree part;
  const bool directory = tree.Find(path)->type == LayerEntryType::kDirectory;
  const std::string prefix = path.empty() ? "" : absl::StrCat(path, "/");
  for (const auto& [at, node] : tree.nodes()) {
    std::string moved;
    if (at == path) {
      moved = directory ? "" : name;
    } else if (directory && absl::StartsWith(at, prefix)) {
      moved = at.substr(prefix.size());
    } else {
      continue;
    }
    // A parent comes before what it holds.
    part.Put(moved, node).IgnoreError();
  }
  return part;
}

absl::StatusOr<NamedValue> ParseNamedValue(absl::string_view flag) {
  const size_t equals = flag.find('=');
  if (equals == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("flag value \"", flag, "\": expected NAME=VALUE"));
  }
  return NamedValue{std::string(flag.substr(0, equals)),
                    std::string(flag.substr(equals + 1))};
}

absl::StatusOr<TreeMount> ReadMountSource(const MountSources& sources,
                                          absl::string_view from,
                                          absl::string_view path) {
  ABSL_ASSIGN_OR_RETURN(MountContent content, ReadContent(sources, from, path));
  const auto shared = std::make_shared<const MountContent>(std::move(content));
  return TreeMount{.fill =
                       [shared](const DirectoryToFill& directory) {
                         return ExtractTree(shared->tree, shared->contents(),
                                            directory.owners, directory.fd);
                       },
                   .file = shared->directory ? "" : kFileName};
}

}  // namespace rules_dockerfile
