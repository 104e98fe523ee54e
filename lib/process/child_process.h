#ifndef LIB_PROCESS_CHILD_PROCESS_H_
#define LIB_PROCESS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// What a process and its child talk through. No end outlives an exec.

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

// All that comes until the other end is closed.
std::string ReadAll(int fd);

// Waits for the child to end, whatever signals come; its status as of
// waitpid(2).
int WaitForChild(pid_t pid);

// Has the kernel kill this process when `parent`, the process that made it,
// ends; ends it now if that has. To be called again after a change of
// credentials, by which the kernel forgets it.
void DieWithParent(pid_t parent);

// Makes this process the parent of all that its children leave behind, and
// kills those: for a process without a pid namespace of its own.
void AdoptOrphans();
void KillChildren();

// The processes whose parent is this thread, as far as /proc shows them.
std::vector<pid_t> ChildProcesses();

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_CHILD_PROCESS_H_
