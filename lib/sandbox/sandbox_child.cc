#include "lib/sandbox/sandbox_child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/owner_task.h"
#include "lib/sandbox/report.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/sandbox_process.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

[[noreturn]] void RunChild(const SandboxSpec& spec, SandboxStreams streams,
                           int report_fd, pid_t parent) {
  DieWithParent(parent);
  for (const int fd : spec.rootfs.not_inherited) close(fd);
  const absl::StatusOr<SandboxResult> result =
      RunSandboxProcess(spec, std::move(streams));
  WriteAll(report_fd, SandboxReportToText(result));
  // Without destructors: what is copied from the parent is the parent's.
  _exit(0);
}

void CleanScratch(const std::string& directory, SandboxMode mode) {
  if (directory.empty()) return;
  const UniqueFd fd(
      open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return;
  // All that is recorded is this user's; what is mapped is others', too.
  const OwnerStore owners =
      mode == SandboxMode::kMapped ? OwnerStore::kMapped : OwnerStore::kReal;
  RunAsOwner(owners, [&] {
    RemoveTree(fd.get());
    return "";
  }).IgnoreError();
}

}  // namespace

absl::StatusOr<SandboxChild> SandboxChild::Start(const SandboxSpec& spec) {
  SandboxChild child;
  SandboxStreams streams;
  ABSL_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  ABSL_ASSIGN_OR_RETURN(SocketPair command, MakeSocketPair());
  if (!spec.command.terminal.has_value()) {
    ABSL_ASSIGN_OR_RETURN(Pipe input, MakePipe());
    ABSL_ASSIGN_OR_RETURN(Pipe output, MakePipe());
    ABSL_ASSIGN_OR_RETURN(Pipe errors, MakePipe());
    child.standard_input = std::move(input.write);
    child.standard_output = std::move(output.read);
    child.standard_error = std::move(errors.read);
    streams.standard_input = std::move(input.read);
    streams.standard_output = std::move(output.write);
    streams.standard_error = std::move(errors.write);
  }
  child.command = std::move(command.here);
  child.report = std::move(report.read);
  streams.command = std::move(command.there);
  child.mode_ = spec.mode;
  child.scratch_directory_ = spec.rootfs.scratch_directory;
  const pid_t parent = getpid();
  child.pid_ = fork();
  if (child.pid_ < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (child.pid_ > 0) return child;
  for (UniqueFd* fd : {&child.standard_input, &child.standard_output,
                       &child.standard_error, &child.command, &child.report}) {
    fd->Close();
  }
  RunChild(spec, std::move(streams), report.write.get(), parent);
}

void SandboxChild::Kill() const { kill(pid_, SIGKILL); }

absl::StatusOr<SandboxResult> SandboxChild::Finish(absl::string_view text,
                                                   pid_t& rest) {
  if (!scratch_directory_.empty()) return Finish(text);
  rest = pid_;
  return ParseSandboxReport(text);
}

absl::StatusOr<SandboxResult> SandboxChild::Finish(absl::string_view text) {
  WaitForChild(pid_);
  absl::StatusOr<SandboxResult> result = ParseSandboxReport(text);
  CleanScratch(scratch_directory_, mode_);
  return result;
}

}  // namespace rules_dockerfile
