#include "lib/sandbox/start_command.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/starter_program.h"

namespace rules_dockerfile {
namespace {

constexpr int kExitNotStarted = 127;
constexpr unsigned kCloseRangeCloexec = 4;  // CLOSE_RANGE_CLOEXEC
constexpr unsigned kMfdExec = 0x10;         // MFD_EXEC, Linux 6.3

// The first byte of a report.
constexpr char kSetupFailed = 's';  // the sandbox is at fault: a message
constexpr char kNotFound = 'n';     // there is no such program: a message
// "PATH\0" is executed. If that failed, errno, an int; if not even the starter
// could be, a report kSetupFailed.
constexpr char kStarting = 'x';

// Has the kernel close descriptors from 3 on when the starter starts.
void CloseOnExecute() {
  if (syscall(SYS_close_range, 3u, ~0u, kCloseRangeCloexec) == 0) return;
  // Before Linux 5.11. All of ours have the flag already; what the caller of
  // this program left open has not.
  const long limit = sysconf(_SC_OPEN_MAX);
  for (int fd = 3; fd < limit; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void Fail(int error_fd, char kind, absl::string_view message) {
  WriteAll(error_fd, absl::StrCat(std::string(1, kind), message));
  _exit(kExitNotStarted);
}

absl::string_view PathOf(const std::vector<std::string>& env) {
  for (absl::string_view variable : env) {
    if (absl::ConsumePrefix(&variable, "PATH=")) return variable;
  }
  return "";
}

// The path of the program; "" if there is none.
std::string FindProgram(const std::string& name,
                        const std::vector<std::string>& env) {
  if (absl::StrContains(name, '/')) return name;
  for (const absl::string_view directory : absl::StrSplit(PathOf(env), ':')) {
    std::string path =
        absl::StrCat(directory.empty() ? "." : directory, "/", name);
    struct stat info;
    if (stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        (info.st_mode & 0111) != 0) {
      return path;
    }
  }
  return "";
}

std::vector<char*> CStrings(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

absl::StatusOr<UniqueFd> MakeStarter() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  UniqueFd file(memfd_create("starter", kFlags | kMfdExec));
  if (!file.ok() && errno == EINVAL) {
    file = UniqueFd(memfd_create("starter", kFlags));
  }
  if (!file.ok() || !WriteAll(file.get(), StarterProgram()) ||
      fcntl(file.get(), F_ADD_SEALS,
            F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
    return absl::ErrnoToStatus(errno, "cannot create a program in memory");
  }
  return file;
}

// Puts copies of both where the starter has them.
absl::Status PlaceDescriptors(int error_fd, int starter) {
  const UniqueFd error(fcntl(error_fd, F_DUPFD_CLOEXEC, kStarterFileFd + 1));
  const UniqueFd file(fcntl(starter, F_DUPFD_CLOEXEC, kStarterFileFd + 1));
  if (dup2(error.get(), kStarterErrorFd) < 0 ||
      dup2(file.get(), kStarterFileFd) < 0) {
    return absl::ErrnoToStatus(errno, "cannot pass descriptors");
  }
  return absl::OkStatus();
}

// Returns why the command itself cannot be executed, as an errno.
absl::StatusOr<int> ExecuteStarter(std::vector<std::string> argv,
                                   const std::vector<std::string>& env,
                                   int error_fd) {
  ABSL_ASSIGN_OR_RETURN(UniqueFd starter, MakeStarter());
  CloseOnExecute();
  ABSL_RETURN_IF_ERROR(PlaceDescriptors(error_fd, starter.Release()));
  syscall(SYS_execveat, kStarterFileFd, "", CStrings(argv).data(),
          CStrings(env).data(), AT_EMPTY_PATH);
  if (errno == E2BIG) return E2BIG;
  return absl::ErrnoToStatus(errno, "cannot execute a program in memory");
}

std::string Because(absl::string_view what, int error) {
  return absl::StrCat(what, ": ", absl::AsciiStrToLower(strerror(error)));
}

// Why `path` could not be executed: what of it is the command's name, and what
// was found in PATH, has other words.
StartReport ExplainExecute(absl::string_view name, const std::string& path,
                           int error) {
  const bool not_found = error == ENOENT;
  if (!absl::StrContains(name, '/')) {
    return {Because(absl::StrCat("exec ", path), error), not_found};
  }
  const std::string exec = absl::StrCat("exec: \"", name, "\"");
  if (not_found) {
    return {Because(absl::StrCat(exec, ": stat ", name), error), true};
  }
  return {Because(exec, error), false};
}

}  // namespace

void FailSetup(const absl::Status& error, int error_fd) {
  Fail(error_fd, kSetupFailed, error.message());
}

void StartCommand(const std::vector<std::string>& argv,
                  const std::vector<std::string>& env, int error_fd) {
  const std::string path = FindProgram(argv[0], env);
  if (path.empty()) {
    Fail(error_fd, kNotFound,
         absl::StrCat("exec: \"", argv[0],
                      "\": executable file not found in $PATH"));
  }
  std::vector<std::string> arguments = {path};
  arguments.insert(arguments.end(), argv.begin(), argv.end());
  WriteAll(error_fd, absl::StrCat(std::string(1, kStarting), path,
                                  absl::string_view("\0", 1)));
  const absl::StatusOr<int> error =
      ExecuteStarter(std::move(arguments), env, error_fd);
  if (!error.ok()) FailSetup(error.status(), error_fd);
  WriteAll(error_fd, absl::string_view(reinterpret_cast<const char*>(&*error),
                                       sizeof *error));
  _exit(kExitNotStarted);
}

absl::StatusOr<StartReport> ParseStartReport(absl::string_view text,
                                             absl::string_view name) {
  if (text.empty()) return StartReport();
  const char kind = text[0];
  text.remove_prefix(1);
  if (kind == kSetupFailed) return absl::InternalError(text);
  if (kind == kNotFound) return StartReport{std::string(text), true};
  const size_t end = text.find('\0');
  const std::string path(text.substr(0, end));
  text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
  if (text.empty()) return StartReport();
  int error = 0;
  if (text.size() != sizeof error) return absl::InternalError(text.substr(1));
  memcpy(&error, text.data(), sizeof error);
  return ExplainExecute(name, path, error);
}

}  // namespace rules_dockerfile
