#include "lib/registry/credential_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxOutput = 1 << 20;

// The name goes into that of a program.
bool IsHelperName(const std::string& helper) {
  return !helper.empty() && absl::c_all_of(helper, [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

std::string ReadToEnd(int fd) {
  std::string output;
  char buffer[4096];
  while (output.size() < kMaxOutput) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    output.append(buffer, static_cast<size_t>(n));
  }
  return output;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> RunCredentialHelper(
    const std::string& helper, const std::string& registry) {
  if (!IsHelperName(helper)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", helper, "\" is not a credential helper's name"));
  }
  int input[2];
  int output[2];
  if (pipe2(input, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a pipe");
  }
  if (pipe2(output, O_CLOEXEC) != 0) {
    const absl::Status status =
        absl::ErrnoToStatus(errno, "cannot make a pipe");
    close(input[0]);
    close(input[1]);
    return status;
  }
  const std::string program = absl::StrCat("docker-credential-", helper);
  std::string get = "get";
  char* const argv[] = {const_cast<char*>(program.c_str()), get.data(),
                        nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  absl::Cleanup close_output = [&] { close(output[0]); };
  if (error != 0) {
    close(input[1]);
    return absl::ErrnoToStatus(error,
                               absl::StrCat("cannot run \"", program, "\""));
  }
  // A helper that does not read its input must not end this program.
  signal(SIGPIPE, SIG_IGN);
  const std::string line = absl::StrCat(registry, "\n");
  const ssize_t written = write(input[1], line.data(), line.size());
  close(input[1]);
  std::string text = ReadToEnd(output[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && written > 0) {
    return text;
  }
  if (absl::StrContains(text, "credentials not found")) return std::nullopt;
  return absl::UnavailableError(absl::StrCat("\"", program, "\" fails"));
}

}  // namespace rules_dockerfile
