#ifndef LIB_SANDBOX_TESTING_FUZZ_LOG_H_
#define LIB_SANDBOX_TESTING_FUZZ_LOG_H_

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "lib/sandbox/testing/fuzz_file_access.h"

namespace rules_dockerfile {

inline constexpr unsigned kKeep = static_cast<unsigned>(-1);
inline constexpr unsigned kIds[] = {0, 0, 1, 8, 33, 1000, 1001, 65534, kKeep};
// All directories may be searched by all: fuzz_file_access.h.
inline constexpr mode_t kDirectoryModes[] = {0777,  0777,  0755,
                                             02777, 02775, 01755};
inline constexpr mode_t kFileModes[] = {0644,  0666,  0600,  0755,  0777,
                                        04755, 02755, 06755, 02644, 0444};

// With all checks these, too.
inline constexpr mode_t kKeptDirectoryModes[] = {0700, 0750, 0711, 01775,
                                                 0077, 0500, 0777};
inline constexpr mode_t kKeptFileModes[] = {0640, 0604, 0060, 0, 0755, 0666};

// What a fuzzer draws, and what it prints of what came of it.
class FuzzLog {
 public:
  explicit FuzzLog(uint32_t seed) : random_(seed) {}

 protected:
  int Pick(int below) {
    return static_cast<int>(random_() % static_cast<uint32_t>(below));
  }
  template <typename T, size_t N>
  T Of(const T (&list)[N]) {
    return list[Pick(static_cast<int>(N))];
  }

  // A line of the log. The result counts, and the errno if it failed.
  template <typename... Arguments>
  void Tell(long result, const char* format, Arguments... arguments) {
    const int error = errno;
    IsOrdinaryUser();  // remembers it
    char text[1024];
    int length =
        snprintf(text, sizeof text, "%3d u%d ", ++line_, setfsuid(kKeep));
    length +=
        snprintf(text + length, sizeof text - length, format, arguments...);
    length += result >= 0 ? snprintf(text + length, sizeof text - length,
                                     " = %ld\n", result)
                          : snprintf(text + length, sizeof text - length,
                                     " = %s\n", strerrorname_np(error));
    [[maybe_unused]] const ssize_t ignored = write(1, text, length);
  }

  mode_t DirectoryMode() {
    return ExpectsAllChecks() && Pick(2) == 0 ? Of(kKeptDirectoryModes)
                                              : Of(kDirectoryModes);
  }
  mode_t FileMode() {
    return ExpectsAllChecks() && Pick(2) == 0 ? Of(kKeptFileModes)
                                              : Of(kFileModes);
  }

  void TellStat(const char* what, const struct stat& info);
  // A path of a file in /w, in one of many ways.
  std::string Path();
  unsigned Id();

  std::minstd_rand random_;

 private:
  int line_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_FUZZ_LOG_H_
