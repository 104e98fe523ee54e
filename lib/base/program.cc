#include "lib/base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/base/blocked_sigpipe.h"
#include "lib/base/byte_source.h"

extern char** environ;

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxErrors = 8192;

// Two descriptors, closed at the latest with this.
class Pipe {
 public:
  Pipe() { made_ = pipe2(ends_, O_CLOEXEC) == 0; }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool made() const { return made_; }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void CloseRead() { Close(ends_[0]); }
  void CloseWrite() { Close(ends_[1]); }

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }

  bool made_ = false;
  int ends_[2] = {-1, -1};
};

// Writes all that the source has, or until nobody reads it.
absl::Status WriteInput(int fd, ByteSource& source) {
  // A program that does not read its input must not end this one.
  const BlockedSigpipe blocked;
  std::string buffer(size_t{1} << 16, '\0');
  while (true) {
    ABSL_ASSIGN_OR_RETURN(
        const size_t size,
        source.Read(absl::MakeSpan(buffer.data(), buffer.size())));
    if (size == 0) return absl::OkStatus();
    absl::string_view rest(buffer.data(), size);
    while (!rest.empty()) {
      const ssize_t n = write(fd, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return absl::OkStatus();
      rest.remove_prefix(static_cast<size_t>(n));
    }
  }
}

// Reads both pipes to their ends, or until `deadline`: false.
bool Drain(Pipe& output, Pipe& errors, absl::Time deadline,
           const ProgramOptions& options, ProgramResult& result) {
  while (output.read_end() >= 0 || errors.read_end() >= 0) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    // One that is closed is -1, which poll(2) leaves out.
    pollfd fds[] = {{output.read_end(), POLLIN, 0},
                    {errors.read_end(), POLLIN, 0}};
    // Rounded up, and at most a minute: there need not be a deadline.
    const int64_t wait =
        std::min<int64_t>(absl::ToInt64Milliseconds(left), 59'999) + 1;
    if (poll(fds, 2, static_cast<int>(wait)) <= 0) continue;
    for (Pipe* pipe : {&output, &errors}) {
      if (fds[pipe == &errors].revents == 0) continue;
      char buffer[4096];
      const ssize_t n = read(pipe->read_end(), buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        pipe->CloseRead();
      } else if (pipe == &output) {
        const size_t room = options.max_output - result.output.size();
        result.output.append(buffer, std::min(static_cast<size_t>(n), room));
      } else {
        result.errors.append(buffer, static_cast<size_t>(n));
        if (result.errors.size() > kMaxErrors) {
          result.errors.erase(0, result.errors.size() - kMaxErrors);
        }
      }
    }
  }
  return true;
}

// The strings as execve(2) takes them; borrows them.
std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the program with its ends of the pipes. Returns its pid.
absl::StatusOr<pid_t> Spawn(const ProgramOptions& options, Pipe& input,
                            Pipe& output, Pipe& errors) {
  const std::vector<char*> argv = Pointers(options.argv);
  std::vector<char*> own;
  if (options.environment.has_value()) own = Pointers(*options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.read_end(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.write_end(), STDOUT_FILENO);
  if (options.keep_errors) {
    posix_spawn_file_actions_adddup2(&actions, errors.write_end(),
                                     STDERR_FILENO);
  }
  const bool bounded = options.timeout < absl::InfiniteDuration();
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A separate process group, so that all of it can be killed.
  if (bounded) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(),
                   own.empty() ? environ : own.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    return absl::ErrnoToStatus(
        error, absl::StrCat("cannot run \"", options.argv[0], "\""));
  }
  return pid;
}

}  // namespace

absl::StatusOr<ProgramResult> RunProgram(const ProgramOptions& options) {
  Pipe input, output, errors;
  if (!input.made() || !output.made() || !errors.made()) {
    return absl::ErrnoToStatus(errno, "cannot create a pipe");
  }
  ABSL_ASSIGN_OR_RETURN(const pid_t pid, Spawn(options, input, output, errors));
  input.CloseRead();
  output.CloseWrite();
  errors.CloseWrite();
  ViewSource text(options.input);
  const absl::Status written = WriteInput(
      input.write_end(), options.source != nullptr ? *options.source : text);
  input.CloseWrite();
  ProgramResult result;
  result.timed_out =
      !Drain(output, errors, absl::Now() + options.timeout, options, result);
  if (result.timed_out) kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (!written.ok()) return written;
  return result;
}

}  // namespace rules_dockerfile
