#include "lib/apt/package_tree.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/apt/deb_package.h"
#include "lib/apt/dpkg_database.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/tar_layer_entry.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"
#include "openssl/evp.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDatabase = "var/lib/dpkg";

// The directories that every Debian system since bookworm has in /usr, with
// links to them in the root.
constexpr absl::string_view kMergedDirectories[] = {"bin",   "lib",    "lib32",
                                                    "lib64", "libx32", "sbin"};

struct SplitPath {
  absl::string_view directory;  // "" for the root
  absl::string_view name;
};

SplitPath Split(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string Join(absl::string_view directory, absl::string_view name) {
  return directory.empty() ? std::string(name)
                           : absl::StrCat(directory, "/", name);
}

bool IsDirectory(const FileNode* node) {
  return node != nullptr && node->type == LayerEntryType::kDirectory;
}

// The path in clean form. A package has no reason to climb with "..".
absl::StatusOr<std::string> MemberPath(absl::string_view path) {
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part != "..") continue;
    return absl::InvalidArgumentError("path leaves the root");
  }
  return CleanTarPath(path);
}

// `member` is not a hard link.
FileNode NodeOf(const TarMember& member, int source) {
  LayerEntry entry = LayerEntryOf(member.entry, /*path=*/"");
  entry.offset = member.offset;
  // dpkg knows no PAX records.
  entry.mtime_nanos = 0;
  entry.xattrs.clear();
  return FileNodeOf(std::move(entry), source);
}

// dpkg knows conffiles by their MD5; nothing here relies on its strength.
std::string Md5Hex(absl::string_view data) {
  unsigned char md5[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ABSL_CHECK(EVP_Digest(data.data(), data.size(), md5, &size, EVP_md5(),
                        nullptr) == 1);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(md5), size));
}

absl::Status WithContext(absl::string_view context,
                         const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(context, ": ", status.message()));
}

}  // namespace

PackageTree::PackageTree(int64_t mtime) : mtime_(mtime) {
  for (absl::string_view name : kMergedDirectories) {
    ABSL_CHECK_OK(files_.Put(name, {.type = LayerEntryType::kSymlink,
                                    .mode = 0777,
                                    .mtime = mtime_,
                                    .link_target = Join("usr", name)}));
  }
}

absl::Status PackageTree::MakeDirectories(absl::string_view path,
                                          int64_t mtime) {
  if (path.empty()) return absl::OkStatus();
  if (const FileNode* node = files_.Find(path); node != nullptr) {
    if (IsDirectory(node)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not a directory"));
  }
  ABSL_RETURN_IF_ERROR(MakeDirectories(Split(path).directory, mtime));
  return files_.Put(path, {.mode = 0755, .mtime = mtime});
}

absl::Status PackageTree::AddPackage(DebPackage package) {
  const int source = static_cast<int>(data_.size());
  data_.push_back(std::exchange(package.data_tar, ""));
  packages_.push_back(std::move(package));
  paths_.emplace_back();
  TarReader reader(data_.back());
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) return absl::OkStatus();
    if (absl::Status status = AddMember(*member, source); !status.ok()) {
      return WithContext(absl::StrCat("member \"", member->entry.path, "\""),
                         status);
    }
  }
}

absl::Status PackageTree::AddMember(const TarMember& member, int source) {
  ABSL_ASSIGN_OR_RETURN(const std::string path, MemberPath(member.entry.path));
  paths_.back().push_back(path.empty() ? "/." : absl::StrCat("/", path));
  if (path.empty()) return absl::OkStatus();
  const SplitPath split = Split(path);
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        files_.Resolve(split.directory, /*follow_last=*/true));
  ABSL_RETURN_IF_ERROR(MakeDirectories(directory, member.entry.mtime));
  std::string place = Join(directory, split.name);
  if (member.entry.type == TarEntryType::kDirectory) {
    ABSL_ASSIGN_OR_RETURN(place, files_.Resolve(place, /*follow_last=*/true));
    if (IsDirectory(files_.Find(place))) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(
        MakeDirectories(Split(place).directory, member.entry.mtime));
  } else {
    const auto [owner, is_new] =
        owners_.emplace(place, packages_.back().name());
    if (!is_new) {
      return absl::AlreadyExistsError(
          absl::StrCat("file is in package \"", owner->second, "\" too"));
    }
  }
  // Since trixie base-files has the links into /usr itself.
  const FileNode* there = files_.Find(place);
  const bool is_same_link = there != nullptr &&
                            there->type == LayerEntryType::kSymlink &&
                            member.entry.type == TarEntryType::kSymlink &&
                            there->link_target == member.entry.link_target;
  if (there != nullptr && !is_same_link) {
    return absl::AlreadyExistsError("a file of another type exists");
  }
  if (member.entry.type == TarEntryType::kHardLink) {
    ABSL_ASSIGN_OR_RETURN(FileNode node, HardLinkNode(member.entry));
    return files_.Put(place, std::move(node));
  }
  return files_.Put(place, NodeOf(member, source));
}

