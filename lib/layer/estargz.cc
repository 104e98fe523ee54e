#include "lib/layer/estargz.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/byte_sink.h"
#include "lib/base/map_guard.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/layer/utf8.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

constexpr char kToc[] = "stargz.index.json";
constexpr char kPrefetchLandmark[] = ".prefetch.landmark";
constexpr char kNoPrefetchLandmark[] = ".no.prefetch.landmark";
constexpr int64_t kBlockSize = 512;
constexpr size_t kLarge = 2 << 20;

// What RFC 3339 can express: the years 0 to 9999.
constexpr int64_t kFirstSecond = -62167219200;
constexpr int64_t kLastSecond = 253402300799;

bool IsOfEstargz(const TarEntry& entry) {
  const std::string path = CleanTarPath(entry.path);
  return path == kToc || path == kPrefetchLandmark ||
         path == kNoPrefetchLandmark;
}

// Cuts a stream of bytes into gzip members.
class MemberWriter {
 public:
  MemberWriter(const EstargzOptions& options, ByteSink* sink)
      : options_(options), sink_(sink) {}

  // Writes bytes that follow those of the last call in the same member.
  void Add(absl::string_view bytes) { absl::StrAppend(&pending_, bytes); }

  // Ends the member; the next bytes begin another, at offset().
  absl::Status Cut() {
    if (pending_.empty()) return absl::OkStatus();
    return Compress(std::exchange(pending_, ""));
  }

  // Where the next member begins in what is written. Only after Cut().
  int64_t offset() const { return sink_.size(); }
  std::string diff_id() { return uncompressed_.Finish(); }

  absl::Status AppendFooter(absl::string_view footer) {
    return sink_.Append(footer);
  }

 private:
  absl::Status Compress(absl::string_view bytes) {
    ABSL_RETURN_IF_ERROR(uncompressed_.Append(bytes));
    // A thread for each small file would take longer than its bytes.
    const int threads = bytes.size() < kLarge ? 1 : options_.threads;
    return rules_dockerfile::Compress(
        bytes,
        {.codec = Codec::kGzip, .level = options_.level, .threads = threads},
        &sink_);
  }

  EstargzOptions options_;
  DigestingSink sink_;
  Digester uncompressed_;
  std::string pending_;
};

absl::string_view TypeName(TarEntryType type) {
  switch (type) {
    case TarEntryType::kFile:
      return "reg";
    case TarEntryType::kHardLink:
      return "hardlink";
    case TarEntryType::kSymlink:
      return "symlink";
    case TarEntryType::kCharDevice:
      return "char";
    case TarEntryType::kBlockDevice:
      return "block";
    case TarEntryType::kDirectory:
      return "dir";
    case TarEntryType::kFifo:
      return "fifo";
  }
  return "";
}

std::string ModificationTime(const TarEntry& entry) {
  const int64_t rounded =
      std::min(entry.mtime, kLastSecond) + (entry.mtime_nanos >= 500'000'000);
  const int64_t seconds = std::clamp(rounded, kFirstSecond, kLastSecond);
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
}

