#include "lib/sandbox/supervisor/permission_calls.h"

#include <sys/stat.h>

#include <optional>

#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/permission_request.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

// These ask for the real ids, which may be an ordinary user's where the others
// are root's.
bool AsksForRealIds(SupervisedCall call) {
  return call == SupervisedCall::kAccess ||
         call == SupervisedCall::kFaccessat ||
         call == SupervisedCall::kFaccessat2;
}

}  // namespace

PermissionCalls::Checked PermissionCalls::Check(const Notification& call,
                                                bool chrooted) const {
  if (credentials_->AllAreRoot()) return {};
  const ProcessCredentials user = credentials_->Get(call.target.pid());
  if (user.file_effective && !AsksForRealIds(call.call)) return {};
  PermissionRequest request(call, user, owners_, chrooted);
  Checked checked;
  checked.error = request.Check();
  checked.walked = request.TakeWalked();
  return checked;
}

Answer PermissionCalls::ChangeMode(const Notification& call,
                                   bool chrooted) const {
  const ProcessCredentials user = credentials_->Get(call.target.pid());
  if (user.file_effective) return Answer::Continue();
  const std::optional<TargetFile> file =
      PermissionRequest(call, user, owners_, chrooted).FileThatLosesSetgid();
  if (!file.has_value() || file->IsReadOnly()) return Answer::Continue();
  const bool at = call.call == SupervisedCall::kFchmodat ||
                  call.call == SupervisedCall::kFchmodat2;
  file->ChangeMode(call.Word(at ? 2 : 1) & 07777 & ~S_ISGID);
  return Answer::Error(0);
}

}  // namespace rules_dockerfile