absl::StatusOr<FileNode> PackageTree::HardLinkNode(const TarEntry& entry) {
  ABSL_ASSIGN_OR_RETURN(const std::string path, MemberPath(entry.link_target));
  const SplitPath split = Split(path);
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        files_.Resolve(split.directory, /*follow_last=*/true));
  const std::string target = Join(directory, split.name);
  const FileNode* found = files_.Find(target);
  if (found == nullptr || found->type != LayerEntryType::kFile) {
    return absl::InvalidArgumentError(absl::StrCat(
        "hard link to \"", entry.link_target, "\", which is not a file"));
  }
  FileNode node = *found;
  if (node.inode < 0) {
    node.inode = next_inode_++;
    ABSL_RETURN_IF_ERROR(files_.Put(target, node));
  }
  return node;
}

absl::Status PackageTree::AddFile(absl::string_view path, uint32_t mode,
                                  std::string contents) {
  ABSL_ASSIGN_OR_RETURN(const std::string place,
                        files_.Resolve(path, /*follow_last=*/true));
  ABSL_RETURN_IF_ERROR(MakeDirectories(Split(place).directory, mtime_));
  const int source = static_cast<int>(data_.size());
  const auto size = static_cast<int64_t>(contents.size());
  data_.push_back(std::move(contents));
  return files_.Put(place, {.type = LayerEntryType::kFile,
                            .mode = mode,
                            .mtime = mtime_,
                            .size = size,
                            .source = source});
}

absl::StatusOr<std::string> PackageTree::ConffileMd5(
    absl::string_view path) const {
  ABSL_ASSIGN_OR_RETURN(const std::string place,
                        files_.Resolve(CleanTarPath(path),
                                       /*follow_last=*/true));
  const FileNode* node = files_.Find(place);
  if (node == nullptr || node->type != LayerEntryType::kFile) {
    return absl::InvalidArgumentError(
        absl::StrCat("conffile \"", path, "\" is not in the package"));
  }
  StringSink sink;
  ABSL_RETURN_IF_ERROR(ReadData(*node, &sink));
  return Md5Hex(sink.contents());
}

absl::Status PackageTree::Finish() {
  std::vector<ExtractedPackage> extracted;
  for (size_t i = 0; i < packages_.size(); ++i) {
    ExtractedPackage package = {.package = &packages_[i], .paths = paths_[i]};
    const auto conffiles = packages_[i].control_files.find("conffiles");
    if (conffiles != packages_[i].control_files.end()) {
      for (absl::string_view line :
           absl::StrSplit(conffiles->second.contents, '\n')) {
        // Other lines are empty or "remove-on-upgrade PATH", deb-conffiles(5).
        if (!line.starts_with("/")) continue;
        ABSL_ASSIGN_OR_RETURN(package.conffile_md5[std::string(line)],
                              ConffileMd5(line));
      }
    }
    extracted.push_back(std::move(package));
  }
  ABSL_ASSIGN_OR_RETURN(std::vector<DatabaseFile> files,
                        DpkgDatabase(extracted));
  for (DatabaseFile& file : files) {
    ABSL_RETURN_IF_ERROR(AddFile(Join(kDatabase, file.path), file.mode,
                                 std::move(file.contents)));
  }
  for (absl::string_view name : kMergedDirectories) {
    if (files_.Find(Join("usr", name)) == nullptr) files_.Remove(name);
  }
  return absl::OkStatus();
}

absl::Status PackageTree::ReadData(const FileNode& node, ByteSink* sink) const {
  const absl::string_view data = data_[node.source];
  return sink->Append(data.substr(node.offset, node.size));
}

}  // namespace rules_dockerfile
