#ifndef LIB_SANDBOX_SUPERVISOR_PERMISSIONS_H_
#define LIB_SANDBOX_SUPERVISOR_PERMISSIONS_H_

#include <sys/types.h>

#include <cstdint>

#include "lib/sandbox/supervisor/credentials.h"

namespace rules_dockerfile {

// What is asked of a file; they may be combined. The bits of one class.
inline constexpr mode_t kToRead = 04;
inline constexpr mode_t kToWrite = 02;
inline constexpr mode_t kToSearch = 01;  // of a directory
inline constexpr mode_t kToExecute = 01;

// What decides who may use a file.
struct FileAccess {
  mode_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
};

// Whether every user is permitted, whoever owns a file of that mode.
bool AllowsAll(mode_t mode, mode_t wanted);

// Whether a user without capabilities about files is permitted:
// path_resolution(7), "Permissions". There are no ACLs.
bool Allows(const FileAccess& file, const ProcessCredentials& user,
            mode_t wanted);

inline bool Owns(const FileAccess& file, const ProcessCredentials& user) {
  return file.uid == user.uid.filesystem;
}

// Whether the sticky bit of `directory` keeps the user from removing or
// renaming `file` in it: inode(7), "restricted deletion flag".
bool KeepsFile(const FileAccess& directory, const FileAccess& file,
               const ProcessCredentials& user);

// Whether the user may make hard links to `file`, where protected_hardlinks is
// 1, as systemd sets it: proc(5).
bool MayLink(const FileAccess& file, const ProcessCredentials& user);

// Those who access(2) asks for: with the real ids in the place of the others.
ProcessCredentials WithRealIds(const ProcessCredentials& user);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_PERMISSIONS_H_
