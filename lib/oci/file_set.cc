#include "lib/oci/file_set.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxLinks = 16;
constexpr size_t kMaxDocumentSize = 8 << 20;

absl::Status NoFile(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat("no file \"", path, "\""));
}

class DirectoryFileSet : public FileSet {
 public:
  explicit DirectoryFileSet(std::string directory)
      : directory_(std::move(directory)) {}

  absl::StatusOr<absl::string_view> Read(const std::string& path) override {
    const auto mapped = files_.find(path);
    if (mapped != files_.end()) return mapped->second.contents();
    absl::StatusOr<MappedFile> file =
        MappedFile::Open(absl::StrCat(directory_, "/", path));
    if (absl::IsNotFound(file.status())) return NoFile(path);
    ABSL_RETURN_IF_ERROR(file.status());
    return files_.emplace(path, *std::move(file)).first->second.contents();
  }

 private:
  std::string directory_;
  std::map<std::string, MappedFile> files_;
};

class ArchiveFileSet : public FileSet {
 public:
  struct Member {
    absl::string_view data;
    std::optional<std::string> link;  // the clean path that it leads to
  };

  explicit ArchiveFileSet(std::map<std::string, Member> members)
      : members_(std::move(members)) {}

  absl::StatusOr<absl::string_view> Read(const std::string& path) override {
    std::string target = path;
    for (int links = 0; links <= kMaxLinks; ++links) {
      const auto member = members_.find(target);
      if (member == members_.end()) return NoFile(path);
      if (!member->second.link.has_value()) return member->second.data;
      target = *member->second.link;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("too many links from \"", path, "\""));
  }

 private:
  std::map<std::string, Member> members_;
};

// Where the symlink `path` leads, relative to the archive's root.
std::string LinkTarget(const std::string& path, const std::string& target) {
  if (!target.empty() && target[0] == '/') return CleanTarPath(target);
  return CleanTarPath(absl::StrCat(path, "/../", target));
}

}  // namespace

absl::StatusOr<absl::string_view> ReadDocument(FileSet& files,
                                               const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text, files.Read(path));
  if (text.size() <= kMaxDocumentSize) return text;
  return absl::InvalidArgumentError(absl::StrCat(
      "document \"", path, "\" is larger than ", kMaxDocumentSize, " bytes"));
}

std::unique_ptr<FileSet> DirectoryFiles(std::string directory) {
  return std::make_unique<DirectoryFileSet>(std::move(directory));
}

absl::StatusOr<std::unique_ptr<FileSet>> ArchiveFiles(
    absl::string_view archive) {
  if (!LooksLikeTar(archive)) {
    return absl::InvalidArgumentError("not a tar archive");
  }
  std::map<std::string, ArchiveFileSet::Member> members;
  TarReader reader(archive);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) break;
    const TarEntry& entry = member->entry;
    const std::string path = CleanTarPath(entry.path);
    switch (entry.type) {
      case TarEntryType::kFile:
        members[path] = {.data = member->data, .link = std::nullopt};
        break;
      case TarEntryType::kSymlink:
        members[path] = {.data = {},
                         .link = LinkTarget(path, entry.link_target)};
        break;
      case TarEntryType::kHardLink:
        members[path] = {.data = {}, .link = CleanTarPath(entry.link_target)};
        break;
      default:
        break;
    }
  }
  return std::make_unique<ArchiveFileSet>(std::move(members));
}

}  // namespace rules_dockerfile
