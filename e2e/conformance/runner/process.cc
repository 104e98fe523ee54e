#include "e2e/conformance/runner/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace rules_dockerfile {
namespace {

// In the child: never returns.
[[noreturn]] void Exec(std::vector<char*> argv, const char* directory,
                       const char* log) {
  if (chdir(directory) == 0) {
    const int fd =
        *log ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644) : STDERR_FILENO;
    if (fd >= 0 && (!*log || (dup2(fd, STDOUT_FILENO) >= 0 &&
                              dup2(fd, STDERR_FILENO) >= 0))) {
      execvp(argv[0], argv.data());
    }
  }
  perror(argv[0]);
  _exit(127);
}

}  // namespace

absl::StatusOr<int> RunProcess(const std::vector<std::string>& argv,
                               const std::string& directory,
                               const std::string& log) {
  std::vector<char*> pointers;
  for (const std::string& arg : argv) {
    pointers.push_back(const_cast<char*>(arg.c_str()));
  }
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (child == 0) Exec(pointers, directory.c_str(), log.c_str());
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot wait");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

absl::Status ArchiveDirectory(const std::string& directory,
                              const std::string& archive) {
  const bool present = std::filesystem::is_directory(directory);
  const std::vector<std::string> argv = {
      "tar", "--create", "--format=posix", "--sort=name", "--owner=0",
      "--group=0", "--numeric-owner",
      // The times of files in a checkout are arbitrary.
      "--mtime=@1000000000", "--file", archive, "--directory",
      present ? directory : "/", present ? "." : "--files-from=/dev/null"};
  ABSL_ASSIGN_OR_RETURN(const int code, RunProcess(argv, "/", ""));
  if (code == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("tar of \"", directory, "\" exited with ", code));
}

}  // namespace rules_dockerfile
