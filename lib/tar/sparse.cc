#include "lib/tar/sparse.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"

namespace rules_dockerfile {
namespace {

// GNU tar's old format (tar.h, "struct oldgnu_header", "struct sparse_header").
constexpr size_t kOldMapOffset = 386;
constexpr size_t kOldMapEntries = 4;
constexpr size_t kOldIsExtended = 482;
constexpr TarField kOldRealSize = {483, 12};
constexpr size_t kExtensionEntries = 21;
constexpr size_t kExtensionIsExtended = 504;
constexpr size_t kMapEntrySize = 24;
constexpr size_t kMapNumberSize = 12;
constexpr absl::string_view kSparsePrefix = "GNU.sparse.";
// Of an extended header, and of a map in lines: Go's maxSpecialFileSize.
constexpr int64_t kMaxSpecialSize = 1 << 20;

absl::Status Malformed() {
  return absl::InvalidArgumentError("malformed sparse file");
}

// A piece of a file that is not a hole.
struct Segment {
  int64_t offset = 0;
  int64_t size = 0;
};

// A member as it is stored.
struct StoredMember {
  absl::string_view extended;  // its extended headers with their data
  absl::string_view header;
  absl::string_view data;  // with what is between header and data
  PaxRecordList pax;

  bool is_old_sparse() const { return header[kTarTypeflag.offset] == 'S'; }
  bool is_pax_sparse() const {
    return std::any_of(pax.begin(), pax.end(), [](const auto& record) {
      return absl::StartsWith(record.first, kSparsePrefix);
    });
  }
  const std::string* Find(absl::string_view keyword) const {
    for (auto it = pax.rbegin(); it != pax.rend(); ++it) {
      if (it->first == keyword) return &it->second;
    }
    return nullptr;
  }
};

// Walks an archive; what it cannot read is the rest().
class StoredMembers {
 public:
  explicit StoredMembers(absl::string_view archive) : rest_(archive) {}

  std::optional<StoredMember> Next() {
    StoredMember member;
    absl::string_view at = rest_;
    while (true) {
      const absl::string_view block = at.substr(0, kTarBlockSize);
      if (!LooksLikeHeader(block)) return std::nullopt;
      const char type = block[kTarTypeflag.offset];
      const bool is_extended = absl::StrContains("xgLK", type);
      const std::optional<int64_t> size =
          StoredSize(block, is_extended ? StoredMember() : member);
      if (!size.has_value()) return std::nullopt;
      at.remove_prefix(kTarBlockSize);
      const size_t between = type == 'S' ? ExtensionSize(block, at) : 0;
      if (*size > static_cast<int64_t>(at.size() - between)) {
        return std::nullopt;
      }
      const absl::string_view data = at.substr(0, between + *size);
      at.remove_prefix(
          std::min(at.size(), between + static_cast<size_t>(TarPadded(*size))));
      if (!is_extended) {
        member.extended =
            rest_.substr(0, static_cast<size_t>(block.data() - rest_.data()));
        member.header = block;
        member.data = data;
        rest_ = at;
        return member;
      }
      if (type != 'x') continue;
      if (*size > kMaxSpecialSize) return std::nullopt;
      absl::StatusOr<PaxRecordList> records = ParsePaxRecordList(data);
      if (!records.ok()) return std::nullopt;
      member.pax = *std::move(records);
    }
  }

  absl::string_view rest() const { return rest_; }

 private:
  static bool LooksLikeHeader(absl::string_view block) {
    return block.size() == kTarBlockSize && TarChecksumMatches(block);
  }

  static std::optional<int64_t> StoredSize(absl::string_view block,
                                           const StoredMember& member) {
    // Links, devices and directories have no data, whatever they say.
    if (absl::StrContains("123456", block[kTarTypeflag.offset])) return 0;
    const std::string* text = member.Find("size");
    const absl::StatusOr<int64_t> size =
        text != nullptr ? ParsePaxNumber(*text) : TarNumber(block, kTarSize);
    if (!size.ok() || *size < 0) return std::nullopt;
    return *size;
  }

  // The bytes of the blocks that continue an old map.
  static size_t ExtensionSize(absl::string_view block, absl::string_view rest) {
    size_t size = 0;
    for (bool more = block[kOldIsExtended] != 0;
         more && size + kTarBlockSize <= rest.size(); size += kTarBlockSize) {
      more = rest[size + kExtensionIsExtended] != 0;
    }
    return size;
  }

