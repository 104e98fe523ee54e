#include "lib/sandbox/namespaces/users.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxId = (int64_t{1} << 31) - 1;

struct PasswdLine {
  absl::string_view name;
  uint32_t uid = 0;
  uint32_t gid = 0;
  absl::string_view home;
};

struct GroupLine {
  absl::string_view name;
  uint32_t gid = 0;
  std::vector<absl::string_view> members;
};

std::optional<int64_t> ParseNumber(absl::string_view text) {
  int64_t value = 0;
  if (text.empty() || !absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

uint32_t ParseIdOrZero(absl::string_view text) {
  return static_cast<uint32_t>(ParseNumber(text).value_or(0));
}

// The colon-separated fields of each line; missing ones are empty.
std::vector<std::vector<absl::string_view>> SplitLines(absl::string_view text,
                                                       size_t fields) {
  std::vector<std::vector<absl::string_view>> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    std::vector<absl::string_view> parts = absl::StrSplit(line, ':');
    parts.resize(std::max(parts.size(), fields));
    lines.push_back(std::move(parts));
  }
  return lines;
}

std::vector<PasswdLine> ParsePasswd(absl::string_view text) {
  std::vector<PasswdLine> lines;
  for (const auto& parts : SplitLines(text, 7)) {
    lines.push_back({.name = parts[0],
                     .uid = ParseIdOrZero(parts[2]),
                     .gid = ParseIdOrZero(parts[3]),
                     .home = parts[5]});
  }
  return lines;
}

std::vector<GroupLine> ParseGroup(absl::string_view text) {
  std::vector<GroupLine> lines;
  for (const auto& parts : SplitLines(text, 4)) {
    lines.push_back({.name = parts[0],
                     .gid = ParseIdOrZero(parts[2]),
                     .members = absl::StrSplit(parts[3], ',')});
  }
  return lines;
}

absl::StatusOr<uint32_t> CheckId(int64_t id) {
  if (id < 0 || id > kMaxId) {
    return absl::InvalidArgumentError(
        "uids and gids must be in range 0-2147483647");
  }
  return static_cast<uint32_t>(id);
}

std::string HomeOf(uint32_t uid, const std::vector<PasswdLine>& passwd) {
  for (const PasswdLine& line : passwd) {
    if (line.uid == uid) {
      return line.home.empty() ? "/" : std::string(line.home);
    }
  }
  return "/";
}

absl::StatusOr<uint32_t> FindGroup(absl::string_view name,
                                   const std::vector<GroupLine>& groups) {
  const std::optional<int64_t> number = ParseNumber(name);
  for (const GroupLine& line : groups) {
    if (line.name == name || (number.has_value() && line.gid == *number)) {
      return line.gid;
    }
  }
  if (number.has_value()) return CheckId(*number);
  return absl::NotFoundError(absl::StrCat(
      "unable to find group ", name, ": no matching entries in group file"));
}

// The user by name or number, with the groups that list it; `groups` is not
// set to hold the gid yet.
absl::StatusOr<UserIds> FindUser(absl::string_view name,
                                 const std::vector<PasswdLine>& passwd,
                                 const std::vector<GroupLine>& groups) {
  const std::optional<int64_t> number = ParseNumber(name);
  for (const PasswdLine& line : passwd) {
    if (line.name != name && !(number.has_value() && line.uid == *number)) {
      continue;
    }
    UserIds ids = {.uid = line.uid, .gid = line.gid, .groups = {line.gid}};
    for (const GroupLine& group : groups) {
      const bool member = std::find(group.members.begin(), group.members.end(),
                                    line.name) != group.members.end();
      if (member && group.gid != line.gid) ids.groups.push_back(group.gid);
    }
    return ids;
  }
  if (!number.has_value()) {
    return absl::NotFoundError(absl::StrCat(
        "unable to find user ", name, ": no matching entries in passwd file"));
  }
  ABSL_ASSIGN_OR_RETURN(const uint32_t uid, CheckId(*number));
  return UserIds{.uid = uid, .gid = 0, .groups = {0}};
}

}  // namespace

absl::StatusOr<UserIds> ResolveUser(absl::string_view user,
                                    absl::string_view passwd,
                                    absl::string_view group) {
  if (user.empty()) user = "0";
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(user, absl::MaxSplits(':', 1));
  const std::vector<PasswdLine> passwd_lines = ParsePasswd(passwd);
  const std::optional<int64_t> uid = ParseNumber(parts.first);
  const std::optional<int64_t> gid = ParseNumber(parts.second);
  UserIds ids;
  if (uid.has_value() && gid.has_value()) {
    ABSL_ASSIGN_OR_RETURN(ids.uid, CheckId(*uid));
    ABSL_ASSIGN_OR_RETURN(ids.gid, CheckId(*gid));
    ids.groups = {ids.gid};
  } else {
    const std::vector<GroupLine> group_lines = ParseGroup(group);
    ABSL_ASSIGN_OR_RETURN(ids, FindUser(parts.first.empty() ? "0" : parts.first,
                                        passwd_lines, group_lines));
    if (!parts.second.empty()) {
      ABSL_ASSIGN_OR_RETURN(ids.gid, FindGroup(parts.second, group_lines));
      ids.groups = {ids.gid};
    }
  }
  ids.home = HomeOf(ids.uid, passwd_lines);
  return ids;
}

}  // namespace rules_dockerfile
