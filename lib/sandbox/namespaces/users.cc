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
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/owner_id.h"

namespace rules_dockerfile {
namespace {

struct PasswdLine {
  absl::string_view name;
  int64_t uid = 0;  // not checked
  int64_t gid = 0;
  absl::string_view home;
};

struct GroupLine {
  absl::string_view name;
  int64_t gid = 0;  // not checked
  std::vector<absl::string_view> members;
};

// As runc reads a field: what is not a number is 0.
int64_t ParseIdOrZero(absl::string_view text) {
  return ParseOwnerId(text).value_or(0);
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
  ABSL_RETURN_IF_ERROR(CheckOwnerId(id, kMaxUserId));
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
  const std::optional<int64_t> number = ParseOwnerId(name);
  for (const GroupLine& line : groups) {
    if (line.name == name || (number.has_value() && line.gid == *number)) {
      return CheckId(line.gid);
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
  const std::optional<int64_t> number = ParseOwnerId(name);
  for (const PasswdLine& line : passwd) {
    if (line.name != name && !(number.has_value() && line.uid == *number)) {
      continue;
    }
    UserIds ids;
    ABSL_ASSIGN_OR_RETURN(ids.uid, CheckId(line.uid));
    ABSL_ASSIGN_OR_RETURN(ids.gid, CheckId(line.gid));
    ids.groups = {ids.gid};
    for (const GroupLine& group : groups) {
      const bool member = std::find(group.members.begin(), group.members.end(),
                                    line.name) != group.members.end();
      if (!member || group.gid == line.gid) continue;
      ABSL_ASSIGN_OR_RETURN(ids.groups.emplace_back(), CheckId(group.gid));
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
  const std::optional<int64_t> uid = ParseOwnerId(parts.first);
  const std::optional<int64_t> gid = ParseOwnerId(parts.second);
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
