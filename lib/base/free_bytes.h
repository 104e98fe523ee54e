#ifndef LIB_BASE_FREE_BYTES_H_
#define LIB_BASE_FREE_BYTES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The path of the directory that the file `path` of the host is in, for a
// system call: "d/" of "d/f", "." of "f".
std::string HostDirectoryOf(absl::string_view path);

// What is free, in bytes, in the file system of an open file or directory. If
// the system does not say, half of what the type can hold: more than any disk
// has, and something can be added to it.
int64_t FreeBytes(int fd);

// The same in the file system of the file or directory `path`.
int64_t FreeBytesAt(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_FREE_BYTES_H_
