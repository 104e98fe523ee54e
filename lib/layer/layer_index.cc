#include "lib/layer/layer_index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/byte_sink.h"
#include "lib/base/map_guard.h"
#include "lib/digest/digest.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/plain_entry.h"
#include "lib/layer/utf8.h"
#include "lib/tar/entry.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr size_t kPieceSize = 1 << 18;
constexpr size_t kDropSize = 1 << 22;
// The type of a line that is a SnapshotEntry.
constexpr absl::string_view kSnapshot = "snapshot";

bool IsWhiteout(LayerEntryType type) {
  return type == LayerEntryType::kWhiteout || type == LayerEntryType::kOpaque;
}
bool IsDevice(LayerEntryType type) {
  return type == LayerEntryType::kCharDevice ||
         type == LayerEntryType::kBlockDevice;
}
bool IsLink(LayerEntryType type) {
  return type == LayerEntryType::kHardLink || type == LayerEntryType::kSymlink;
}

// JSON strings are UTF-8, file names and their like any bytes: what is not
// UTF-8 is written {"base64": "…"}.
Json BytesToJson(absl::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  return Json{{"base64", absl::Base64Escape(bytes)}};
}

Json EntryToJson(const LayerEntry& entry) {
  Json json = Json::object();
  json["path"] = BytesToJson(entry.path);
  json["type"] = LayerEntryTypeName(entry.type);
  if (IsWhiteout(entry.type)) return json;
  json["mode"] = absl::StrFormat("%04o", entry.mode);
  json["uid"] = entry.uid;
  json["gid"] = entry.gid;
  json["mtime"] = entry.mtime;
  if (entry.mtime_nanos != 0) json["mtime_nanos"] = entry.mtime_nanos;
  if (IsLink(entry.type)) json["link"] = BytesToJson(entry.link_target);
  if (IsDevice(entry.type)) {
    json["major"] = entry.device_major;
    json["minor"] = entry.device_minor;
  }
  for (const auto& [name, value] : entry.xattrs) {
    json["xattrs"][name] = absl::Base64Escape(value);
  }
  if (entry.type == LayerEntryType::kFile) {
    json["size"] = entry.size;
    json["offset"] = entry.offset;
    json["digest"] = entry.digest.ToString();
  }
  return json;
}

Json SnapshotEntryToJson(const SnapshotEntry& entry) {
  Json json = Json::object();
  json["path"] = BytesToJson(entry.path);
  json["type"] = kSnapshot;
  if (!entry.link_target.empty()) {
    json["link"] = BytesToJson(entry.link_target);
    return json;
  }
  json["xattrs"] = Json::object();
  for (const auto& [name, value] : entry.xattrs) {
    json["xattrs"][name] = absl::Base64Escape(value);
  }
  return json;
}

absl::StatusOr<Json> ParseObject(absl::string_view line) {
  Json json = Json::parse(line.begin(), line.end(), nullptr,
                          /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  return absl::InvalidArgumentError("expected a JSON object");
}

// Takes values out of one line's object; what is left over is an error.
class LineReader {
 public:
  explicit LineReader(Json json) : json_(std::move(json)) {}

  absl::StatusOr<int64_t> Number(const char* key, int64_t min, int64_t max) {
    ABSL_ASSIGN_OR_RETURN(const Json& value, Take(key));
    if (value.is_number_integer() && value >= min && value <= max) {
      return value.get<int64_t>();
    }
    return Wrong(key, "a number in range");
  }

  absl::StatusOr<std::string> String(const char* key) {
    ABSL_ASSIGN_OR_RETURN(const Json& value, Take(key));
    if (value.is_string()) return value.get<std::string>();
    return Wrong(key, "a string");
  }

  absl::StatusOr<std::string> Bytes(const char* key) {
    ABSL_ASSIGN_OR_RETURN(const Json& value, Take(key));
    return BytesFrom(key, value);
  }

  absl::StatusOr<std::optional<std::string>> OptionalBytes(const char* key) {
    ABSL_ASSIGN_OR_RETURN(const Json& value, Take(key));
    if (value.is_null()) return std::nullopt;
    return BytesFrom(key, value);
  }

  absl::StatusOr<std::map<std::string, std::string>> Xattrs() {
    std::map<std::string, std::string> xattrs;
    if (!Has("xattrs")) return xattrs;
    ABSL_ASSIGN_OR_RETURN(const Json& value, Take("xattrs"));
    if (!value.is_object()) return Wrong("xattrs", "an object");
    for (const auto& [name, text] : value.items()) {
      if (!text.is_string() ||
          !absl::Base64Unescape(text.get<std::string>(), &xattrs[name])) {
        return Wrong("xattrs", "base64 strings");
      }
    }
    return xattrs;
  }

  bool Has(const char* key) const { return json_.contains(key); }

  absl::Status Finish() const {
    for (const auto& [key, value] : json_.items()) {
      if (!absl::c_linear_search(taken_, key)) {
        return absl::InvalidArgumentError(
            absl::StrCat("unexpected \"", key, "\""));
      }
    }
    return absl::OkStatus();
  }

  static absl::Status Wrong(absl::string_view key, absl::string_view want) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", key, "\": expected ", want));
  }

 private:
  absl::StatusOr<std::reference_wrapper<const Json>> Take(const char* key) {
    const auto it = json_.find(key);
    if (it == json_.end()) {
      return absl::InvalidArgumentError(absl::StrCat("no \"", key, "\""));
    }
    taken_.push_back(key);
    return std::cref(*it);
  }

  static absl::StatusOr<std::string> BytesFrom(const char* key,
                                               const Json& value) {
    std::string bytes;
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object() && value.size() == 1 && value.contains("base64") &&
        value["base64"].is_string() &&
        absl::Base64Unescape(value["base64"].get<std::string>(), &bytes)) {
      return bytes;
    }
    return Wrong(key, "a string, or {\"base64\": string}");
  }

  Json json_;
  absl::InlinedVector<absl::string_view, 12> taken_;  // keys
};