absl::Status CheckName(absl::string_view name) {
  if (IsUtf8(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("estargz cannot hold the name \"", name,
                   "\", which is not UTF-8\nhint: use gzip"));
}

// The TOC is JSON: a name that it cannot hold would be another's.
absl::Status CheckNames(const TarEntry& entry) {
  ABSL_RETURN_IF_ERROR(CheckName(entry.path));
  ABSL_RETURN_IF_ERROR(CheckName(entry.link_target));
  for (const auto& [name, value] : entry.xattrs) {
    ABSL_RETURN_IF_ERROR(CheckName(name));
  }
  return absl::OkStatus();
}

// The TOCEntry of a member, less the place of its data.
Json TocEntry(const TarEntry& entry) {
  const bool is_directory = entry.type == TarEntryType::kDirectory;
  Json json = Json::object();
  json["name"] = absl::StrCat(entry.path, is_directory ? "/" : "");
  json["type"] = TypeName(entry.type);
  if (entry.size > 0) json["size"] = entry.size;
  if (entry.mtime != 0) json["modtime"] = ModificationTime(entry);
  if (!entry.link_target.empty()) json["linkName"] = entry.link_target;
  json["mode"] = entry.mode;
  json["uid"] = entry.uid;
  json["gid"] = entry.gid;
  if (entry.type == TarEntryType::kCharDevice ||
      entry.type == TarEntryType::kBlockDevice) {
    json["devMajor"] = entry.device_major;
    json["devMinor"] = entry.device_minor;
  }
  for (const auto& [name, value] : entry.xattrs) {
    json["xattrs"][name] = absl::Base64Escape(value);
  }
  return json;
}

// Writes a file's data, a member a chunk, and adds its entries to the TOC.
absl::Status AddFile(const TarEntry& entry, absl::string_view data,
                     int chunk_size, MemberWriter& writer, Json& entries) {
  Json json = TocEntry(entry);
  json["digest"] = DigestOf(data);
  if (data.empty()) entries.push_back(json);
  for (size_t begin = 0; begin < data.size(); begin += chunk_size) {
    const absl::string_view chunk = data.substr(begin, chunk_size);
    ABSL_RETURN_IF_ERROR(writer.Cut());
    if (begin > 0) json = {{"name", entry.path}, {"type", "chunk"}};
    json["offset"] = writer.offset();
    if (begin > 0) json["chunkOffset"] = begin;
    // The last chunk has no size: it goes to the end of the file.
    if (begin + chunk.size() < data.size()) json["chunkSize"] = chunk.size();
    json["chunkDigest"] = DigestOf(chunk);
    entries.push_back(json);
    writer.Add(chunk);
  }
  return absl::OkStatus();
}

// No file is to be fetched before the others.
absl::Status AddLandmark(int chunk_size, MemberWriter& writer, Json& entries) {
  constexpr absl::string_view kContents = "\x0f";
  const TarEntry entry = {
      .path = kNoPrefetchLandmark, .mode = 0444, .size = kContents.size()};
  StringSink member;
  TarWriter tar(&member);
  ABSL_RETURN_IF_ERROR(tar.Add(entry, kContents));
  const absl::string_view bytes = member.contents();
  writer.Add(bytes.substr(0, kBlockSize));
  ABSL_RETURN_IF_ERROR(AddFile(entry, kContents, chunk_size, writer, entries));
  writer.Add(bytes.substr(kBlockSize + kContents.size()));
  return absl::OkStatus();
}

// Writes the members of the layer as they are, without the end of the archive.
absl::Status AddLayer(absl::string_view layer, int chunk_size,
                      MemberWriter& writer, Json& entries) {
  TarReader reader(layer);
  // Where the headers of the next member begin.
  int64_t position = 0;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarMember> member, reader.Next());
    if (!member.has_value()) return absl::OkStatus();
    const int64_t padding =
        -static_cast<int64_t>(member->data.size()) & (kBlockSize - 1);
    const int64_t data_end =
        member->offset + static_cast<int64_t>(member->data.size());
    const int64_t begin = std::exchange(
        position,
        std::min(data_end + padding, static_cast<int64_t>(layer.size())));
    if (IsOfEstargz(member->entry)) continue;
    ABSL_RETURN_IF_ERROR(CheckNames(member->entry));
    writer.Add(layer.substr(begin, member->offset - begin));
    if (member->entry.type == TarEntryType::kFile) {
      ABSL_RETURN_IF_ERROR(
          AddFile(member->entry, member->data, chunk_size, writer, entries));
    } else {
      entries.push_back(TocEntry(member->entry));
    }
    writer.Add(std::string(padding, '\0'));
    DropPages(layer.substr(begin, position - begin));
  }
}

// An empty gzip member, 51 bytes, that says where the TOC is.
std::string Footer(int64_t toc_offset) {
  const std::string field = absl::StrFormat("%016xSTARGZ", toc_offset);
  std::string footer("\x1f\x8b\x08\x04\0\0\0\0\0\xff", 10);  // FEXTRA
  footer += std::string("\x1a\0SG\x16\0", 6);  // XLEN, SI1, SI2, LEN
  footer += field;
  footer += std::string("\x01\0\0\xff\xff", 5);  // the last block, stored
  footer += std::string(8, '\0');                // of no bytes
  return footer;
}

}  // namespace

absl::StatusOr<EstargzDigests> WriteEstargz(absl::string_view layer,
                                            const EstargzOptions& options,
                                            ByteSink* sink) {
  MemberWriter writer(options, sink);
  Json entries = Json::array();
  ABSL_RETURN_IF_ERROR(AddLandmark(options.chunk_size, writer, entries));
  ABSL_RETURN_IF_ERROR(AddLayer(layer, options.chunk_size, writer, entries));
  ABSL_RETURN_IF_ERROR(writer.Cut());
  const int64_t toc_offset = writer.offset();
  const std::string toc =
      JsonText({{"version", 1}, {"entries", std::move(entries)}});
  StringSink end;
  TarWriter tar(&end);
  ABSL_RETURN_IF_ERROR(tar.Add(
      {.path = kToc, .mode = 0444, .size = static_cast<int64_t>(toc.size())},
      toc));
  ABSL_RETURN_IF_ERROR(tar.Finish());
  writer.Add(end.contents());
  ABSL_RETURN_IF_ERROR(writer.Cut());
  ABSL_RETURN_IF_ERROR(writer.AppendFooter(Footer(toc_offset)));
  return EstargzDigests{.toc = DigestOf(toc), .diff_id = writer.diff_id()};
}

}  // namespace rules_dockerfile
