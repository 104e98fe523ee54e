#ifndef LIB_SANDBOX_SUPERVISOR_SUPERVISOR_H_
#define LIB_SANDBOX_SUPERVISOR_SUPERVISOR_H_

#include <linux/seccomp.h>

#include <optional>

#include "absl/status/status.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/supervisor/call_receiver.h"
#include "lib/sandbox/supervisor/clock_calls.h"
#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/file_calls.h"
#include "lib/sandbox/supervisor/id_calls.h"
#include "lib/sandbox/supervisor/known_directories.h"
#include "lib/sandbox/supervisor/known_processes.h"
#include "lib/sandbox/supervisor/machine_calls.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/permission_calls.h"
#include "lib/sandbox/supervisor/target_process.h"
#include "lib/sandbox/supervisor/vdso_patch.h"

namespace rules_dockerfile {

struct SupervisorOptions {
  // A /proc in which the supervisor appears.
  int proc_fd = -1;
  // kRecorded: emulate owners and ids; kMapped: device nodes.
  OwnerStore owners = OwnerStore::kReal;
  // The clock to show, if not the kernel's.
  std::optional<FakeClock> clock;
  // SandboxView::processors.
  int processors = 0;
};

// Answers the system calls that SyscallPolicy() hands over, for all processes
// of a sandbox: seccomp_unotify(2). It shares root directory and mounts with
// them and needs CAP_SYS_PTRACE over them.
class Supervisor {
 public:
  Supervisor(UniqueFd listener, const SupervisorOptions& options);

  // Answers until no supervised process is left. Must run in its own thread,
  // which from then on shares its root directory with no other.
  void Serve();
  // The same in one more thread, which works only while calls wait.
  void Help();

  OwnerRecords& owners() { return owners_; }

 private:
  // Answers one call, as the kernel describes it.
  void AnswerRequest(const seccomp_notif& request);
  // Answers what the caller may do.
  Answer Handle(Notification call);
  Answer Do(const Notification& call);
  // Each answers the calls of its kind; nullopt for others.
  std::optional<Answer> AnswerFileCall(const Notification& call);
  std::optional<Answer> AnswerIdCall(const Notification& call);
  // The machine, the clock and sockets.
  std::optional<Answer> AnswerMachineCall(const Notification& call);

  UniqueFd listener_;
  CallReceiver receiver_;
  KnownDirectories directories_;
  KnownProcesses processes_;
  SupervisorHandles handles_;
  std::optional<FakeClock> clock_;
  CredentialStore credentials_;
  OwnerRecords owners_;
  IdCalls ids_;
  FileCalls files_;
  PermissionCalls permissions_;
  ClockCalls times_;
  MachineCalls machine_;
  VdsoPatch vdso_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_SUPERVISOR_H_
