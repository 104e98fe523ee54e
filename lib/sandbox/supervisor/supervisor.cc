#include "lib/sandbox/supervisor/supervisor.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/supervisor/call_receiver.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/socket_calls.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {
namespace {

// Linux 6.6: wake the supervisor on the caller's processor. Newer than the
// headers; a hint, so that older kernels may refuse it.
constexpr unsigned long kSetFlags = SECCOMP_IOW(4, uint64_t);
constexpr unsigned long kSyncWakeUp = 1;

void Send(int listener, uint64_t id, const Answer& answer) {
  // The kernel's structure may be larger than the headers'.
  static const size_t size = [] {
    seccomp_notif_sizes sizes = {};
    syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
    return std::max<size_t>(sizes.seccomp_notif_resp,
                            sizeof(seccomp_notif_resp));
  }();
  std::vector<char> buffer(size);
  seccomp_notif_resp response = {};
  response.id = id;
  if (answer.kind == Answer::Kind::kContinue) {
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  } else {
    response.error = -answer.result.error;
    response.val = answer.result.error == 0 ? answer.result.value : 0;
  }
  memcpy(buffer.data(), &response, sizeof response);
  // An error means that the caller is gone.
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, buffer.data());
}

// So that this thread can have the root directory of a process: Find().
void KeepRootDirectory() { ABSL_CHECK_EQ(unshare(CLONE_FS), 0); }

// Whether it reads a path, as a rule, and writes what it shows.
bool ShowsStat(SupervisedCall call) {
  return call == SupervisedCall::kStat || call == SupervisedCall::kLstat ||
         call == SupervisedCall::kNewfstatat || call == SupervisedCall::kStatx;
}

}  // namespace

Supervisor::Supervisor(UniqueFd listener, const SupervisorOptions& options)
    : listener_(std::move(listener)),
      receiver_(listener_.get()),
      handles_{.proc_fd = options.proc_fd,
               .listener_fd = listener_.get(),
               .directories = &directories_,
               .processes = &processes_},
      clock_(options.clock),
      ids_(&credentials_, &owners_),
      files_(handles_, &credentials_, options.owners, &owners_,
             clock_.has_value() ? &*clock_ : nullptr),
      permissions_(&credentials_, &owners_),
      times_(clock_.has_value() ? &*clock_ : nullptr),
      machine_(options.processors, clock_.has_value()),
      vdso_(
          {.clock = clock_.has_value(), .processors = options.processors > 0}) {
  ioctl(listener_.get(), kSetFlags, kSyncWakeUp);
}

void Supervisor::Serve() {
  KeepRootDirectory();
  while (const auto request = receiver_.Receive()) AnswerRequest(*request);
}

void Supervisor::Help() {
  KeepRootDirectory();
  while (const auto request = receiver_.Help()) AnswerRequest(*request);
}

void Supervisor::AnswerRequest(const seccomp_notif& request) {
  uint64_t arguments[6];
  for (int i = 0; i < 6; ++i) arguments[i] = request.data.args[i];
  const uint32_t architecture = request.data.arch;
  const std::optional<SupervisedCall> call =
      FindSupervisedCall(architecture, request.data.nr);
  Answer answer = Answer::Continue();
  if (call.has_value()) {
    answer = Handle({.id = request.id,
                     .target = TargetProcess(static_cast<pid_t>(request.pid),
                                             request.id, handles_),
                     .call = *call,
                     .arguments = arguments,
                     .native = architecture == NativeArchitecture(),
                     .short_ids = HasShortIds(architecture, request.data.nr)});
  }
  if (answer.kind != Answer::Kind::kSent) {
    Send(listener_.get(), request.id, answer);
  }
}

Answer Supervisor::Handle(Notification call) {
  // Files that ordinary users create have records, which stat shows.
  if (ShowsStat(call.call) && !credentials_.AllAreRoot()) {
    call.target.KeepMemoryOpen();
  }
  const PermissionCalls::Checked checked =
      permissions_.Check(call, files_.chrooted());
  if (checked.error != 0) return Answer::Error(checked.error);
  if (checked.walked.has_value()) call.walked = &*checked.walked;
  return Do(call);
}

Answer Supervisor::Do(const Notification& call) {
  for (const auto answer :
       {&Supervisor::AnswerFileCall, &Supervisor::AnswerIdCall,
        &Supervisor::AnswerMachineCall}) {
    if (const std::optional<Answer> answered = (this->*answer)(call)) {
      return *answered;
    }
  }
  return Answer::Continue();  // checked
}

