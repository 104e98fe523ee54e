#ifndef LIB_SANDBOX_PROCESS_NAMES_H_
#define LIB_SANDBOX_PROCESS_NAMES_H_

#include <string>
#include <vector>

namespace rules_dockerfile {

// The ids of the processes in a /proc. Empty if it cannot be read.
std::vector<std::string> ProcessIds(int proc_fd);

// The directories in a /proc of the threads of a process, "12/task/34". Threads
// may differ in what they have open, and the one that began the process may
// have ended: then it has neither memory nor open files. Empty if the process
// is gone.
std::vector<std::string> ThreadDirectories(int proc_fd, const std::string& id);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_PROCESS_NAMES_H_
