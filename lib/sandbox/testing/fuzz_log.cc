#include "lib/sandbox/testing/fuzz_log.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <string>

namespace rules_dockerfile {

void FuzzLog::TellStat(const char* what, const struct stat& info) {
  Tell(
      0, "%s %o %u:%u %u,%u", what, info.st_mode, info.st_uid, info.st_gid,
      S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) ? major(info.st_rdev) : 0,
      S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) ? minor(info.st_rdev) : 0);
}

std::string FuzzLog::Path() {
  const char* const names[] = {"a", "b", "c", "d", "e"};
  const char* const starts[] = {"/w/", "/w/", "", "./", "../w/", "//w//"};
  std::string path = Of(starts);
  const int depth = Pick(3);
  for (int i = 0; i < depth; ++i) {
    path += std::string(Of(names)) + (Pick(12) == 0 ? "/../" : "/");
  }
  path += Of(names);
  if (Pick(40) == 0) path += "/";
  return path;
}

unsigned FuzzLog::Id() {
  const unsigned id = Of(kIds);
  return id == kKeep ? 5 : id;
}

}  // namespace rules_dockerfile
