#ifndef LIB_SANDBOX_STARTER_PROGRAM_H_
#define LIB_SANDBOX_STARTER_PROGRAM_H_

#include <string>

namespace rules_dockerfile {

// The descriptors that the starter gets. It has both closed when the command
// starts.
inline constexpr int kStarterErrorFd = 3;
inline constexpr int kStarterFileFd = 4;

// A program for the host, a complete ELF file that needs nothing else:
//
//   starter PATH ARGV…
//
// It takes all permissions from the file kStarterFileFd, which is itself, and
// executes PATH with ARGV and its own environment. If that fails it writes
// errno, an int, to kStarterErrorFd and exits with 127.
std::string StarterProgram();

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_STARTER_PROGRAM_H_
