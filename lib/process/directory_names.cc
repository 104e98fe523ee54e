#include "lib/process/directory_names.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

std::optional<std::vector<std::string>> DirectoryNames(UniqueFd directory) {
  DIR* stream = directory.ok() ? fdopendir(directory.get()) : nullptr;
  if (stream == nullptr) return std::nullopt;
  directory.Release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  closedir(stream);
  errno = error;
  if (error != 0) return std::nullopt;
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::vector<std::string>> DirectoryNamesAt(int fd) {
  return DirectoryNames(
      UniqueFd(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

}  // namespace rules_dockerfile
