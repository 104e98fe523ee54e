#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/map_guard.h"
#include "lib/digest/digest.h"
#include "lib/layer/file_digest.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/tar_layer_entry.h"
#include "lib/layer/whiteout.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

// A longer etc/passwd or etc/group would only serve to fill the memory: the
// index has a copy.
constexpr size_t kMaxDatabase = 8 << 20;

// In a path, what begins a whiteout.
constexpr absl::string_view kWhiteoutDirectory = "/.wh.";

std::string Joined(absl::string_view directory, absl::string_view name) {
  return directory.empty() ? std::string(name)
                           : absl::StrCat(directory, "/", name);
}

// The whiteout that the clean path represents; nullopt if it is none.
absl::StatusOr<std::optional<LayerEntry>> WhiteoutAt(absl::string_view path) {
  const auto invalid = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer entry \"", path, "\": ", what));
  };
  const absl::string_view parent = ParentPath(path);
  if (absl::StartsWith(parent, kWhiteoutPrefix) ||
      absl::StrContains(parent, kWhiteoutDirectory)) {
    return invalid("below a whiteout");
  }
  absl::string_view name = BaseName(path);
  if (name == kOpaqueWhiteout) {
    return LayerEntry{.path = std::string(parent),
                      .type = LayerEntryType::kOpaque};
  }
  if (!absl::ConsumePrefix(&name, kWhiteoutPrefix)) return std::nullopt;
  if (absl::StartsWith(name, kWhiteoutPrefix)) {
    return invalid("unknown whiteout");
  }
  if (name.empty() || name == "." || name == "..") {
    return invalid("whiteout without a file name");
  }
  return LayerEntry{.path = Joined(parent, name),
                    .type = LayerEntryType::kWhiteout};
}

// The digest of a mapped file, with few of its bytes in memory at a time.
FileDigest DigestOfData(absl::string_view data, Digester& digester) {
  constexpr size_t kPieceSize = 1 << 22;
  for (size_t i = 0; i < data.size(); i += kPieceSize) {
    const absl::string_view piece = data.substr(i, kPieceSize);
    digester.Append(piece).IgnoreError();  // it has none
    if (piece.size() == kPieceSize) DropPages(piece);
  }
  return FileDigest(digester.FinishHash());
}

LayerEntry EntryOf(const TarMember& member, std::string path,
                   Digester& digester) {
  LayerEntry result = LayerEntryOf(member.entry, std::move(path));
  if (result.type == LayerEntryType::kFile) {
    result.offset = member.offset;
    result.digest = DigestOfData(member.data, digester);
  }
  return result;
}

// The texts of files by path: of the name databases, and of all files as soon
// as a link leads from one of them.
class DatabaseTexts {
 public:
  explicit DatabaseTexts(absl::string_view layer_tar) : layer_tar_(layer_tar) {}

  absl::Status Add(const TarMember& member, const LayerEntry& entry) {
    const bool is_link = entry.type == LayerEntryType::kHardLink ||
                         entry.type == LayerEntryType::kSymlink;
    if (!has_all_ && !IsDatabase(entry.path) &&
        !(is_link && entry.path == "etc")) {
      return absl::OkStatus();
    }
    if (!has_all_ && is_link) {
      ABSL_RETURN_IF_ERROR(AddAllBefore(member));
    }
    Put(entry.path, entry.type, entry.link_target, member.data);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> Find(
      const std::string& path) const {
    const auto text = texts_.find(Follow(path));
    if (text == texts_.end()) return std::nullopt;
    if (text->second.size() > kMaxDatabase) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer entry \"", path, "\": expected at most ",
                       kMaxDatabase, " bytes, got ", text->second.size()));
    }
    return std::string(text->second);
  }

 private:
  static bool IsDatabase(absl::string_view path) {
    return path == "etc/passwd" || path == "etc/group";
  }

  void Put(const std::string& path, LayerEntryType type,
           const std::string& link_target, absl::string_view data) {
    links_.erase(path);
    if (type == LayerEntryType::kHardLink) {
      const auto target = texts_.find(CleanTarPath(link_target));
      if (target != texts_.end()) texts_[path] = target->second;
    } else if (type == LayerEntryType::kFile) {
      texts_[path] = data;
    } else {
      texts_.erase(path);
      if (type == LayerEntryType::kSymlink) links_[path] = link_target;
    }
  }

  // Where `path` leads through the symlinks of this layer; "" if in a circle.
  std::string Follow(std::string path) const {
    constexpr int kMaxLinks = 40;
    size_t end = 0;
    for (int links = 0; links < kMaxLinks;) {
      end = std::min(path.find('/', end), path.size());
      const auto link = links_.find(path.substr(0, end));
      if (link != links_.end()) {
        const bool is_absolute = absl::StartsWith(link->second, "/");
        const size_t name = is_absolute ? 0 : link->first.rfind('/') + 1;
        path = CleanTarPath(
            absl::StrCat(path.substr(0, name), link->second, path.substr(end)));
        end = 0;
        ++links;
      } else if (end++ == path.size()) {
        return path;
      }
    }
    return "";
  }

  absl::Status AddAllBefore(const TarMember& last) {
    has_all_ = true;
    TarReader reader(layer_tar_);
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member,
                            reader.Next());
      if (!member.has_value() || member->offset == last.offset) {
        return absl::OkStatus();
      }
      const TarEntry& entry = member->entry;
      const std::string path = CleanTarPath(entry.path);
      ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> whiteout,
                            WhiteoutAt(path));
      if (whiteout.has_value()) continue;
      Put(path, LayerEntryTypeOf(entry.type), entry.link_target, member->data);
    }
  }

  absl::string_view layer_tar_;
  bool has_all_ = false;
  std::unordered_map<std::string, absl::string_view> texts_;
  std::unordered_map<std::string, std::string> links_;
};

// Keeps little of a mapped tar in memory.
class PageDropper {
 public:
  explicit PageDropper(absl::string_view bytes) : rest_(bytes) {}

  // What is before `position` was read.
  void Advance(const char* position) {
    constexpr size_t kPieceSize = 1 << 22;
    const auto read = static_cast<size_t>(position - rest_.data());
    if (read < kPieceSize) return;
    DropPages(rest_.substr(0, read));
    rest_.remove_prefix(read);
  }

 private:
  absl::string_view rest_;
};

}  // namespace

absl::StatusOr<LayerIndex> IndexLayer(absl::string_view layer_tar) {
  LayerIndex index;
  DatabaseTexts texts(layer_tar);
  PageDropper dropper(layer_tar);
  Digester digester;
  TarReader reader(layer_tar);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) break;
    dropper.Advance(layer_tar.data() + member->offset);
    std::string path = CleanTarPath(member->entry.path);
    ABSL_ASSIGN_OR_RETURN(std::optional<LayerEntry> whiteout, WhiteoutAt(path));
    if (whiteout.has_value()) {
      index.entries.push_back(*std::move(whiteout));
      continue;
    }
    if (path.empty() && member->entry.type != TarEntryType::kDirectory) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer entry \"", member->entry.path,
                       "\": the root must be a directory"));
    }
    index.entries.push_back(EntryOf(*member, std::move(path), digester));
    ABSL_RETURN_IF_ERROR(texts.Add(*member, index.entries.back()));
  }
  ABSL_ASSIGN_OR_RETURN(index.passwd, texts.Find("etc/passwd"));
  ABSL_ASSIGN_OR_RETURN(index.group, texts.Find("etc/group"));
  return index;
}

}  // namespace rules_dockerfile
