#include "lib/sandbox/testing/fuzz_file_access.h"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rules_dockerfile {
namespace {

constexpr uid_t kAsk = static_cast<uid_t>(-1);

bool expects_all_checks = false;

uid_t FileUid() { return static_cast<uid_t>(setfsuid(kAsk)); }
gid_t FileGid() { return static_cast<gid_t>(setfsgid(kAsk)); }

bool Permits(const struct stat& info, char wanted) {
  const mode_t bit = wanted == 'r' ? 4 : wanted == 'w' ? 2 : 1;
  int shift = 0;
  if (info.st_uid == FileUid()) {
    shift = 6;
  } else if (IsInGroup(info.st_gid)) {
    shift = 3;
  }
  return (info.st_mode & (bit << shift)) != 0;
}

std::string ParentOf(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  const size_t slash = path.find_last_of('/', end);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

bool IsOrdinaryUser() {
  static bool was_one = false;
  was_one = was_one || FileUid() != 0;
  return was_one;
}

void ExpectAllChecks() { expects_all_checks = true; }

bool ExpectsAllChecks() { return expects_all_checks; }

bool IsUnchecked() { return IsOrdinaryUser() && !expects_all_checks; }

bool IsInGroup(unsigned gid) {
  if (gid == FileGid()) return true;
  std::vector<gid_t> groups(64);
  const int count = getgroups(64, groups.data());
  return std::find(groups.begin(), groups.begin() + std::max(count, 0), gid) !=
         groups.begin() + std::max(count, 0);
}

bool OwnsFile(const std::string& path, bool follow) {
  struct stat info;
  if ((follow ? stat : lstat)(path.c_str(), &info) < 0) return true;
  return info.st_uid == FileUid();
}

bool MayAccess(const std::string& path, const std::string& wanted) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return true;
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](char letter) { return Permits(info, letter); });
}

bool IsInStickyDirectory(const std::string& path) {
  struct stat info;
  return stat(ParentOf(path).c_str(), &info) == 0 &&
         (info.st_mode & S_ISVTX) != 0;
}

bool MayChangeName(const std::string& path) {
  return MayAccess(ParentOf(path), "wx");
}

}  // namespace rules_dockerfile
