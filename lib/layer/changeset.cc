#include "lib/layer/changeset.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/snapshot_entries.h"
#include "lib/layer/tar_layer_entry.h"
#include "lib/layer/tree_pair.h"
#include "lib/layer/whiteout.h"
#include "lib/layer/xattr_map.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

constexpr char kCapability[] = "security.capability";

XattrMap StoredXattrs(const FileNode& node) {
  const auto capability = node.xattrs.find(kCapability);
  if (capability == node.xattrs.end()) return {};
  return {*capability};
}

// Whether a layer need not mention the node `b` that stands where `a` stood.
bool IsSame(const FileNode& a, const FileNode& b) {
  if (a.type != b.type || a.uid != b.uid || a.gid != b.gid ||
      StoredXattrs(a) != StoredXattrs(b)) {
    return false;
  }
  if (a.type != LayerEntryType::kSymlink && a.mode != b.mode) return false;
  if (a.type == LayerEntryType::kDirectory) return true;
  return a.device_major == b.device_major && a.device_minor == b.device_minor &&
         a.size == b.size && a.mtime == b.mtime &&
         a.mtime_nanos == b.mtime_nanos && a.digest == b.digest &&
         a.link_target == b.link_target;
}

absl::Status CheckName(absl::string_view path) {
  if (!absl::StartsWith(BaseName(path), kWhiteoutPrefix)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "file name \"", path, "\" cannot be stored in a layer: the prefix \"",
      kWhiteoutPrefix, "\" marks deletions"));
}

// Passes the data of a member on to the tar, and to `digester` unless it is
// null.
class MemberSink : public ByteSink {
 public:
  MemberSink(TarWriter* writer, Digester* digester)
      : writer_(writer), digester_(digester) {}
  absl::Status Append(absl::string_view bytes) override {
    if (digester_ != nullptr) {
      ABSL_RETURN_IF_ERROR(digester_->Append(bytes));
    }
    return writer_->Append(bytes);
  }

 private:
  TarWriter* writer_;
  Digester* digester_;
};

// Where `path` leads; `path` if nowhere.
std::string FileAt(const std::string& path, const FileTree& tree) {
  return tree.Resolve(path, /*follow_last=*/true).value_or(path);
}

// Writes the entries of one changeset, each with its parents before it.
class ChangesetWriter {
 public:
  ChangesetWriter(const FileTree& upper, const FileDataReader& read_data,
                  const ChangesetOptions& options, ByteSink* sink)
      : upper_(upper),
        passwd_(FileAt("etc/passwd", upper)),
        group_(FileAt("etc/group", upper)),
        read_data_(read_data),
        options_(options),
        tar_(sink) {}

  absl::Status WriteNode(const std::string& path, const FileNode& node);
  absl::Status WriteWhiteout(const std::string& path);
  absl::StatusOr<LayerIndex> Finish();

 private:
  absl::Status WriteParents(absl::string_view path);
  absl::StatusOr<uint32_t> ModeOf(const FileNode& node) const;
  absl::Status WriteData(const FileNode& node, LayerEntry* entry);
  // Remembers a name database's text for the index.
  absl::Status KeepDatabase(const std::string& path, const FileNode& node);
  LayerEntry EntryOf(const std::string& path, const FileNode& node) const;

  const FileTree& upper_;
  const std::string passwd_;  // where the name databases are
  const std::string group_;
  const FileDataReader& read_data_;
  const ChangesetOptions& options_;
  TarWriter tar_;
  Digester digester_;
  LayerIndex index_;
  std::set<std::string, std::less<>> written_directories_;
  std::map<int64_t, std::string> written_inodes_;  // and their first name
};

LayerEntry ChangesetWriter::EntryOf(const std::string& path,
                                    const FileNode& node) const {
  LayerEntry entry = LayerEntryOf(node, path);
  entry.mtime = std::min(node.mtime, options_.epoch);
  entry.mtime_nanos = 0;
  entry.xattrs = StoredXattrs(node);
  const auto first = written_inodes_.find(node.inode);
  if (first != written_inodes_.end()) {
    entry.type = LayerEntryType::kHardLink;
    entry.link_target = first->second;
    entry.device_major = 0;
    entry.device_minor = 0;
    entry.xattrs.clear();
    entry.size = 0;
    entry.digest.clear();
  }
  return entry;
}

absl::Status ChangesetWriter::WriteParents(absl::string_view path) {
  const absl::string_view parent = ParentPath(path);
  if (parent.empty() || written_directories_.contains(parent)) {
    return absl::OkStatus();
  }
  return WriteNode(std::string(parent), *upper_.Find(parent));
}