std::optional<Answer> Supervisor::AnswerFileCall(const Notification& call) {
  switch (call.call) {
    case SupervisedCall::kChown:
    case SupervisedCall::kLchown:
    case SupervisedCall::kFchown:
    case SupervisedCall::kFchownat:
      return files_.Chown(call);
    case SupervisedCall::kStat:
    case SupervisedCall::kLstat:
    case SupervisedCall::kFstat:
    case SupervisedCall::kNewfstatat:
      return files_.Stat(call);
    case SupervisedCall::kStatx:
      return files_.Statx(call);
    case SupervisedCall::kMknod:
    case SupervisedCall::kMknodat:
      return files_.MakeNode(call);
    case SupervisedCall::kOpen:
    case SupervisedCall::kOpenat:
    case SupervisedCall::kCreat:
      return files_.Open(call);
    case SupervisedCall::kMkdir:
    case SupervisedCall::kMkdirat:
      return files_.MakeDirectory(call);
    case SupervisedCall::kSymlink:
    case SupervisedCall::kSymlinkat:
      return files_.MakeSymlink(call);
    case SupervisedCall::kSetxattr:
    case SupervisedCall::kLsetxattr:
    case SupervisedCall::kFsetxattr:
      return files_.SetXattr(call);
    case SupervisedCall::kRemovexattr:
    case SupervisedCall::kLremovexattr:
    case SupervisedCall::kFremovexattr:
      return files_.RemoveXattr(call);
    case SupervisedCall::kChroot:
      return files_.Chroot();
    case SupervisedCall::kChmod:
    case SupervisedCall::kFchmod:
    case SupervisedCall::kFchmodat:
    case SupervisedCall::kFchmodat2:
      return permissions_.ChangeMode(call, files_.chrooted());
    default:
      return std::nullopt;
  }
}

std::optional<Answer> Supervisor::AnswerIdCall(const Notification& call) {
  switch (call.call) {
    case SupervisedCall::kSetuid:
    case SupervisedCall::kSetgid:
    case SupervisedCall::kSetreuid:
    case SupervisedCall::kSetregid:
    case SupervisedCall::kSetresuid:
    case SupervisedCall::kSetresgid:
    case SupervisedCall::kSetfsuid:
    case SupervisedCall::kSetfsgid:
    case SupervisedCall::kSetgroups:
      return ids_.Set(call);
    case SupervisedCall::kGetgroups:
      return ids_.GetGroups(call);
    case SupervisedCall::kGetuid:
    case SupervisedCall::kGeteuid:
    case SupervisedCall::kGetgid:
    case SupervisedCall::kGetegid:
    case SupervisedCall::kGetresuid:
    case SupervisedCall::kGetresgid:
      return ids_.Get(call);
    case SupervisedCall::kExecve:
    case SupervisedCall::kExecveat:
      return ids_.Execute(call, files_.chrooted());
    case SupervisedCall::kPrctl:
      return ids_.Prctl(call);
    case SupervisedCall::kCapset:
      return ids_.Capset(call);
    case SupervisedCall::kUmask:
      return ids_.Umask(call);
    case SupervisedCall::kGetrlimit:
    case SupervisedCall::kPrlimit:
      return ids_.GetLockLimit(call);
    case SupervisedCall::kPeerCredentials:
      return ids_.PeerCredentials(call);
    default:
      return std::nullopt;
  }
}

std::optional<Answer> Supervisor::AnswerMachineCall(const Notification& call) {
  switch (call.call) {
    case SupervisedCall::kSocketcall:
      return MakeSocket(listener_.get(), call);
    case SupervisedCall::kArchPrctl:
    case SupervisedCall::kBrk:
    case SupervisedCall::kSetTidAddress:
    case SupervisedCall::kSigaltstack:
      return vdso_.Apply(call);
    case SupervisedCall::kClockGettime:
      return times_.ClockGettime(call);
    case SupervisedCall::kGettimeofday:
      return times_.Gettimeofday(call);
    case SupervisedCall::kTime:
      return times_.Time(call);
    case SupervisedCall::kSchedGetaffinity:
      return machine_.GetAffinity(call);
    case SupervisedCall::kSchedSetaffinity:
      return machine_.SetAffinity(call);
    case SupervisedCall::kGetcpu:
      return machine_.GetCpu(call);
    case SupervisedCall::kUname:
      return machine_.Uname(call);
    case SupervisedCall::kSysinfo:
      return machine_.Sysinfo(call);
    default:
      return std::nullopt;
  }
}

}  // namespace rules_dockerfile
