#include "lib/tar/writer.h"

#include <cstdint>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"

namespace rules_dockerfile {
namespace {

constexpr char kZeros[2 * kTarBlockSize] = {};
// The name under which a reader that does not know PAX would keep the records.
constexpr absl::string_view kPaxHeaderName = "././@PaxHeader";

char Typeflag(TarEntryType type) {
  switch (type) {
    case TarEntryType::kFile:
      return '0';
    case TarEntryType::kHardLink:
      return '1';
    case TarEntryType::kSymlink:
      return '2';
    case TarEntryType::kCharDevice:
      return '3';
    case TarEntryType::kBlockDevice:
      return '4';
    case TarEntryType::kDirectory:
      return '5';
    case TarEntryType::kFifo:
      return '6';
  }
  return '0';
}

bool IsAscii(absl::string_view text) {
  return absl::c_all_of(text, absl::ascii_isascii);
}

// A path as the name and prefix fields of a ustar header.
struct UstarPath {
  absl::string_view name;
  absl::string_view prefix;
  bool complete = true;  // false if the path does not fit
};

UstarPath SplitPath(absl::string_view path) {
  if (path.size() <= kTarName.size) return {.name = path};
  // The earliest slash that leaves a name that fits; none may be empty.
  const size_t slash = path.find('/', path.size() - kTarName.size - 1);
  if (slash == absl::string_view::npos || slash == 0 ||
      slash > kTarPrefix.size || slash + 1 == path.size()) {
    return {.name = path.substr(0, kTarName.size), .complete = false};
  }
  return {.name = path.substr(slash + 1), .prefix = path.substr(0, slash)};
}

void PutText(TarField field, absl::string_view text, absl::Span<char> block) {
  text = text.substr(0, field.size);
  std::copy(text.begin(), text.end(), block.begin() + field.offset);
}

// The number, or 0 where a PAX record has it.
int64_t Fitting(TarField field, int64_t number) {
  return number >= 0 && number <= MaxOctal(field) ? number : 0;
}

std::string HeaderBlock(const TarEntry& entry, absl::string_view path,
                        char typeflag) {
  std::string block(kTarBlockSize, '\0');
  const absl::Span<char> bytes = absl::MakeSpan(block);
  const UstarPath split = SplitPath(path);
  PutText(kTarName, split.name, bytes);
  PutText(kTarPrefix, split.prefix, bytes);
  PutTarNumber(kTarMode, entry.mode, bytes);
  PutTarNumber(kTarUid, Fitting(kTarUid, entry.uid), bytes);
  PutTarNumber(kTarGid, Fitting(kTarGid, entry.gid), bytes);
  PutTarNumber(kTarSize, Fitting(kTarSize, entry.size), bytes);
  PutTarNumber(kTarMtime, Fitting(kTarMtime, entry.mtime), bytes);
  block[kTarTypeflag.offset] = typeflag;
  PutText(kTarLinkName, entry.link_target, bytes);
  PutText(kTarMagic, kUstarMagic, bytes);
  PutTarNumber(kTarDeviceMajor, entry.device_major, bytes);
  PutTarNumber(kTarDeviceMinor, entry.device_minor, bytes);
  PutTarChecksum(bytes);
  return block;
}

// The records for what the ustar header cannot hold; "" if it holds all.
std::string PaxRecordsFor(const TarEntry& entry, absl::string_view path) {
  PaxRecords records;
  if (!SplitPath(path).complete || !IsAscii(path)) records["path"] = path;
  if (entry.link_target.size() > kTarLinkName.size ||
      !IsAscii(entry.link_target)) {
    records["linkpath"] = entry.link_target;
  }
  const auto add_number = [&](const char* keyword, TarField field,
                              int64_t number) {
    if (Fitting(field, number) != number) {
      records[keyword] = absl::StrCat(number);
    }
  };
  add_number("uid", kTarUid, entry.uid);
  add_number("gid", kTarGid, entry.gid);
  add_number("size", kTarSize, entry.size);
  add_number("mtime", kTarMtime, entry.mtime);
  for (const auto& [name, value] : entry.xattrs) {
    records[absl::StrCat(kPaxXattrPrefix, name)] = value;
  }
  std::string text;
  for (const auto& [keyword, value] : records) {
    absl::StrAppend(&text, PaxRecord(keyword, value));
  }
  return text;
}

// What tar readers would not return unchanged.
absl::Status CheckEntry(const TarEntry& entry) {
  const auto invalid = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("tar entry \"", entry.path, "\": ", what));
  };
  if (entry.path.empty()) return invalid("no path");
  if (absl::StrContains(entry.path, '\0') ||
      absl::StrContains(entry.link_target, '\0')) {
    return invalid("NUL in a path");
  }
  if (entry.size != 0 && entry.type != TarEntryType::kFile) {
    return invalid("only files have data");
  }
  if (entry.size < 0 || entry.uid < 0 || entry.gid < 0) {
    return invalid("negative size, uid or gid");
  }
  if (entry.mode > 07777) return invalid("mode out of range");
  if (Fitting(kTarDeviceMajor, entry.device_major) != entry.device_major ||
      Fitting(kTarDeviceMinor, entry.device_minor) != entry.device_minor) {
    return invalid("device number out of range");
  }
  for (const auto& [name, value] : entry.xattrs) {
    if (name.empty() || absl::StrContains(name, '=') ||
        absl::StrContains(name, '\0')) {
      return invalid("xattr name that PAX cannot hold");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TarWriter::Begin(const TarEntry& entry) {
  if (remaining_ != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("tar entry \"", entry.path,
                     "\": the previous entry lacks ", remaining_, " bytes"));
  }
  ABSL_RETURN_IF_ERROR(CheckEntry(entry));
  std::string path = entry.path;
  if (entry.type == TarEntryType::kDirectory && path.back() != '/') {
    path.push_back('/');
  }
  if (const std::string pax = PaxRecordsFor(entry, path); !pax.empty()) {
    const TarEntry header = {.mode = 0644,
                             .size = static_cast<int64_t>(pax.size())};
    ABSL_RETURN_IF_ERROR(Write(HeaderBlock(header, kPaxHeaderName, 'x')));
    ABSL_RETURN_IF_ERROR(Write(pax));
    ABSL_RETURN_IF_ERROR(WritePadding());
  }
  ABSL_RETURN_IF_ERROR(Write(HeaderBlock(entry, path, Typeflag(entry.type))));
  remaining_ = entry.size;
  return absl::OkStatus();
}

absl::Status TarWriter::Append(absl::string_view data) {
  const int64_t size = static_cast<int64_t>(data.size());
  if (size > remaining_) {
    return absl::FailedPreconditionError(
        absl::StrCat("tar entry has ", size - remaining_, " bytes too many"));
  }
  ABSL_RETURN_IF_ERROR(Write(data));
  remaining_ -= size;
  return remaining_ == 0 ? WritePadding() : absl::OkStatus();
}

absl::Status TarWriter::Add(const TarEntry& entry, absl::string_view data) {
  ABSL_RETURN_IF_ERROR(Begin(entry));
  return Append(data);
}

absl::Status TarWriter::Finish() {
  if (remaining_ != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the last tar entry lacks ", remaining_, " bytes"));
  }
  return Write(absl::string_view(kZeros, sizeof(kZeros)));
}

absl::Status TarWriter::WritePadding() {
  return Write(absl::string_view(kZeros, TarPadded(position_) - position_));
}

absl::Status TarWriter::Write(absl::string_view bytes) {
  position_ += static_cast<int64_t>(bytes.size());
  return sink_->Append(bytes);
}

}  // namespace rules_dockerfile
