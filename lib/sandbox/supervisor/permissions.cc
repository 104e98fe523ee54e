#include "lib/sandbox/supervisor/permissions.h"

#include <sys/stat.h>

#include "lib/sandbox/supervisor/credentials.h"

namespace rules_dockerfile {

bool AllowsAll(mode_t mode, mode_t wanted) {
  const mode_t all = wanted << 6 | wanted << 3 | wanted;
  return (mode & all) == all;
}

bool Allows(const FileAccess& file, const ProcessCredentials& user,
            mode_t wanted) {
  mode_t granted = file.mode;
  if (Owns(file, user)) {
    granted >>= 6;
  } else if (user.InGroup(file.gid)) {
    granted >>= 3;
  }
  return (granted & wanted) == wanted;
}

bool KeepsFile(const FileAccess& directory, const FileAccess& file,
               const ProcessCredentials& user) {
  return (directory.mode & S_ISVTX) != 0 && !Owns(file, user) &&
         !Owns(directory, user);
}

bool MayLink(const FileAccess& file, const ProcessCredentials& user) {
  constexpr mode_t kSetgidProgram = S_ISGID | S_IXGRP;
  if (Owns(file, user)) return true;
  return S_ISREG(file.mode) && (file.mode & S_ISUID) == 0 &&
         (file.mode & kSetgidProgram) != kSetgidProgram &&
         Allows(file, user, kToRead | kToWrite);
}

ProcessCredentials WithRealIds(const ProcessCredentials& user) {
  ProcessCredentials asked = user;
  asked.uid.filesystem = user.uid.real;
  asked.gid.filesystem = user.gid.real;
  asked.file_effective = user.uid.real == 0 && user.file_permitted;
  return asked;
}

}  // namespace rules_dockerfile
