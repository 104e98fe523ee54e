#include "lib/sandbox/process_names.h"

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/process/directory_names.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

std::vector<std::string> ProcessIds(int proc_fd) {
  std::vector<std::string> names =
      DirectoryNamesAt(proc_fd).value_or(std::vector<std::string>());
  std::erase_if(names, [](const std::string& name) {
    int id = 0;
    return !absl::SimpleAtoi(name, &id);
  });
  return names;
}

std::vector<std::string> ThreadDirectories(int proc_fd, const std::string& id) {
  const std::string tasks = absl::StrCat(id, "/task");
  UniqueFd directory(
      openat(proc_fd, tasks.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::vector<std::string> names =
      DirectoryNames(std::move(directory)).value_or(std::vector<std::string>());
  for (std::string& name : names) name = absl::StrCat(tasks, "/", name);
  return names;
}

}  // namespace rules_dockerfile
