#include "lib/tar/reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/owner_id.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"

namespace rules_dockerfile {
namespace {

// Extended headers are small; more would only serve to fill the memory. Go's
// archive/tar has the same limit (maxSpecialFileSize).
constexpr int64_t kMaxExtendedHeader = 1 << 20;

bool IsZeroBlock(absl::string_view block) {
  return block.find_first_not_of('\0') == absl::string_view::npos;
}

absl::StatusOr<TarEntryType> EntryType(char typeflag, absl::string_view name) {
  switch (typeflag) {
    case '\0':  // before POSIX, a trailing slash told a directory
      return absl::EndsWith(name, "/") ? TarEntryType::kDirectory
                                       : TarEntryType::kFile;
    case '0':
    case '7':  // contiguous
      return TarEntryType::kFile;
    case '1':
      return TarEntryType::kHardLink;
    case '2':
      return TarEntryType::kSymlink;
    case '3':
      return TarEntryType::kCharDevice;
    case '4':
      return TarEntryType::kBlockDevice;
    case '5':
      return TarEntryType::kDirectory;
    case '6':
      return TarEntryType::kFifo;
    case 'S':
      return absl::UnimplementedError("sparse files are not supported");
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("unknown type \"",
                       absl::CEscape(absl::string_view(&typeflag, 1)), "\""));
  }
}

// What the extended headers before a member say about it.
struct Extensions {
  PaxRecords pax;
  std::optional<std::string> gnu_path;
  std::optional<std::string> gnu_link_target;

  bool empty() const { return pax.empty() && !gnu_path && !gnu_link_target; }

  // The PAX record that overrides a header field; nullptr if there is none.
  const std::string* Find(const char* keyword) const {
    const auto it = pax.find(keyword);
    return it == pax.end() || it->second.empty() ? nullptr : &it->second;
  }
};

std::string HeaderPath(absl::string_view block) {
  const absl::string_view name = TarText(block, kTarName);
  // GNU keeps other things in the prefix field.
  if (!absl::EndsWith(TarText(block, kTarMagic), "ustar")) {
    return std::string(name);
  }
  const absl::string_view prefix = TarText(block, kTarPrefix);
  if (prefix.empty()) return std::string(name);
  return absl::StrCat(prefix, "/", name);
}

// A number of the header, or of the PAX record that overrides it.
absl::StatusOr<int64_t> NumberOf(absl::string_view block, TarField field,
                                 const Extensions& extensions,
                                 const char* keyword) {
  if (const std::string* text = extensions.Find(keyword)) {
    return ParsePaxNumber(*text);
  }
  ABSL_ASSIGN_OR_RETURN(const int64_t number, TarNumber(block, field));
  if (number >= 0) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(keyword, " ", number, " is negative"));
}

absl::StatusOr<int64_t> OwnerOf(absl::string_view block, TarField field,
                                const Extensions& extensions,
                                const char* keyword) {
  int64_t id = 0;
  const std::string* text = extensions.Find(keyword);
  const std::optional<int64_t> extended =
      text == nullptr ? std::nullopt : ParseOwnerId(*text);
  if (extended.has_value()) {
    id = *extended;
  } else if (text != nullptr) {
    ABSL_RETURN_IF_ERROR(ParsePaxNumber(*text).status());
  } else {
    ABSL_ASSIGN_OR_RETURN(id, TarNumber(block, field));
  }
  ABSL_RETURN_IF_ERROR(CheckOwnerId(id, kMaxFileOwner));
  return id;
}

