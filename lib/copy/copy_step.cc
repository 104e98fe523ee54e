#include "lib/copy/copy_step.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/copy/archive.h"
#include "lib/copy/archive_extractor.h"
#include "lib/copy/data_store.h"
#include "lib/copy/owner.h"
#include "lib/copy/source_path.h"
#include "lib/copy/step_trees.h"
#include "lib/copy/target_tree.h"
#include "lib/copy/tree_copier.h"
#include "lib/digest/digest.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/chmod.h"
#include "lib/dockerfile/values/git_ref.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/pattern/ignore.h"
#include "lib/plan/copy_plan.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// A tree of one file.
absl::StatusOr<FileTree> SingleFile(const std::string& name, FileNode node) {
  FileTree tree;
  ABSL_RETURN_IF_ERROR(tree.Put(name, std::move(node)));
  return tree;
}

// `kind` is what the frontend calls them in its message.
absl::StatusOr<IgnorePatterns> PatternsOf(
    absl::string_view kind, const std::vector<std::string>& patterns) {
  absl::StatusOr<IgnorePatterns> made = IgnorePatterns::FromList(patterns);
  if (made.ok()) return made;
  return absl::InvalidArgumentError(
      absl::StrCat("invalid ", kind, ": [", absl::StrJoin(patterns, " "),
                   "]: ", made.status().message()));
}

// Whether `source` names something in `tree`.
bool Exists(const FileTree& tree, absl::string_view source) {
  const absl::StatusOr<std::vector<SourcePath>> found =
      FindSources(tree, source);
  return found.ok() && !found->empty();
}

class CopyStep {
 public:
  CopyStep(const CopyPlan& plan, const CopySources& sources, DataStore* store,
           ArchiveOpener* archives, TargetTree* target)
      : plan_(plan),
        sources_(sources),
        store_(store),
        archives_(archives),
        target_(target) {}

  absl::Status Run() {
    if (!plan_.chmod.empty()) {
      ABSL_ASSIGN_OR_RETURN(options_.chmod, ParseChmod(plan_.chmod));
    }
    if (!plan_.excludes.empty()) {
      ABSL_ASSIGN_OR_RETURN(options_.excludes,
                            PatternsOf("excludepatterns", plan_.excludes));
    }
    for (const std::string& source : plan_.sources) {
      ABSL_RETURN_IF_ERROR(CopySource(source));
    }
    for (const InlineFile& file : plan_.inline_files) {
      ABSL_RETURN_IF_ERROR(CopyInlineFile(file));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status CopySource(const std::string& source) {
    switch (KindOfSource(source)) {
      case SourceKind::kUrl:
        return CopyUrl(source);
      case SourceKind::kGit:
        return CopyGit(source);
      case SourceKind::kPath:
        break;
    }
    const absl::Status status =
        plan_.parents ? CopyWithParents(source) : CopyPath(source);
    return absl::IsNotFound(status) ? WithPlace(status, source) : status;
  }

  absl::Status CopyPath(const std::string& source) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<SourcePath> found,
                          FindSources(sources_.tree, source));
    for (const SourcePath& path : found) {
      ABSL_RETURN_IF_ERROR(CopyOrExtract(sources_.tree, path,
                                         plan_.unpack.value_or(plan_.is_add)));
    }
    return absl::OkStatus();
  }

  // Only what is below the pivot "/./" is kept of the source's path.
  absl::Status CopyWithParents(const std::string& source) {
    const size_t pivot = source.find("/./");
    const bool has_pivot = pivot != std::string::npos;
    const std::string root = has_pivot ? source.substr(0, pivot) : "/";
    const std::string pattern =
        CleanTarPath(has_pivot ? source.substr(pivot + 3) : source);
    CopyOptions options = options_;
    // Of "." or "./x/./" nothing is left, and an empty pattern takes nothing.
    ABSL_ASSIGN_OR_RETURN(options.includes,
                          PatternsOf("includepatterns", {pattern}));
    std::string destination = plan_.destination;
    if (!absl::EndsWith(destination, "/")) destination += "/";
    ABSL_ASSIGN_OR_RETURN(const std::vector<SourcePath> roots,
                          FindSources(sources_.tree, root));
    for (const SourcePath& path : roots) {
      if (!HasWildcards(pattern)) {
        ABSL_RETURN_IF_ERROR(
            FindSources(sources_.tree, JoinPath(path.path, pattern)).status());
      }
      ABSL_RETURN_IF_ERROR(CopyToTarget(sources_.tree, path, destination,
                                        options, store_, target_));
    }
    return absl::OkStatus();
  }