absl::StatusOr<LayerEntryType> ParseType(absl::string_view name) {
  const std::optional<LayerEntryType> type = LayerEntryTypeOf(name);
  if (type.has_value()) return *type;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown type \"", name, "\""));
}

absl::StatusOr<uint32_t> ParseMode(absl::string_view text) {
  uint32_t mode = 0;
  if (text.size() != 4) return LineReader::Wrong("mode", "four octal digits");
  for (const char digit : text) {
    if (digit < '0' || digit > '7') {
      return LineReader::Wrong("mode", "four octal digits");
    }
    mode = mode * 8 + static_cast<uint32_t>(digit - '0');
  }
  return mode;
}

absl::StatusOr<std::string> ParsePath(const char* key, LineReader& reader) {
  ABSL_ASSIGN_OR_RETURN(std::string path, reader.Bytes(key));
  if (CleanTarPath(path) == path) return path;
  return LineReader::Wrong(key, "a clean relative path");
}

absl::StatusOr<SnapshotEntry> ParseSnapshotEntry(std::string path,
                                                 LineReader& reader) {
  SnapshotEntry entry = {.path = std::move(path)};
  if (reader.Has("xattrs")) {
    ABSL_ASSIGN_OR_RETURN(entry.xattrs, reader.Xattrs());
  } else {
    ABSL_ASSIGN_OR_RETURN(entry.link_target, ParsePath("link", reader));
    if (entry.link_target.empty()) return LineReader::Wrong("link", "a path");
  }
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return entry;
}

absl::StatusOr<LayerEntry> ParseEntry(std::string path,
                                      absl::string_view type_name,
                                      LineReader& reader) {
  LayerEntry entry = {.path = std::move(path)};
  ABSL_ASSIGN_OR_RETURN(entry.type, ParseType(type_name));
  if (!IsWhiteout(entry.type)) {
    ABSL_ASSIGN_OR_RETURN(const std::string mode, reader.String("mode"));
    ABSL_ASSIGN_OR_RETURN(entry.mode, ParseMode(mode));
    ABSL_ASSIGN_OR_RETURN(entry.uid, reader.Number("uid", 0, INT64_MAX));
    ABSL_ASSIGN_OR_RETURN(entry.gid, reader.Number("gid", 0, INT64_MAX));
    ABSL_ASSIGN_OR_RETURN(entry.mtime,
                          reader.Number("mtime", INT64_MIN, INT64_MAX));
    if (reader.Has("mtime_nanos")) {
      ABSL_ASSIGN_OR_RETURN(entry.mtime_nanos,
                            reader.Number("mtime_nanos", 0, 999'999'999));
    }
    ABSL_ASSIGN_OR_RETURN(entry.xattrs, reader.Xattrs());
  }
  if (IsLink(entry.type)) {
    ABSL_ASSIGN_OR_RETURN(entry.link_target, reader.Bytes("link"));
  }
  if (IsDevice(entry.type)) {
    ABSL_ASSIGN_OR_RETURN(entry.device_major,
                          reader.Number("major", 0, UINT32_MAX));
    ABSL_ASSIGN_OR_RETURN(entry.device_minor,
                          reader.Number("minor", 0, UINT32_MAX));
  }
  if (entry.type == LayerEntryType::kFile) {
    ABSL_ASSIGN_OR_RETURN(entry.size, reader.Number("size", 0, INT64_MAX));
    ABSL_ASSIGN_OR_RETURN(entry.offset, reader.Number("offset", 0, INT64_MAX));
    ABSL_ASSIGN_OR_RETURN(const std::string digest, reader.String("digest"));
    ABSL_ASSIGN_OR_RETURN(entry.digest, ParseDigest(digest));
  }
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return entry;
}

