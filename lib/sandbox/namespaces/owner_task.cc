#include "lib/sandbox/namespaces/owner_task.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/namespaces.h"

namespace rules_dockerfile {
namespace {

using Task = absl::FunctionRef<absl::StatusOr<std::string>()>;

// The status' code as one character, then its message or the value.
std::string ToText(const absl::StatusOr<std::string>& result) {
  const char code =
      static_cast<char>('A' + static_cast<int>(result.status().code()));
  return absl::StrCat(std::string(1, code),
                      result.ok() ? *result : result.status().message());
}

absl::StatusOr<std::string> FromText(absl::string_view text) {
  if (text.empty()) return absl::InternalError("a child process was killed");
  const int code = text[0] - 'A';
  if (code == 0) return std::string(text.substr(1));
  return absl::Status(static_cast<absl::StatusCode>(code), text.substr(1));
}

[[noreturn]] void RunChild(Task task, int report_fd, pid_t parent) {
  DieWithParent(parent);
  umask(0);
  WriteAll(report_fd, ToText(task()));
  // Without destructors: what is copied from the parent is the parent's.
  _exit(0);
}

}  // namespace

absl::StatusOr<std::string> RunInChild(Task task) {
  ABSL_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (child == 0) RunChild(task, report.write.get(), parent);
  report.write.Close();
  const std::string text = ReadAll(report.read.get());
  WaitForChild(child);
  return FromText(text);
}

absl::StatusOr<std::string> RunAsOwner(OwnerStore owners, Task task) {
  if (owners == OwnerStore::kReal) return task();
  return RunInChild([owners, task]() -> absl::StatusOr<std::string> {
    ABSL_RETURN_IF_ERROR(EnterUserNamespace(owners));
    return task();
  });
}

}  // namespace rules_dockerfile