absl::Status SetTime(absl::string_view block, const Extensions& extensions,
                     TarEntry* entry) {
  if (const std::string* text = extensions.Find("mtime")) {
    ABSL_ASSIGN_OR_RETURN(const PaxTime time, ParsePaxTime(*text));
    entry->mtime = time.seconds;
    entry->mtime_nanos = time.nanos;
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(entry->mtime, TarNumber(block, kTarMtime));
  return absl::OkStatus();
}

absl::Status SetNumbers(absl::string_view block, const Extensions& extensions,
                        TarEntry* entry) {
  ABSL_ASSIGN_OR_RETURN(const int64_t mode, TarNumber(block, kTarMode));
  entry->mode = static_cast<uint32_t>(mode & 07777);
  ABSL_ASSIGN_OR_RETURN(entry->uid, OwnerOf(block, kTarUid, extensions, "uid"));
  ABSL_ASSIGN_OR_RETURN(entry->gid, OwnerOf(block, kTarGid, extensions, "gid"));
  if (entry->type == TarEntryType::kFile) {
    ABSL_ASSIGN_OR_RETURN(entry->size,
                          NumberOf(block, kTarSize, extensions, "size"));
  }
  if (entry->type == TarEntryType::kCharDevice ||
      entry->type == TarEntryType::kBlockDevice) {
    ABSL_ASSIGN_OR_RETURN(
        entry->device_major,
        NumberOf(block, kTarDeviceMajor, extensions, "SCHILY.devmajor"));
    ABSL_ASSIGN_OR_RETURN(
        entry->device_minor,
        NumberOf(block, kTarDeviceMinor, extensions, "SCHILY.devminor"));
  }
  return SetTime(block, extensions, entry);
}

// The entry's names: PAX over GNU over the header.
absl::Status SetNames(absl::string_view block, const Extensions& extensions,
                      TarEntry* entry) {
  std::string path = extensions.gnu_path.value_or(HeaderPath(block));
  if (const std::string* pax = extensions.Find("path")) path = *pax;
  ABSL_ASSIGN_OR_RETURN(entry->type,
                        EntryType(block[kTarTypeflag.offset], path));
  if (entry->type == TarEntryType::kDirectory) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
  }
  entry->path = std::move(path);
  if (entry->type != TarEntryType::kSymlink &&
      entry->type != TarEntryType::kHardLink) {
    return absl::OkStatus();
  }
  entry->link_target = extensions.gnu_link_target.value_or(
      std::string(TarText(block, kTarLinkName)));
  if (const std::string* pax = extensions.Find("linkpath")) {
    entry->link_target = *pax;
  }
  if (!entry->link_target.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("link without a target");
}

absl::StatusOr<TarEntry> ParseEntry(absl::string_view block,
                                    const Extensions& extensions) {
  TarEntry entry;
  ABSL_RETURN_IF_ERROR(SetNames(block, extensions, &entry));
  ABSL_RETURN_IF_ERROR(SetNumbers(block, extensions, &entry));
  for (auto it = extensions.pax.lower_bound(std::string(kPaxXattrPrefix));
       it != extensions.pax.end() &&
       absl::StartsWith(it->first, kPaxXattrPrefix);
       ++it) {
    entry.xattrs[it->first.substr(kPaxXattrPrefix.size())] = it->second;
  }
  return entry;
}

bool IsExtendedHeader(char typeflag) {
  return typeflag == 'x' || typeflag == 'g' || typeflag == 'L' ||
         typeflag == 'K';
}

// Remembers an extended header's data in `extensions`.
absl::Status Extend(char typeflag, absl::string_view data,
                    Extensions* extensions) {
  if (typeflag == 'L' || typeflag == 'K') {
    std::string name(data.substr(0, data.find('\0')));
    (typeflag == 'L' ? extensions->gnu_path : extensions->gnu_link_target) =
        std::move(name);
    return absl::OkStatus();
  }
  if (typeflag == 'g') return ParsePaxRecordList(data).status();
  ABSL_ASSIGN_OR_RETURN(extensions->pax, ParsePaxRecords(data));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ExtendedHeaderSize(absl::string_view block) {
  ABSL_ASSIGN_OR_RETURN(const int64_t size,
                        NumberOf(block, kTarSize, Extensions(), "size"));
  if (size <= kMaxExtendedHeader) return size;
  return absl::InvalidArgumentError("extended header is too large");
}

absl::Status UnexpectedEnd() {
  return absl::InvalidArgumentError("unexpected end of archive");
}

}  // namespace

absl::StatusOr<std::optional<TarMember>> TarReader::Next() {
  absl::StatusOr<std::optional<TarMember>> member = ReadMember();
  if (member.ok()) return member;
  // The position is still at the header that is to blame.
  const absl::string_view rest = archive_.substr(position_);
  const std::string path =
      LooksLikeTar(rest)
          ? absl::StrCat("\"", absl::CEscape(HeaderPath(rest)), "\" ")
          : "";
  return absl::Status(member.status().code(),
                      absl::StrCat("tar member ", path, "at byte ", position_,
                                   ": ", member.status().message()));
}

absl::StatusOr<std::optional<TarMember>> TarReader::ReadMember() {
  Extensions extensions;
  while (true) {
    const absl::string_view block = archive_.substr(position_, kTarBlockSize);
    if (block.empty() ||
        (block.size() == kTarBlockSize && IsZeroBlock(block))) {
      if (extensions.empty()) return std::nullopt;
      return UnexpectedEnd();
    }
    if (block.size() < kTarBlockSize) return UnexpectedEnd();
    if (!TarChecksumMatches(block)) {
      return absl::InvalidArgumentError("header checksum does not match");
    }
    const char typeflag = block[kTarTypeflag.offset];
    if (IsExtendedHeader(typeflag)) {
      ABSL_ASSIGN_OR_RETURN(const int64_t size, ExtendedHeaderSize(block));
      ABSL_ASSIGN_OR_RETURN(const absl::string_view data, Data(size));
      ABSL_RETURN_IF_ERROR(Extend(typeflag, data, &extensions));
      Skip(size);
      continue;
    }
    TarMember member;
    ABSL_ASSIGN_OR_RETURN(member.entry, ParseEntry(block, extensions));
    ABSL_ASSIGN_OR_RETURN(member.data, Data(member.entry.size));
    member.offset = position_ + int64_t{kTarBlockSize};
    Skip(member.entry.size);
    return member;
  }
}

absl::StatusOr<absl::string_view> TarReader::Data(int64_t size) const {
  const absl::string_view rest = archive_.substr(position_ + kTarBlockSize);
  if (size > static_cast<int64_t>(rest.size())) return UnexpectedEnd();
  return rest.substr(0, size);
}

void TarReader::Skip(int64_t size) {
  // The last member may lack its padding.
  position_ = std::min(position_ + int64_t{kTarBlockSize} + TarPadded(size),
                       static_cast<int64_t>(archive_.size()));
}

bool LooksLikeTar(absl::string_view bytes) {
  return bytes.size() >= kTarBlockSize &&
         !IsZeroBlock(bytes.substr(0, kTarBlockSize)) &&
         TarChecksumMatches(bytes.substr(0, kTarBlockSize));
}

}  // namespace rules_dockerfile
