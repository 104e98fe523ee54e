#ifndef LIB_SANDBOX_MACHINE_SHOWN_MACHINE_H_
#define LIB_SANDBOX_MACHINE_SHOWN_MACHINE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A machine that is the same on every host: so many processors that can what
// every processor of their kind can, and memory that goes with them.

// More than this cannot be shown.
inline constexpr int kMaxShownProcessors = 64;

// What uname(2) says of the kernel: the oldest with long-term support that all
// of a sandbox works on, so that what a program concludes from it holds.
inline constexpr char kShownKernelRelease[] = "5.15.0";
inline constexpr char kShownKernelVersion[] = "#1 SMP";

// Bytes of memory in all, of which a quarter is in use.
inline constexpr int64_t ShownMemory(int processors) {
  return int64_t{processors} << 31;
}
inline constexpr int64_t ShownFreeMemory(int processors) {
  return ShownMemory(processors) / 4 * 3;
}

// Path and contents of a file.
using ShownFile = std::pair<std::string, std::string>;

// Files of /proc, by absolute path. `machine` is as in `uname -m`: of another
// than x86_64 and aarch64 the processors are numbered and no more. `boot_time`
// is in seconds.
std::vector<ShownFile> ShownProcFiles(int processors, absl::string_view machine,
                                      int64_t boot_time);

// Files of /sys/devices/system/cpu, relative to it: which processors exist,
// each a separate core in one package.
std::vector<ShownFile> ShownProcessorFiles(int processors);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_MACHINE_SHOWN_MACHINE_H_
