#include "lib/layer/plain_entry.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/layer/file_digest.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxDigits = 18;  // always fits
constexpr size_t kDigestSize = 7 + 64;
// Most frequent first.
constexpr LayerEntryType kTypes[] = {
    LayerEntryType::kFile,     LayerEntryType::kDirectory,
    LayerEntryType::kSymlink,  LayerEntryType::kHardLink,
    LayerEntryType::kWhiteout, LayerEntryType::kFifo,
    LayerEntryType::kOpaque};

// Whether the text is its own JSON; the caller excludes quotes.
bool IsPlain(absl::string_view text) {
  return absl::c_all_of(
      text, [](char c) { return c >= ' ' && c < '\x7f' && c != '\\'; });
}

// Takes what is expected off the front of a line.
class Scanner {
 public:
  explicit Scanner(absl::string_view line) : rest_(line) {}

  bool Literal(absl::string_view text) {
    return absl::ConsumePrefix(&rest_, text);
  }

  // Up to the quote that ends a string.
  bool String(std::string& value) {
    const size_t quote = rest_.find('"');
    if (quote == absl::string_view::npos) return false;
    const absl::string_view text = rest_.substr(0, quote);
    if (!IsPlain(text)) return false;
    value = std::string(text);
    rest_.remove_prefix(quote + 1);
    return true;
  }

  bool Number(int64_t& value) {
    size_t digits = 0;
    value = 0;
    while (digits < rest_.size() && absl::ascii_isdigit(rest_[digits])) {
      if (digits == kMaxDigits) return false;
      value = value * 10 + (rest_[digits++] - '0');
    }
    // JSON has no leading zeros.
    if (digits == 0 || (digits > 1 && rest_[0] == '0')) return false;
    rest_.remove_prefix(digits);
    return true;
  }

  bool Mode(uint32_t& mode) {
    if (rest_.size() < 4) return false;
    mode = 0;
    for (const char digit : rest_.substr(0, 4)) {
      if (digit < '0' || digit > '7') return false;
      mode = mode * 8 + static_cast<uint32_t>(digit - '0');
    }
    rest_.remove_prefix(4);
    return true;
  }

  bool Type(LayerEntryType& type) {
    for (const LayerEntryType known : kTypes) {
      absl::string_view rest = rest_;
      if (absl::ConsumePrefix(&rest, LayerEntryTypeName(known)) &&
          absl::ConsumePrefix(&rest, "\"")) {
        rest_ = rest;
        type = known;
        return true;
      }
    }
    return false;
  }

  bool Digest(FileDigest& digest) {
    const std::optional<FileDigest> parsed =
        FileDigest::Parse(rest_.substr(0, kDigestSize));
    if (!parsed.has_value()) return false;
    digest = *parsed;
    rest_.remove_prefix(kDigestSize);
    return Literal("\"");
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

bool IsCleanPath(absl::string_view path) {
  if (path.empty()) return true;
  while (true) {
    const size_t slash = path.find('/');
    const absl::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == absl::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool ScanType(Scanner& line, LayerEntry& entry) {
  switch (entry.type) {
    case LayerEntryType::kFile:
      return line.Literal(",\"size\":") && line.Number(entry.size) &&
             line.Literal(",\"offset\":") && line.Number(entry.offset) &&
             line.Literal(",\"digest\":\"") && line.Digest(entry.digest);
    case LayerEntryType::kSymlink:
    case LayerEntryType::kHardLink:
      return line.Literal(",\"link\":\"") && line.String(entry.link_target);
    case LayerEntryType::kDirectory:
    case LayerEntryType::kFifo:
      return true;
    default:
      return false;  // devices are rare
  }
}

bool Scan(Scanner line, LayerEntry& entry) {
  if (!line.Literal("{\"path\":\"") || !line.String(entry.path) ||
      !IsCleanPath(entry.path) || !line.Literal(",\"type\":\"") ||
      !line.Type(entry.type)) {
    return false;
  }
  if (entry.type == LayerEntryType::kWhiteout ||
      entry.type == LayerEntryType::kOpaque) {
    return line.Literal("}") && line.AtEnd();
  }
  return line.Literal(",\"mode\":\"") && line.Mode(entry.mode) &&
         line.Literal("\",\"uid\":") && line.Number(entry.uid) &&
         line.Literal(",\"gid\":") && line.Number(entry.gid) &&
         line.Literal(",\"mtime\":") && line.Number(entry.mtime) &&
         ScanType(line, entry) && line.Literal("}") && line.AtEnd();
}

char OctalDigit(uint32_t number) {
  return static_cast<char>('0' + (number & 7));
}

}  // namespace

std::optional<LayerEntry> ParsePlainEntry(absl::string_view line) {
  LayerEntry entry;
  if (!Scan(Scanner(line), entry)) return std::nullopt;
  return entry;
}

bool AppendPlainEntry(const LayerEntry& entry, std::string& text) {
  const auto is_text = [](absl::string_view value) {
    return IsPlain(value) && !absl::StrContains(value, '"');
  };
  if (entry.type == LayerEntryType::kCharDevice ||
      entry.type == LayerEntryType::kBlockDevice || entry.mtime_nanos != 0 ||
      entry.mode > 07777 || !entry.xattrs.empty() || !is_text(entry.path) ||
      !is_text(entry.link_target)) {
    return false;
  }
  absl::StrAppend(&text, "{\"path\":\"", entry.path, "\",\"type\":\"",
                  LayerEntryTypeName(entry.type), "\"");
  if (entry.type != LayerEntryType::kWhiteout &&
      entry.type != LayerEntryType::kOpaque) {
    const std::array<char, 4> mode = {
        OctalDigit(entry.mode >> 9), OctalDigit(entry.mode >> 6),
        OctalDigit(entry.mode >> 3), OctalDigit(entry.mode)};
    absl::StrAppend(&text, ",\"mode\":\"",
                    absl::string_view(mode.data(), mode.size()),
                    "\",\"uid\":", entry.uid, ",\"gid\":", entry.gid,
                    ",\"mtime\":", entry.mtime);
  }
  if (entry.type == LayerEntryType::kSymlink ||
      entry.type == LayerEntryType::kHardLink) {
    absl::StrAppend(&text, ",\"link\":\"", entry.link_target, "\"");
  }
  if (entry.type == LayerEntryType::kFile) {
    absl::StrAppend(&text, ",\"size\":", entry.size,
                    ",\"offset\":", entry.offset, ",\"digest\":\"");
    entry.digest.AppendTo(text);
    text.push_back('"');
  }
  absl::StrAppend(&text, "}\n");
  return true;
}

}  // namespace rules_dockerfile
