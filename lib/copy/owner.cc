#include "lib/copy/owner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/owner_id.h"
#include "lib/layer/file_tree.h"

namespace rules_dockerfile {
namespace {

struct UserAndGroup {
  absl::string_view user;
  std::optional<absl::string_view> group;
};

UserAndGroup Split(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return {.user = text, .group = {}};
  return {.user = text.substr(0, colon), .group = text.substr(colon + 1)};
}

// The id that a number or "root" is; nullopt for other names.
absl::StatusOr<std::optional<int64_t>> IdOf(absl::string_view name) {
  if (name == "root") return 0;
  const std::optional<int64_t> id = ParseOwnerId(name);
  if (!id.has_value()) return std::nullopt;
  ABSL_RETURN_IF_ERROR(CheckOwnerId(*id, kMaxUserId));
  return id;
}

// The fields of the first line of a passwd(5) or group(5) text for `name`.
std::vector<std::string> FindLine(const std::optional<std::string>& text,
                                  absl::string_view name) {
  if (!text.has_value()) return {};
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    std::vector<std::string> fields = absl::StrSplit(line, ':');
    if (fields.front() == name) return fields;
  }
  return {};
}

// FailedPrecondition if the database at `path` is a file that was not read: it
// is in a layer without the links that lead to it.
absl::Status CheckRead(const std::optional<std::string>& text,
                       const std::string& path, const FileTree& rootfs) {
  if (text.has_value()) return absl::OkStatus();
  const absl::StatusOr<std::string> file =
      rootfs.Resolve(path, /*follow_last=*/true);
  if (!file.ok() || *file == path || rootfs.Find(*file) == nullptr) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("/", path, " leads to /", *file,
                   ", which another layer has: its names are not known here\n"
                   "hint: use numbers, or make both in one layer"));
}

// The number in field `index`; 0 if there is none.
absl::StatusOr<int64_t> NumberAt(const std::vector<std::string>& fields,
                                 size_t index) {
  if (index >= fields.size()) return 0;
  const int64_t id = ParseOwnerId(fields[index]).value_or(0);
  ABSL_RETURN_IF_ERROR(CheckOwnerId(id, kMaxUserId));
  return id;
}

}  // namespace

absl::StatusOr<Owner> ResolveOwner(absl::string_view user_and_group,
                                   const FileTree& rootfs) {
  const auto [user, group] = Split(user_and_group);
  Owner owner;
  ABSL_ASSIGN_OR_RETURN(const std::optional<int64_t> uid, IdOf(user));
  if (uid.has_value()) {
    owner = {.uid = *uid, .gid = *uid};
  } else {
    // name:password:uid:gid:…
    ABSL_RETURN_IF_ERROR(CheckRead(rootfs.passwd(), "etc/passwd", rootfs));
    const std::vector<std::string> line = FindLine(rootfs.passwd(), user);
    ABSL_ASSIGN_OR_RETURN(owner.uid, NumberAt(line, 2));
    ABSL_ASSIGN_OR_RETURN(owner.gid, NumberAt(line, 3));
  }
  if (!group.has_value()) return owner;
  ABSL_ASSIGN_OR_RETURN(const std::optional<int64_t> gid, IdOf(*group));
  if (gid.has_value()) {
    owner.gid = *gid;
    return owner;
  }
  ABSL_RETURN_IF_ERROR(CheckRead(rootfs.group(), "etc/group", rootfs));
  // name:password:gid:…
  const std::vector<std::string> line = FindLine(rootfs.group(), *group);
  if (!line.empty()) {
    ABSL_ASSIGN_OR_RETURN(owner.gid, NumberAt(line, 2));
  }
  return owner;
}

absl::StatusOr<Owner> ResolveOwnerByNumber(absl::string_view user_and_group) {
  const auto [user, group] = Split(user_and_group);
  ABSL_ASSIGN_OR_RETURN(const std::optional<int64_t> uid, IdOf(user));
  std::optional<int64_t> gid = uid;
  if (group.has_value()) {
    ABSL_ASSIGN_OR_RETURN(gid, IdOf(*group));
  }
  if (uid.has_value() && gid.has_value()) return Owner{*uid, *gid};
  return absl::InvalidArgumentError(
      absl::StrCat("invalid user index: -1 (there is no /etc/passwd to look \"",
                   user_and_group, "\" up in)"));
}

}  // namespace rules_dockerfile
