#include "lib/dockerfile/values/git_ref.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

// Cuts `text` at the first `separator` and returns what follows it.
std::optional<absl::string_view> CutAt(char separator,
                                       absl::string_view& text) {
  const size_t position = text.find(separator);
  if (position == absl::string_view::npos) return std::nullopt;
  const absl::string_view after = text.substr(position + 1);
  text = text.substr(0, position);
  return after;
}

bool IsGitRemote(absl::string_view remote) {
  static const RE2& with_scheme = *new RE2("([a-zA-Z0-9]+)://[^/]+(/.*)?");
  static const RE2& scp_style = *new RE2("[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:.+");
  std::string scheme;
  if (!RE2::FullMatch(remote, with_scheme, &scheme)) {
    return !absl::StrContains(remote, "://") &&
           RE2::FullMatch(remote, scp_style);
  }
  absl::AsciiStrToLower(&scheme);
  if (scheme == "git" || scheme == "ssh") return true;
  return (scheme == "http" || scheme == "https") &&
         absl::EndsWith(remote, ".git");
}

std::string PercentDecoded(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const absl::string_view hex = text.substr(i + 1, 2);
    uint32_t value = 0;
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && hex.size() == 2 &&
               absl::SimpleHexAtoi(hex, &value)) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// As Go's strconv.ParseBool; no value is true.
absl::StatusOr<bool> BoolOf(absl::string_view key, absl::string_view value) {
  static const auto& yes = *new std::set<absl::string_view>{
      "", "1", "t", "T", "true", "TRUE", "True"};
  static const auto& no = *new std::set<absl::string_view>{
      "0", "f", "F", "false", "FALSE", "False"};
  if (yes.contains(value)) return true;
  if (no.contains(value)) return false;
  return Invalid("invalid ", key, " value: ", GoQuote(value));
}

// Sets an option that may be given twice, but only with one value.
absl::Status SetOnce(absl::string_view what, std::string value,
                     std::string& field) {
  if (!field.empty() && field != value) {
    return Invalid(what, " conflicts: ", GoQuote(field), " vs ",
                   GoQuote(value));
  }
  field = std::move(value);
  return absl::OkStatus();
}

std::string WithPrefix(absl::string_view prefix, absl::string_view name) {
  if (name.empty() || absl::StartsWith(name, prefix)) return std::string(name);
  return absl::StrCat(prefix, name);
}

absl::Status ReadPair(absl::string_view key, std::string value, GitRef& git) {
  if (key == "ref") return SetOnce("ref", std::move(value), git.ref);
  if (key == "subdir") return SetOnce("subdir", std::move(value), git.subdir);
  if (key == "checksum" || key == "commit") {
    return SetOnce("checksum", std::move(value), git.checksum);
  }
  if (key == "keep-git-dir") {
    ABSL_ASSIGN_OR_RETURN(git.keep_git_dir, BoolOf(key, value));
  } else if (key == "submodules") {
    ABSL_ASSIGN_OR_RETURN(git.submodules, BoolOf(key, value));
  } else if (key == "fetch-by-commit") {
    ABSL_ASSIGN_OR_RETURN(git.fetch_by_commit, BoolOf(key, value));
  } else if (key == "mtime") {
    if (value != "checkout" && value != "commit") {
      return Invalid("invalid mtime value: ", GoQuote(value));
    }
    git.mtime = std::move(value);
  } else {
    return Invalid("unexpected query ", GoQuote(key));
  }
  return absl::OkStatus();
}

absl::Status ReadQuery(absl::string_view query, GitRef& git) {
  std::set<std::string> seen;
  std::string tag, branch;
  for (absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    std::string value = PercentDecoded(CutAt('=', pair).value_or(""));
    const std::string key = PercentDecoded(pair);
    if (!seen.insert(key).second) {
      return Invalid("query ", GoQuote(key), " has multiple values");
    }
    if (key == "tag") {
      tag = WithPrefix("refs/tags/", value);
    } else if (key == "branch") {
      branch = WithPrefix("refs/heads/", value);
    } else {
      ABSL_RETURN_IF_ERROR(ReadPair(key, std::move(value), git));
    }
  }
  if (!tag.empty() && !branch.empty()) {
    return Invalid("branch conflicts with tag");
  }
  if (!tag.empty()) return SetOnce("ref", std::move(tag), git.ref);
  if (!branch.empty()) return SetOnce("ref", std::move(branch), git.ref);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<GitRef>> ParseGitRef(absl::string_view source) {
  absl::string_view remote = source;
  const std::optional<absl::string_view> fragment = CutAt('#', remote);
  const std::optional<absl::string_view> query = CutAt('?', remote);
  if (!IsGitRemote(remote)) return std::nullopt;
  GitRef git = {.remote = std::string(remote)};
  if (fragment) {
    absl::string_view ref = *fragment;
    git.subdir = std::string(CutAt(':', ref).value_or(""));
    git.ref = std::string(ref);
  }
  if (query) {
    ABSL_RETURN_IF_ERROR(ReadQuery(*query, git));
  }
  return git;
}

}  // namespace rules_dockerfile
