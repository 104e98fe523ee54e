#ifndef LIB_RUN_RUN_MEMORY_H_
#define LIB_RUN_RUN_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The default memory limit of a RUN: three quarters. `meminfo` is the text of
// /proc/meminfo; 0, no limit, if it does not say.
int64_t DefaultRunMemory(absl::string_view meminfo);

// The same for this host.
int64_t DefaultRunMemory();

// The memory that this process may use, in bytes: that of the host, or the
// least `memory.max` of the cgroups it is in; 0 if nothing says.
int64_t UsableMemory();

// The same from the texts of /proc/meminfo and /proc/self/cgroup, and the
// directory where cgroup v2 is mounted.
int64_t UsableMemory(absl::string_view meminfo, absl::string_view cgroup,
                     const std::string& mount);

// "103 MiB", "3.0 GiB".
std::string MemoryText(int64_t bytes);

// The line below the error of a RUN that used more than `limit` bytes.
std::string OutOfMemoryNote(int64_t limit);

// The same for one with more than `limit` processes.
std::string TooManyProcessesNote(int limit);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_RUN_MEMORY_H_
