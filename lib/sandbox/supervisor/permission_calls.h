#ifndef LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_

#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"

namespace rules_dockerfile {

// With emulated ids the kernel refuses nothing about files: to it all are the
// caller's own. So what it would refuse a user without capabilities about files
// is refused here: EACCES and EPERM where the kernel has them, in the order in
// which it looks. It shows commands what Docker would show them, and keeps
// nobody from anything: a path may change between the answer and the call.
// Thread-safe; borrows its arguments.
class PermissionCalls {
 public:
  PermissionCalls(CredentialStore* credentials, OwnerRecords* owners)
      : credentials_(credentials), owners_(owners) {}

  // The errno of a call that names a file or changes one; 0: the caller may, or
  // the kernel has an error of its own. `chrooted`: the caller may have another
  // root directory.
  int Check(const Notification& call, bool chrooted) const;

  // chmod, by whatever name, once it is checked.
  Answer ChangeMode(const Notification& call, bool chrooted) const;

 private:
  CredentialStore* credentials_;
  OwnerRecords* owners_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_PERMISSION_CALLS_H_