  absl::string_view rest_;
};

// A sparse member, read.
struct SparseFile {
  std::vector<Segment> segments;
  absl::string_view data;  // of the segments, one after the other
  int64_t size = 0;
};

absl::Status AddOldEntries(absl::string_view map, size_t count,
                           SparseFile& file) {
  for (size_t i = 0; i < count; ++i) {
    const size_t at = i * kMapEntrySize;
    if (map[at] == '\0') return absl::OkStatus();
    Segment segment;
    ABSL_ASSIGN_OR_RETURN(segment.offset, TarNumber(map, {at, kMapNumberSize}));
    ABSL_ASSIGN_OR_RETURN(
        segment.size, TarNumber(map, {at + kMapNumberSize, kMapNumberSize}));
    file.segments.push_back(segment);
  }
  return absl::OkStatus();
}

absl::StatusOr<SparseFile> ReadOld(const StoredMember& member) {
  SparseFile file = {.data = member.data};
  ABSL_ASSIGN_OR_RETURN(file.size, TarNumber(member.header, kOldRealSize));
  ABSL_RETURN_IF_ERROR(
      AddOldEntries(member.header.substr(kOldMapOffset), kOldMapEntries, file));
  bool more = member.header[kOldIsExtended] != 0;
  while (more) {
    if (file.data.size() < kTarBlockSize) return Malformed();
    const absl::string_view block = file.data.substr(0, kTarBlockSize);
    ABSL_RETURN_IF_ERROR(AddOldEntries(block, kExtensionEntries, file));
    more = block[kExtensionIsExtended] != 0;
    file.data.remove_prefix(kTarBlockSize);
  }
  return file;
}

// Pairs of numbers.
absl::Status AddPairs(const std::vector<absl::string_view>& numbers,
                      SparseFile& file) {
  if (numbers.size() % 2 != 0) return Malformed();
  for (size_t i = 0; i < numbers.size(); i += 2) {
    Segment segment;
    ABSL_ASSIGN_OR_RETURN(segment.offset, ParsePaxNumber(numbers[i]));
    ABSL_ASSIGN_OR_RETURN(segment.size, ParsePaxNumber(numbers[i + 1]));
    file.segments.push_back(segment);
  }
  return absl::OkStatus();
}

// The map of format 1.0 stands before the data, in lines.
absl::Status TakeMap(SparseFile& file) {
  const absl::string_view all = file.data;
  const absl::string_view lines = all.substr(0, kMaxSpecialSize);
  file.data = lines;
  const auto next = [&file]() -> std::optional<absl::string_view> {
    const size_t end = file.data.find('\n');
    if (end == absl::string_view::npos) return std::nullopt;
    const absl::string_view line = file.data.substr(0, end);
    file.data.remove_prefix(end + 1);
    return line;
  };
  const std::optional<absl::string_view> first = next();
  if (!first.has_value()) return Malformed();
  ABSL_ASSIGN_OR_RETURN(const int64_t count, ParsePaxNumber(*first));
  std::vector<absl::string_view> numbers;
  for (int64_t i = 0; i < count; ++i) {
    for (int j = 0; j < 2; ++j) {
      const std::optional<absl::string_view> line = next();
      if (!line.has_value()) return Malformed();
      numbers.push_back(*line);
    }
  }
  const int64_t used =
      TarPadded(static_cast<int64_t>(lines.size() - file.data.size()));
  if (used > static_cast<int64_t>(all.size())) return Malformed();
  file.data = all.substr(static_cast<size_t>(used));
  return AddPairs(numbers, file);
}

absl::StatusOr<SparseFile> ReadPax(const StoredMember& member) {
  SparseFile file = {.data = member.data};
  const std::string* size = member.Find("GNU.sparse.realsize");
  if (size == nullptr) size = member.Find("GNU.sparse.size");
  if (size == nullptr) return Malformed();
  ABSL_ASSIGN_OR_RETURN(file.size, ParsePaxNumber(*size));
  if (member.Find("GNU.sparse.major") != nullptr) {
    ABSL_RETURN_IF_ERROR(TakeMap(file));
    return file;
  }
  std::vector<absl::string_view> numbers;
  if (const std::string* map = member.Find("GNU.sparse.map")) {
    numbers = absl::StrSplit(*map, ',', absl::SkipEmpty());
  } else {
    for (const auto& [keyword, value] : member.pax) {
      if (keyword == "GNU.sparse.offset" || keyword == "GNU.sparse.numbytes") {
        numbers.push_back(value);
      }
    }
  }
  ABSL_RETURN_IF_ERROR(AddPairs(numbers, file));
  return file;
}

absl::Status AppendZeros(int64_t count, ByteSink* sink) {
  static const auto& zeros = *new std::string(1 << 16, '\0');
  while (count > 0) {
    const int64_t size = std::min(count, static_cast<int64_t>(zeros.size()));
    ABSL_RETURN_IF_ERROR(
        sink->Append(absl::string_view(zeros).substr(0, size)));
    count -= size;
  }
  return absl::OkStatus();
}

absl::Status AppendFile(const SparseFile& file, ByteSink* sink) {
  int64_t position = 0;
  absl::string_view data = file.data;
  for (const Segment& segment : file.segments) {
    if (segment.offset < position || segment.size < 0 ||
        segment.size > static_cast<int64_t>(data.size()) ||
        segment.offset > file.size - segment.size) {
      return Malformed();
    }
    ABSL_RETURN_IF_ERROR(AppendZeros(segment.offset - position, sink));
    ABSL_RETURN_IF_ERROR(sink->Append(data.substr(0, segment.size)));
    data.remove_prefix(segment.size);
    position = segment.offset + segment.size;
  }
  return AppendZeros(TarPadded(file.size) - position, sink);
}

// `size` in the header's field, in GNU's base-256 if it needs more than octal.
void PutSize(int64_t size, std::string& header) {
  if (size <= MaxOctal(kTarSize)) {
    PutTarNumber(kTarSize, size, absl::MakeSpan(header));
    return;
  }
  for (size_t i = kTarSize.size; i-- > 0; size >>= 8) {
    header[kTarSize.offset + i] = static_cast<char>(size & 0xff);
  }
  header[kTarSize.offset] = static_cast<char>(0x80);
}

std::string PaxMember(const PaxRecordList& records) {
  std::string data;
  for (const auto& [keyword, value] : records) {
    data += PaxRecord(keyword, value);
  }
  std::string header(kTarBlockSize, '\0');
  const absl::string_view name = "PaxHeader";
  header.replace(kTarName.offset, name.size(), name);
  header.replace(kTarMagic.offset, kUstarMagic.size(), kUstarMagic);
  header[kTarTypeflag.offset] = 'x';
  PutSize(static_cast<int64_t>(data.size()), header);
  PutTarChecksum(absl::MakeSpan(header));
  data.resize(TarPadded(static_cast<int64_t>(data.size())), '\0');
  return header + data;
}

// The extended headers that the expanded member needs.
std::string ExtendedHeaders(const StoredMember& member) {
  if (member.is_old_sparse()) return std::string(member.extended);
  const std::string* name = member.Find("GNU.sparse.name");
  PaxRecordList records;
  for (const auto& [keyword, value] : member.pax) {
    if (absl::StartsWith(keyword, kSparsePrefix) || keyword == "size" ||
        (name != nullptr && keyword == "path")) {
      continue;
    }
    records.emplace_back(keyword, value);
  }
  if (name != nullptr) records.emplace_back("path", *name);
  return records.empty() ? "" : PaxMember(records);
}

// Takes what the member needs from `most_bytes`.
absl::Status ExpandMember(const StoredMember& member, int64_t& most_bytes,
                          ByteSink* sink) {
  ABSL_ASSIGN_OR_RETURN(const SparseFile file, member.is_old_sparse()
                                                   ? ReadOld(member)
                                                   : ReadPax(member));
  if (file.size < 0) return Malformed();
  if (file.size > most_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("sparse files: expected at most ", most_bytes,
                     " more bytes, got ", file.size));
  }
  most_bytes -= file.size;
  std::string header(member.header);
  header[kTarTypeflag.offset] = '0';
  PutSize(file.size, header);
  PutTarChecksum(absl::MakeSpan(header));
  ABSL_RETURN_IF_ERROR(sink->Append(ExtendedHeaders(member)));
  ABSL_RETURN_IF_ERROR(sink->Append(header));
  return AppendFile(file, sink);
}

}  // namespace

bool HasSparseMembers(absl::string_view archive) {
  StoredMembers members(archive);
  while (const std::optional<StoredMember> member = members.Next()) {
    if (member->is_old_sparse() || member->is_pax_sparse()) return true;
  }
  return false;
}

absl::Status ExpandSparseMembers(absl::string_view archive, int64_t most_bytes,
                                 ByteSink* sink) {
  StoredMembers members(archive);
  while (true) {
    const absl::string_view before = members.rest();
    const std::optional<StoredMember> member = members.Next();
    if (!member.has_value()) return sink->Append(members.rest());
    if (member->is_old_sparse() || member->is_pax_sparse()) {
      ABSL_RETURN_IF_ERROR(ExpandMember(*member, most_bytes, sink));
    } else {
      ABSL_RETURN_IF_ERROR(sink->Append(
          before.substr(0, before.size() - members.rest().size())));
    }
  }
}

}  // namespace rules_dockerfile