absl::Status ChangesetWriter::WriteNode(const std::string& path,
                                        const FileNode& node) {
  ABSL_RETURN_IF_ERROR(CheckName(path));
  if (node.type == LayerEntryType::kDirectory &&
      !written_directories_.insert(path).second) {
    return absl::OkStatus();
  }
  ABSL_RETURN_IF_ERROR(WriteParents(path));
  LayerEntry entry = EntryOf(path, node);
  ABSL_ASSIGN_OR_RETURN(entry.mode, ModeOf(node));
  ABSL_RETURN_IF_ERROR(tar_.Begin(TarEntryOf(entry)));
  if (entry.type == LayerEntryType::kFile) {
    ABSL_RETURN_IF_ERROR(WriteData(node, &entry));
  }
  if (node.inode >= 0) written_inodes_.try_emplace(node.inode, path);
  ABSL_RETURN_IF_ERROR(KeepDatabase(path, node));
  index_.entries.push_back(std::move(entry));
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> ChangesetWriter::ModeOf(const FileNode& node) const {
  if (!node.mode_of_data) return node.mode;
  ABSL_CHECK(options_.mode_of != nullptr);
  return options_.mode_of(node);
}

absl::Status ChangesetWriter::WriteData(const FileNode& node,
                                        LayerEntry* entry) {
  entry->offset = tar_.position();
  const bool has_digest = !entry->digest.empty();
  MemberSink sink(&tar_, has_digest ? nullptr : &digester_);
  ABSL_RETURN_IF_ERROR(read_data_(node, &sink));
  if (!has_digest) entry->digest = FileDigest(digester_.FinishHash());
  return absl::OkStatus();
}

absl::Status ChangesetWriter::KeepDatabase(const std::string& path,
                                           const FileNode& node) {
  if (node.type != LayerEntryType::kFile ||
      (path != passwd_ && path != group_)) {
    return absl::OkStatus();
  }
  StringSink text;
  ABSL_RETURN_IF_ERROR(read_data_(node, &text));
  if (path == passwd_) index_.passwd = text.contents();
  if (path == group_) index_.group = text.contents();
  return absl::OkStatus();
}

absl::Status ChangesetWriter::WriteWhiteout(const std::string& path) {
  ABSL_RETURN_IF_ERROR(CheckName(path));
  ABSL_RETURN_IF_ERROR(WriteParents(path));
  const absl::string_view parent = ParentPath(path);
  ABSL_RETURN_IF_ERROR(
      tar_.Begin({.path = absl::StrCat(parent, parent.empty() ? "" : "/",
                                       kWhiteoutPrefix, BaseName(path))}));
  index_.entries.push_back({.path = path, .type = LayerEntryType::kWhiteout});
  return absl::OkStatus();
}

absl::StatusOr<LayerIndex> ChangesetWriter::Finish() {
  ABSL_RETURN_IF_ERROR(tar_.Finish());
  return std::move(index_);
}

}  // namespace

absl::StatusOr<absl::string_view> DataInLayers(
    const FileNode& node, absl::Span<const absl::string_view> layer_tars) {
  if (node.source < 0 || node.source >= static_cast<int>(layer_tars.size())) {
    return absl::InternalError(
        absl::StrCat("no layer with number ", node.source));
  }
  const absl::string_view tar = layer_tars[node.source];
  const int64_t size = static_cast<int64_t>(tar.size());
  if (node.offset > size || node.size > size - node.offset) {
    return absl::InvalidArgumentError(
        absl::StrCat("the layer tar ends before byte ", node.offset, " + ",
                     node.size, ", where its index has a file"));
  }
  return tar.substr(node.offset, node.size);
}

FileDataReader ReadFromLayers(std::vector<absl::string_view> layer_tars) {
  return [layer_tars = std::move(layer_tars)](const FileNode& node,
                                              ByteSink* sink) -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data,
                          DataInLayers(node, layer_tars));
    return sink->Append(data);
  };
}

absl::StatusOr<LayerIndex> WriteChangeset(const FileTree& lower,
                                          const FileTree& upper,
                                          const FileDataReader& read_data,
                                          const ChangesetOptions& options,
                                          ByteSink* sink) {
  ChangesetWriter writer(upper, read_data, options, sink);
  ABSL_RETURN_IF_ERROR(
      VisitDifferences(lower, upper, [&](const NodePair& pair) -> absl::Status {
        if (pair.after == nullptr) {
          // Only under a directory that is still there: whatever replaced or
          // deleted a directory has taken all below it along.
          const FileNode* parent = upper.Find(ParentPath(pair.path));
          if (parent == nullptr || parent->type != LayerEntryType::kDirectory) {
            return absl::OkStatus();
          }
          return writer.WriteWhiteout(std::string(pair.path));
        }
        const bool is_same =
            pair.before == pair.after ||
            (pair.before != nullptr && IsSame(*pair.before, *pair.after));
        if (is_same || pair.path.empty()) return absl::OkStatus();
        return writer.WriteNode(std::string(pair.path), *pair.after);
      }));
  ABSL_ASSIGN_OR_RETURN(LayerIndex index, writer.Finish());
  index.snapshot = SnapshotEntries(lower, upper, index.entries);
  return index;
}

}  // namespace rules_dockerfile
