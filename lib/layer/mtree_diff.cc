#include "lib/layer/mtree_diff.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {
namespace {

// The keywords of a path, in the order of the text.
using Keywords = std::vector<std::pair<std::string, std::string>>;

struct MtreeEntry {
  std::string path;  // as written
  Keywords keywords;
};

// How much of a digest is shown.
constexpr size_t kShortDigest = 12;

absl::Status LineError(size_t line, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

// The path below the root, without the escapes of mtree(5); "" is the root.
std::string PlainPath(absl::string_view written) {
  absl::ConsumePrefix(&written, ".");
  absl::ConsumePrefix(&written, "/");
  std::string path;
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  for (size_t i = 0; i < written.size(); ++i) {
    const absl::string_view digits = written.substr(i + 1).substr(0, 3);
    if (written[i] == '\\' && digits.size() == 3 &&
        absl::c_all_of(digits, is_octal)) {
      path.push_back(static_cast<char>(
          (digits[0] - '0') * 64 + (digits[1] - '0') * 8 + digits[2] - '0'));
      i += 3;
    } else {
      path.push_back(written[i]);
    }
  }
  return path;
}

absl::StatusOr<MtreeEntry> ParseEntry(size_t number, absl::string_view line) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  MtreeEntry entry = {.path = std::string(words[0]), .keywords = {}};
  if (entry.path != "." && !entry.path.starts_with("./")) {
    return LineError(number, absl::StrCat("expected a path below \".\", got \"",
                                          entry.path, "\""));
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const absl::string_view word = words[i];
    const size_t equals = word.find('=');
    if (equals == absl::string_view::npos) {
      return LineError(
          number, absl::StrCat("expected KEYWORD=VALUE, got \"", word, "\""));
    }
    entry.keywords.emplace_back(word.substr(0, equals),
                                word.substr(equals + 1));
  }
  return entry;
}

absl::StatusOr<std::vector<MtreeEntry>> ParseMtree(absl::string_view text,
                                                   const MtreeFilter& filter) {
  std::vector<MtreeEntry> entries;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripSuffix(line, "\r");
    if (line.find_first_not_of(' ') == absl::string_view::npos) continue;
    if (line.starts_with('#')) continue;
    ABSL_ASSIGN_OR_RETURN(MtreeEntry entry, ParseEntry(number, line));
    const std::string path = PlainPath(entry.path);
    if (!path.empty() && filter.paths.Ignores(path)) continue;
    std::erase_if(entry.keywords, [&](const auto& keyword) {
      return absl::c_linear_search(filter.keywords, keyword.first);
    });
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string KeywordsText(const Keywords& keywords) {
  std::string text;
  for (const auto& [key, value] : keywords) {
    absl::StrAppend(&text, " ", key, "=", value);
  }
  return text;
}

using EntryMap = std::map<std::string, Keywords>;

absl::StatusOr<EntryMap> ParseToMap(absl::string_view what,
                                    absl::string_view text,
                                    const MtreeFilter& filter) {
  absl::StatusOr<std::vector<MtreeEntry>> entries = ParseMtree(text, filter);
  if (!entries.ok()) {
    return absl::Status(entries.status().code(),
                        absl::StrCat(what, ": ", entries.status().message()));
  }
  EntryMap map;
  for (MtreeEntry& entry : *entries) {
    if (map.contains(entry.path)) {
      return absl::InvalidArgumentError(
          absl::StrCat(what, ": duplicate path \"", entry.path, "\""));
    }
    map.emplace(std::move(entry.path), std::move(entry.keywords));
  }
  return map;
}

std::string Shown(absl::string_view key, absl::string_view value) {
  if (!key.ends_with("digest") || value.size() <= kShortDigest) {
    return std::string(value);
  }
  return absl::StrCat(value.substr(0, kShortDigest), "…");
}

std::string ValueOf(const Keywords& keywords, absl::string_view key) {
  for (const auto& [name, value] : keywords) {
    if (name == key) return Shown(key, value);
  }
  return "none";
}

// What became of each keyword; "" if all are equal.
std::string ChangeText(const Keywords& golden, const Keywords& image) {
  std::vector<std::string> changes;
  const auto compare = [&](const std::string& key) {
    changes.push_back(absl::StrCat(key, " ", ValueOf(golden, key), " -> ",
                                   ValueOf(image, key)));
  };
  for (const auto& keyword : golden) {
    if (!absl::c_linear_search(image, keyword)) compare(keyword.first);
  }
  for (const auto& [key, value] : image) {
    const bool is_new = absl::c_none_of(
        golden, [&](const auto& keyword) { return keyword.first == key; });
    if (is_new) compare(key);
  }
  return absl::StrJoin(changes, ", ");
}

// What is shown of a path that was added: no times and digests.
std::string AddedText(const Keywords& keywords) {
  Keywords shown = keywords;
  std::erase_if(shown, [](const auto& keyword) {
    return keyword.first == "time" || keyword.first.ends_with("digest");
  });
  return KeywordsText(shown);
}

class DiffText {
 public:
  explicit DiffText(int max_lines) : max_lines_(max_lines) {}

  void Added(const std::string& path, const Keywords& keywords) {
    ++added_;
    Line(absl::StrCat("A ", path, AddedText(keywords)));
  }
  void Changed(const std::string& path, const std::string& changes) {
    ++changed_;
    Line(absl::StrCat("C ", path, " ", changes));
  }
  void Removed(const std::string& path) {
    ++removed_;
    Line(absl::StrCat("D ", path));
  }
  std::string Text() const {
    const int all = added_ + changed_ + removed_;
    if (all == 0) return "";
    return absl::StrCat(
        lines_,
        all > max_lines_ ? absl::StrCat("… and ", all - max_lines_, " more\n")
                         : "",
        added_, " added, ", changed_, " changed, ", removed_, " removed\n");
  }

 private:
  void Line(const std::string& line) {
    if (added_ + changed_ + removed_ > max_lines_) return;
    absl::StrAppend(&lines_, line, "\n");
  }

  const int max_lines_;
  int added_ = 0;
  int changed_ = 0;
  int removed_ = 0;
  std::string lines_;
};

}  // namespace

absl::StatusOr<std::string> FilterMtree(absl::string_view text,
                                        const MtreeFilter& filter) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<MtreeEntry> entries,
                        ParseMtree(text, filter));
  std::string filtered = "#mtree\n";
  for (const MtreeEntry& entry : entries) {
    absl::StrAppend(&filtered, entry.path, KeywordsText(entry.keywords), "\n");
  }
  return filtered;
}

absl::StatusOr<std::string> DescribeMtreeDiff(absl::string_view golden,
                                              absl::string_view image,
                                              const MtreeFilter& filter,
                                              int max_lines) {
  ABSL_ASSIGN_OR_RETURN(const EntryMap old_entries,
                        ParseToMap("golden file", golden, filter));
  ABSL_ASSIGN_OR_RETURN(const EntryMap new_entries,
                        ParseToMap("image", image, filter));
  DiffText diff(max_lines);
  auto before = old_entries.begin();
  auto after = new_entries.begin();
  while (before != old_entries.end() || after != new_entries.end()) {
    if (before == old_entries.end() ||
        (after != new_entries.end() && after->first < before->first)) {
      diff.Added(after->first, after->second);
      ++after;
    } else if (after == new_entries.end() || before->first < after->first) {
      diff.Removed(before->first);
      ++before;
    } else {
      const std::string changes = ChangeText(before->second, after->second);
      if (!changes.empty()) diff.Changed(before->first, changes);
      ++before;
      ++after;
    }
  }
  return diff.Text();
}

}  // namespace rules_dockerfile
