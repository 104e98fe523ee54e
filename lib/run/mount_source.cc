#include "lib/run/mount_source.h"

#include <memory>
#include <optional>
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
#include "lib/base/file.h"
#include "lib/copy/archive.h"
#include "lib/copy/context.h"
#include "lib/copy/data_store.h"
#include "lib/copy/tar_tree.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/pattern/ignore.h"
#include "lib/rootfs/extract.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// The name of a mounted file in the directory that is filled for it.
constexpr char kFileName[] = "file";

// A tree to extract, and what its data lies in.
struct Material {
  FileTree tree;
  bool directory = true;  // else it holds kFileName alone
  LowerLayers layers;     // of a stage or image
  std::string tar;        // of a context

  std::vector<absl::string_view> contents() const {
    if (layers.tars.empty()) return {tar};
    return layers.contents();
  }
};

absl::StatusOr<FileTree> WithoutIgnoredFiles(
    const FileTree& tree, const std::vector<std::string>& ignore_files) {
  std::string patterns;
  for (const std::string& file : ignore_files) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
    absl::StrAppend(&patterns, text, "\n");
  }
  ABSL_ASSIGN_OR_RETURN(const IgnorePatterns ignored,
                        IgnorePatterns::Parse(patterns));
  return WithoutIgnored(tree, ignored);
}

absl::StatusOr<FileTree> ContextTree(const MountSources& sources,
                                     DataStore& store,
                                     ArchiveOpener& archives) {
  FileTree tree;
  if (!sources.context_tar.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<OpenArchive> archive,
                          archives.OpenFile(sources.context_tar));
    if (!archive.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", sources.context_tar, "\" is not a tar archive"));
    }
    ABSL_ASSIGN_OR_RETURN(tree, ReadTarTree(archive->bytes, archive->source));
  }
  ABSL_ASSIGN_OR_RETURN(tree,
                        AddContextFiles(std::move(tree), sources.context_files,
                                        sources.times.now, &store));
  if (sources.ignore_files.empty()) return tree;
  return WithoutIgnoredFiles(tree, sources.ignore_files);
}

// Where the mount's files lie in the source's tree.
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
absl::StatusOr<Material> ContextMaterial(const FileTree& tree,
                                         absl::string_view path, int64_t latest,
                                         DataStore& store) {
  ABSL_ASSIGN_OR_RETURN(const std::string found, Find(tree, path));
  const FileTree part = Subtree(tree, found, kFileName);
  StringSink sink;
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index,
                        WriteChangeset(
                            FileTree(), part,
                            [&store](const FileNode& node, ByteSink* out) {
                              return store.Read(node, out);
                            },
                            {.epoch = latest}, &sink));
  Material material = {.tree = {},
                       .directory = IsDirectory(tree, found),
                       .layers = {},
                       .tar = sink.contents()};
  ABSL_RETURN_IF_ERROR(material.tree.AddLayer(index, 0));
  return material;
}

absl::StatusOr<Material> LayersMaterial(const MountOrigin& from,
                                        absl::string_view path) {
  Material material;
  ABSL_ASSIGN_OR_RETURN(material.layers,
                        ReadLowerLayers(from.layers, from.indexes));
  ABSL_ASSIGN_OR_RETURN(const std::string found,
                        Find(material.layers.tree, path));
  material.directory = IsDirectory(material.layers.tree, found);
  material.tree = Subtree(material.layers.tree, found, kFileName);
  return material;
}

absl::StatusOr<Material> ReadMaterial(const MountSources& sources,
                                      absl::string_view from,
                                      absl::string_view path) {
  DataStore store;
  if (from.empty()) {
    ArchiveOpener archives(sources.temporary, &store);
    ABSL_ASSIGN_OR_RETURN(const FileTree tree,
                          ContextTree(sources, store, archives));
    return ContextMaterial(tree, path, sources.times.latest, store);
  }
  const auto named = sources.from.find(std::string(from));
  if (named == sources.from.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no stage, image or context \"", from, "\" is given"));
  }
  if (!named->second.layers.empty()) {
    return LayersMaterial(named->second, path);
  }
  ABSL_ASSIGN_OR_RETURN(const FileTree tree,
                        AddContextFiles(FileTree(), named->second.files,
                                        sources.times.now, &store));
  return ContextMaterial(tree, path, sources.times.latest, store);
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
        absl::StrCat("flag value \"", flag, "\": want NAME=VALUE"));
  }
  return NamedValue{std::string(flag.substr(0, equals)),
                    std::string(flag.substr(equals + 1))};
}

absl::StatusOr<SandboxMount> ReadMountSource(const MountSources& sources,
                                             absl::string_view from,
                                             absl::string_view path) {
  ABSL_ASSIGN_OR_RETURN(Material material, ReadMaterial(sources, from, path));
  const auto shared = std::make_shared<const Material>(std::move(material));
  return SandboxMount{.kind = SandboxMount::Kind::kTree,
                      .source = shared->directory ? "" : kFileName,
                      .fill = [shared](const DirectoryToFill& directory) {
                        return ExtractTree(shared->tree, shared->contents(),
                                           directory.owners, directory.fd);
                      }};
}

}  // namespace rules_dockerfile
