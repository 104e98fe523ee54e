#include "lib/copy/context.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/pattern/ignore.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {
namespace {

// No real tree is deeper; a loop of directory symlinks is.
constexpr int kMaxDepth = 100;

// The directories above `path`, outermost first, without the root.
std::vector<std::string> Parents(absl::string_view path) {
  std::vector<std::string> parents;
  for (size_t slash = path.find('/'); slash != absl::string_view::npos;
       slash = path.find('/', slash + 1)) {
    parents.emplace_back(path.substr(0, slash));
  }
  return parents;
}

class ContextReader {
 public:
  ContextReader(FileTree tree, int64_t mtime, DataStore* store)
      : tree_(std::move(tree)), mtime_(mtime), store_(store) {}

  absl::Status Add(const std::string& path, const ContextFile& file) {
    if (HasSame(path, file)) return absl::OkStatus();
    if (file.size.has_value()) {
      return AddFile(path, file.file, *file.size, file.shared);
    }
    return Add(path, file.file, file.shared, /*depth=*/0);
  }

  FileTree Finish() && { return std::move(tree_); }

 private:
  // Whether the same file was added at the same path before.
  bool HasSame(const std::string& path, const ContextFile& file) {
    if (!file.size.has_value()) {
      const auto [known, is_new] = others_.try_emplace(path, file.file);
      return !is_new && known->second == file.file;
    }
    const FileNode* const node = tree_.Find(path);
    // What is in an archive is behind a header.
    return node != nullptr && node->type == LayerEntryType::kFile &&
           node->source >= 0 && node->offset == 0 &&
           store_->Path(node->source) == file.file;
  }

  absl::Status Add(const std::string& path, const std::string& file,
                   bool shared, int depth) {
    struct stat status;
    if (stat(file.c_str(), &status) != 0) {
      const int error = errno;
      std::error_code ignored;
      const auto target = std::filesystem::read_symlink(file, ignored);
      if (error == ENOENT && !target.empty()) {
        return Put(path, {.type = LayerEntryType::kSymlink,
                          .mode = 0777,
                          .link_target = target.string()});
      }
      return absl::ErrnoToStatus(error,
                                 absl::StrCat("cannot read \"", file, "\""));
    }
    if (S_ISDIR(status.st_mode)) {
      return AddDirectory(path, file, shared, depth);
    }
    if (!S_ISREG(status.st_mode)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", file, "\": expected a file or a directory"));
    }
    return AddFile(path, file, status.st_size, shared);
  }

  absl::Status AddFile(const std::string& path, const std::string& file,
                       int64_t size, bool shared) {
    if (shared) {
      const auto known = shared_.find(file);
      if (known != shared_.end()) return Put(path, known->second);
    }
    FileNode node = {.type = LayerEntryType::kFile,
                     .mode = 0644,
                     .mode_of_data = true,
                     .size = size,
                     .source = store_->AddFile(file)};
    if (shared && size > 0) {
      node.inode = tree_.NewInode();
      shared_[file] = node;
    }
    return Put(path, std::move(node));
  }

  absl::Status AddDirectory(const std::string& path, const std::string& file,
                            bool shared, int depth) {
    if (depth > kMaxDepth) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", file, "\": more than ", kMaxDepth,
                       " nested directories: check for a loop of symlinks"));
    }
    ABSL_RETURN_IF_ERROR(MakeDirectory(path));
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(file, error), end;
         !error && entry != end; entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) {
      return absl::ErrnoToStatus(error.value(),
                                 absl::StrCat("cannot list \"", file, "\""));
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      ABSL_RETURN_IF_ERROR(
          Add(path.empty() ? name : absl::StrCat(path, "/", name),
              absl::StrCat(file, "/", name), shared, depth + 1));
    }
    return absl::OkStatus();
  }

  absl::Status MakeDirectory(const std::string& path) {
    const FileNode* node = tree_.Find(path);
    if (node == nullptr) {
      return Put(path, {.type = LayerEntryType::kDirectory, .mode = 0755});
    }
    if (node->type == LayerEntryType::kDirectory) return absl::OkStatus();
    return Conflict(path);
  }

  absl::Status Put(const std::string& path, FileNode node) {
    if (path.empty()) return Conflict(path);
    ABSL_RETURN_IF_ERROR(MakeParents(path));
    if (tree_.Find(path) != nullptr) return Conflict(path);
    node.mtime = mtime_;
    return tree_.Put(path, std::move(node));
  }

  absl::Status MakeParents(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return absl::OkStatus();
    const absl::string_view last = absl::string_view(path).substr(0, slash);
    if (last == made_directory_) return absl::OkStatus();
    for (const std::string& parent : Parents(path)) {
      const FileNode* directory = tree_.Find(parent);
      if (directory == nullptr) {
        ABSL_RETURN_IF_ERROR(tree_.Put(
            parent, {.type = LayerEntryType::kDirectory, .mtime = mtime_}));
      } else if (directory->type != LayerEntryType::kDirectory) {
        return Conflict(parent);
      }
    }
    made_directory_ = std::string(last);
    return absl::OkStatus();
  }

  absl::Status Conflict(absl::string_view path) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the build context has two different files at \"", path, "\""));
  }

  FileTree tree_;
  int64_t mtime_;
  DataStore* store_;
  std::string made_directory_;              // nothing of the tree is replaced
  std::map<std::string, FileNode> shared_;  // by file
  // Files by path that are not known to be regular files.
  std::unordered_map<std::string, absl::string_view> others_;
};

}  // namespace

absl::StatusOr<ContextFile> ParseContextFile(absl::string_view flag) {
  for (size_t equals = flag.find('='); equals != absl::string_view::npos;
       equals = flag.find('=', equals + 1)) {
    std::string file(flag.substr(equals + 1));
    struct stat status;
    if (lstat(file.c_str(), &status) != 0) continue;
    ContextFile context = {.path = std::string(flag.substr(0, equals)),
                           .file = std::move(file)};
    if (S_ISREG(status.st_mode)) context.size = status.st_size;
    return context;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("context file \"", flag,
                   "\": expected PATH=FILE, with a FILE that exists"));
}

absl::StatusOr<FileTree> AddContextFiles(FileTree tree,
                                         const std::vector<ContextFile>& files,
                                         int64_t mtime, DataStore* store) {
  ContextReader reader(std::move(tree), mtime, store);
  for (const ContextFile& file : files) {
    ABSL_RETURN_IF_ERROR(reader.Add(CleanTarPath(file.path), file));
  }
  return std::move(reader).Finish();
}

absl::StatusOr<FileTree> WithoutIgnored(const FileTree& tree,
                                        const IgnorePatterns& patterns) {
  FileTree kept;
  for (const auto& [path, node] : tree.nodes()) {
    if (path.empty() || patterns.Ignores(path)) continue;
    for (const std::string& parent : Parents(path)) {
      if (kept.Find(parent) != nullptr) continue;
      ABSL_RETURN_IF_ERROR(kept.Put(parent, *tree.Find(parent)));
    }
    ABSL_RETURN_IF_ERROR(kept.Put(path, node));
  }
  return kept;
}

}  // namespace rules_dockerfile
