#ifndef LIB_PROCESS_CHILD_PROCESS_H_
#define LIB_PROCESS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Connects a process and its child. No end survives an exec.

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};
absl::StatusOr<Pipe> MakePipe();

// Two ends of a Unix stream socket: one of each process.
struct SocketPair {
  UniqueFd here;
  UniqueFd there;
};
absl::StatusOr<SocketPair> MakeSocketPair();

// False if the other end is gone.
bool WriteAll(int fd, absl::string_view bytes);

// Reads until the other end is closed.
std::string ReadAll(int fd);

// Waits for the child to end, whatever signals come; its status as of
// waitpid(2).
int WaitForChild(pid_t pid);

// Makes the kernel kill this process when `parent`, its maker, ends; ends it
// now if that has ended. Must be called again after a change of credentials,
// which resets it.
void DieWithParent(pid_t parent);

// Makes this process adopt all processes that its children leave behind: for a
// process without its own pid namespace.
void AdoptOrphans();

// The processes whose parent is this thread, as far as /proc shows them.
std::vector<pid_t> ChildProcesses();

// How long a command's processes may take to end when they are killed.
inline constexpr absl::Duration kKillLimit = absl::Seconds(10);

// Kills all children but `spared`, and what they leave behind, and waits for
// their end. False if one of them is left: this process may not kill it, or it
// did not end within `limit`, because the kernel or a tracer holds it. Must be
// called from the thread that forked: ChildProcesses() has no others.
bool KillChildren(absl::Duration limit, absl::Span<const pid_t> spared = {});

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_CHILD_PROCESS_H_
