#ifndef LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_

#include <optional>

#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"

namespace rules_dockerfile {

// With emulated ids the kernel refuses nothing about files, as it considers the
// caller their owner. So this refuses what the kernel would refuse to a user
// without capabilities about files: EACCES and EPERM, in the kernel's order of
// checks. It shows commands what Docker would show them, and is not a security
// boundary: a path may change between the answer and the call. Thread-safe;
// borrows its arguments.
class PermissionCalls {
 public:
  PermissionCalls(CredentialStore* credentials, OwnerRecords* owners)
      : credentials_(credentials), owners_(owners) {}

  // The result of a check.
  struct Checked {
    int error =
        0;  // 0: the caller is permitted, or the kernel returns its own error
    std::optional<WalkEnd> walked;  // Notification::walked
  };
  // Of a call that names a file or changes one. `chrooted`: the caller may have
  // another root directory.
  Checked Check(const Notification& call, bool chrooted) const;

  // chmod, by whatever name, once it is checked.
  Answer ChangeMode(const Notification& call, bool chrooted) const;

 private:
  CredentialStore* credentials_;
  OwnerRecords* owners_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_
