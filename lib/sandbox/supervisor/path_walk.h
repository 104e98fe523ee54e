#ifndef LIB_SANDBOX_SUPERVISOR_PATH_WALK_H_
#define LIB_SANDBOX_SUPERVISOR_PATH_WALK_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "lib/sandbox/supervisor/target_file.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {

// How the last part of a path is understood.
enum class LastPart {
  kFollowed,  // a symlink means its target
  kItself,    // a symlink means itself, unless the path ends in a slash
  kName,      // as unlink(2): itself, whatever ends the path
};

// How the file at the end is found.
enum class FoundFile {
  kHeld,      // with a descriptor
  kLookedAt,  // TargetFile::LookAt()
};

// Where a walk along a path led.
struct WalkEnd {
  bool refused = false;  // a directory on the way cannot be searched
  bool in_proc = false;  // or in /sys, where no walk leads on
  bool path_is_empty = false;
  // The directory in which the last part was looked for; nullopt if the path
  // ends in "." or "..", and where the walk ended early: for the two reasons
  // above, or the kernel has an error for it.
  std::optional<TargetFile> directory;
  std::string name;
  bool slash = false;              // follows the name
  std::optional<TargetFile> file;  // the existing file, if any
};

// Walks along the path that a process names, part by part, as
// path_resolution(7) has it. `may_search` is asked for each directory before
// something is looked for in it.
WalkEnd WalkPath(const TargetProcess& process, int directory_fd,
                 const std::string& path, LastPart last, FoundFile found,
                 bool chrooted,
                 absl::FunctionRef<bool(const TargetFile&)> may_search);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_PATH_WALK_H_
