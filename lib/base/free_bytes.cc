#include "lib/base/free_bytes.h"

#include <sys/statvfs.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kUnknown = std::numeric_limits<int64_t>::max() / 2;

int64_t FreeBytesOf(const struct statvfs& info) {
  if (info.f_frsize == 0 || info.f_bavail > kUnknown / info.f_frsize) {
    return kUnknown;
  }
  return static_cast<int64_t>(info.f_bavail * info.f_frsize);
}

}  // namespace

std::string HostDirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos
             ? "."
             : std::string(path.substr(0, slash + 1));
}

int64_t FreeBytes(int fd) {
  struct statvfs info;
  return fstatvfs(fd, &info) < 0 ? kUnknown : FreeBytesOf(info);
}

int64_t FreeBytesAt(const std::string& path) {
  struct statvfs info;
  return statvfs(path.c_str(), &info) < 0 ? kUnknown : FreeBytesOf(info);
}

}  // namespace rules_dockerfile