  absl::Status CopyOrExtract(const FileTree& tree, const SourcePath& path,
                             bool extracts) {
    const FileNode& node = *tree.Find(path.path);
    if (extracts && node.type == LayerEntryType::kFile) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<OpenArchive> archive,
                            archives_->Open(node));
      if (archive.has_value()) {
        return ExtractToTarget(*archive, plan_.destination, target_);
      }
    }
    return CopyToTarget(tree, path, plan_.destination, options_, store_,
                        target_);
  }

  absl::Status CopyUrl(const std::string& url) {
    const auto fetched = sources_.urls.find(url);
    if (fetched == sources_.urls.end()) return NotGiven(url);
    ABSL_ASSIGN_OR_RETURN(const MappedFile file,
                          MappedFile::Open(fetched->second.file));
    FileNode node = {.type = LayerEntryType::kFile,
                     .mode = 0600,
                     .mtime = fetched->second.last_modified,
                     .size = static_cast<int64_t>(file.contents().size()),
                     .digest = DigestOf(file.contents()),
                     .source = store_->AddFile(fetched->second.file)};
    if (!plan_.checksum.empty()) {
      ABSL_ASSIGN_OR_RETURN(const std::string want,
                            ParseDigest(plan_.checksum));
      if (node.digest != want) {
        return absl::DataLossError(absl::StrCat("digest mismatch for ", url,
                                                ": ", node.digest,
                                                " (expected: ", want, ")"));
      }
    }
    const std::string name = UrlFileName(url);
    ABSL_ASSIGN_OR_RETURN(const FileTree tree,
                          SingleFile(name, std::move(node)));
    return CopyOrExtract(tree, {.path = name, .name = name},
                         plan_.unpack.value_or(false));
  }

  absl::Status CopyGit(const std::string& reference) {
    const auto fetched = sources_.git_trees.find(reference);
    if (fetched == sources_.git_trees.end()) return NotGiven(reference);
    CopyOptions options = options_;
    ABSL_ASSIGN_OR_RETURN(const std::optional<GitRef> git,
                          ParseGitRef(reference));
    if (!git->keep_git_dir.value_or(plan_.keep_git_dir.value_or(false))) {
      std::vector<std::string> excludes = {".git"};
      excludes.insert(excludes.end(), plan_.excludes.begin(),
                      plan_.excludes.end());
      ABSL_ASSIGN_OR_RETURN(options.excludes,
                            IgnorePatterns::FromList(excludes));
    }
    return CopyToTarget(fetched->second, {.path = "", .name = ""},
                        plan_.destination, options, store_, target_);
  }

  absl::Status CopyInlineFile(const InlineFile& file) {
    ABSL_ASSIGN_OR_RETURN(
        const FileTree tree,
        SingleFile(file.name,
                   {.type = LayerEntryType::kFile,
                    .mode = 0644,
                    .mtime = target_->now(),
                    .size = static_cast<int64_t>(file.content.size()),
                    .digest = DigestOf(file.content),
                    .source = store_->AddText(file.content)}));
    return CopyToTarget(tree, {.path = file.name, .name = file.name},
                        plan_.destination, options_, store_, target_);
  }

  // `status` with where was looked.
  absl::Status WithPlace(const absl::Status& status,
                         const std::string& source) const {
    std::string place;
    if (!plan_.from.empty()) {
      place = absl::StrCat(" in \"", plan_.from, "\"");
    } else if (Exists(sources_.ignored, source)) {
      place = ": .dockerignore excludes it from the build context";
    } else {
      place = " in the build context";
    }
    return absl::NotFoundError(
        absl::StrCat("failed to compute cache key: ", status.message(), place));
  }

  static absl::Status NotGiven(const std::string& source) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", source,
                     "\" is neither locked nor provided: run the image's .lock "
                     "target with `bazel run`, or set remote_files = {\"",
                     source, "\": \"//label\"}"));
  }

  const CopyPlan& plan_;
  const CopySources& sources_;
  DataStore* store_;
  ArchiveOpener* archives_;
  TargetTree* target_;
  CopyOptions options_;
};

// A file that is the same as below except for an mtime that the epoch setting
// had clamped when it was written there has not changed.
absl::Status KeepClampedMtimes(const StepRootfs& rootfs, FileTree& upper) {
  const int64_t latest = rootfs.times.latest;
  std::vector<std::pair<std::string, FileNode>> kept;
  for (const auto& [path, node] : upper.nodes()) {
    if (node.mtime <= latest) continue;
    const FileNode* below = rootfs.tree.Find(path);
    if (below == nullptr || below->mtime != latest) continue;
    kept.emplace_back(path, node);
    kept.back().second.mtime = below->mtime;
    kept.back().second.mtime_nanos = below->mtime_nanos;
  }
  for (auto& [path, node] : kept) {
    ABSL_RETURN_IF_ERROR(upper.Put(path, std::move(node)));
  }
  return absl::OkStatus();
}

// Reads those files that may be the same as below; the others are read when
// they are written.
absl::Status ReadComparedFiles(const FileTree& lower, DataStore& store,
                               FileTree& upper) {
  std::vector<std::pair<std::string, FileNode>> compared;
  for (const auto& [path, node] : upper.nodes()) {
    if (node.type != LayerEntryType::kFile || !node.digest.empty()) continue;
    const FileNode* below = lower.Find(path);
    // A node that was not changed is that of the tree below.
    if (below == nullptr || below == &node ||
        below->type != LayerEntryType::kFile || below->size != node.size ||
        below->mtime != node.mtime) {
      continue;
    }
    FileNode read = node;
    ABSL_ASSIGN_OR_RETURN(read.mode, store.Mode(node));
    ABSL_ASSIGN_OR_RETURN(read.digest, store.Digest(node));
    read.mode_of_data = false;
    compared.emplace_back(path, std::move(read));
  }
  for (auto& [path, node] : compared) {
    ABSL_RETURN_IF_ERROR(upper.Put(path, std::move(node)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StepTrees> ApplyCopy(const CopyPlan& plan,
                                    const StepRootfs& rootfs,
                                    const CopySources& sources,
                                    DataStore* store, ArchiveOpener* archives) {
  ABSL_ASSIGN_OR_RETURN(
      const std::optional<Owner> owner,
      StepOwner(plan.chown, rootfs.tree, rootfs.has_layers && !plan.link));
  StepTrees trees;
  if (!plan.link) trees.lower = rootfs.tree;
  TargetTree target(trees.lower, owner, rootfs.times.now);
  ABSL_RETURN_IF_ERROR(CopyStep(plan, sources, store, archives, &target).Run());
  trees.upper = std::move(target.tree());
  ABSL_RETURN_IF_ERROR(KeepClampedMtimes(rootfs, trees.upper));
  ABSL_RETURN_IF_ERROR(ReadComparedFiles(trees.lower, *store, trees.upper));
  return trees;
}

}  // namespace rules_dockerfile