// The entry that the line is; nullopt for one of the snapshot, which it appends
// to the index.
absl::StatusOr<std::optional<LayerEntry>> ParseLine(absl::string_view line,
                                                    LayerIndex& index) {
  ABSL_ASSIGN_OR_RETURN(Json json, ParseObject(line));
  LineReader reader(std::move(json));
  ABSL_ASSIGN_OR_RETURN(std::string path, ParsePath("path", reader));
  ABSL_ASSIGN_OR_RETURN(const std::string type, reader.String("type"));
  if (type == kSnapshot) {
    ABSL_ASSIGN_OR_RETURN(index.snapshot.emplace_back(),
                          ParseSnapshotEntry(std::move(path), reader));
    return std::nullopt;
  }
  return ParseEntry(std::move(path), type, reader);
}

absl::StatusOr<LayerIndex> ParseHeader(absl::string_view line) {
  ABSL_ASSIGN_OR_RETURN(Json json, ParseObject(line));
  LineReader reader(std::move(json));
  ABSL_RETURN_IF_ERROR(reader.Number("version", kVersion, kVersion).status());
  LayerIndex index;
  ABSL_ASSIGN_OR_RETURN(index.passwd, reader.OptionalBytes("passwd"));
  ABSL_ASSIGN_OR_RETURN(index.group, reader.OptionalBytes("group"));
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return index;
}

}  // namespace

std::string LayerIndexToText(const LayerIndex& index) {
  StringSink sink;
  WriteLayerIndex(index, &sink).IgnoreError();  // it has none
  return std::move(sink).contents();
}

absl::Status WriteLayerIndex(const LayerIndex& index, ByteSink* sink) {
  Json header = {
      {"version", kVersion}, {"passwd", nullptr}, {"group", nullptr}};
  if (index.passwd.has_value()) header["passwd"] = BytesToJson(*index.passwd);
  if (index.group.has_value()) header["group"] = BytesToJson(*index.group);
  std::string text = absl::StrCat(header.dump(), "\n");
  for (const LayerEntry& entry : index.entries) {
    if (text.size() >= kPieceSize) {
      ABSL_RETURN_IF_ERROR(sink->Append(text));
      text.clear();
    }
    if (AppendPlainEntry(entry, text)) continue;
    absl::StrAppend(&text, EntryToJson(entry).dump(), "\n");
  }
  for (const SnapshotEntry& entry : index.snapshot) {
    absl::StrAppend(&text, SnapshotEntryToJson(entry).dump(), "\n");
  }
  return sink->Append(text);
}

absl::StatusOr<LayerIndex> ParseLayerIndex(absl::string_view text) {
  std::vector<LayerEntry> entries;
  ABSL_ASSIGN_OR_RETURN(LayerIndex index,
                        VisitLayerIndex(text, [&](LayerEntry entry) {
                          entries.push_back(std::move(entry));
                          return absl::OkStatus();
                        }));
  index.entries = std::move(entries);
  return index;
}

absl::StatusOr<LayerIndex> VisitLayerIndex(absl::string_view text,
                                           LayerEntryVisitor visit) {
  int line_number = 0;
  const auto at_line = [&](const absl::Status& status) {
    return absl::Status(
        status.code(),
        absl::StrCat("layer index line ", line_number, ": ", status.message()));
  };
  LayerIndex index;
  const char* kept = text.data();  // what is before is no longer in memory
  for (absl::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    if (++line_number == 1) {
      absl::StatusOr<LayerIndex> header = ParseHeader(line);
      if (!header.ok()) return at_line(header.status());
      index = *std::move(header);
      continue;
    }
    std::optional<LayerEntry> entry = ParsePlainEntry(line);
    if (!entry.has_value()) {
      absl::StatusOr<std::optional<LayerEntry>> parsed = ParseLine(line, index);
      if (!parsed.ok()) return at_line(parsed.status());
      entry = *std::move(parsed);
    }
    if (entry.has_value()) {
      ABSL_RETURN_IF_ERROR(visit(*std::move(entry)));
    }
    const auto read = static_cast<size_t>(line.data() - kept);
    if (read >= kDropSize) {
      DropPages(absl::string_view(kept, read));
      kept = line.data();
    }
  }
  return index;
}

}  // namespace rules_dockerfile
